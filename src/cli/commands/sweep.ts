/** `gov sweep`: the same experiment under each choice of the policy's params, ranked by what was achieved. */
import { resolve } from "node:path";
import { readRun } from "../../evidence/read.ts";
import { isObject } from "../../evidence/shape.ts";
import { sayCount, sayMany, sayNumber, sayShare } from "../../lower/words.ts";
import { achievementOf, meanHeld } from "../../report/achievement.ts";
import { historyOf } from "../../report/history.ts";
import { jsonText } from "../diagnostics/json.ts";
import { EXIT } from "../exit-codes.ts";
import { paintLine } from "../progress/pieces.ts";
import { fail } from "../problem.ts";
import type { ParamTexts, SweepRequest } from "../requests.ts";
import { showObstacle, showParts } from "../run/obstacle.ts";
import { openExperiment, permit, type OpenedExperiment } from "../run/prepare.ts";
import { layOutTable, quietCell, type Cell } from "../run/table.ts";
import { combine } from "../sweep/combinations.ts";
import { rank, type RankedRun, type SweptRun } from "../sweep/ranking.ts";
import { sayParams, tellUnfit, type UnfitCombination } from "../sweep/unfit.ts";
import type { Terminal } from "../terminal.ts";
import { runExperiment } from "./run.ts";

/** Exit codes: 0 some run stayed inside its bounds, 5 none did, 1 no run was begun, 130 stopped by Ctrl-C. */
export async function sweep(request: SweepRequest, terminal: Terminal): Promise<number> {
  const opened = await openExperiment(request.run, terminal);
  if (opened.kind === "stopped") {
    terminal.err(showObstacle(opened.obstacle, terminal));
    return fail(terminal, NONE_BEGUN);
  }
  const combinations = combine(request.swept);
  // Before the first is trained, which may take hours, it is known which of them can be.
  const unfit = findUnfit(opened, combinations, request, terminal);
  terminal.err(tellUnfit(unfit, combinations));
  const runs: SweptRun[] = unfit.map(({ params }) => notBegun(params));
  const fit = combinations.filter((params) => !unfit.some((own) => own.params === params));
  const said = new Set<string>();
  let isStopped = false;
  for (const [index, params] of fit.entries()) {
    terminal.err(`${sayCount(index + 1)} of ${sayCount(fit.length)}  ${sayParams(params)}\n`);
    const { code, run } = await trainOnce(params, request, terminal, said);
    runs.push(run);
    isStopped = code === EXIT.interrupted;
    if (isStopped) break;
  }
  if (runs.every(({ folder }) => folder === undefined)) return fail(terminal, NONE_BEGUN);
  const ranked = rank(runs, request.goal);
  if (request.format === "json") terminal.out(jsonText({ goal: request.goal, runs: ranked.map(toJson) }));
  else show(ranked, request, terminal);
  if (isStopped) return EXIT.interrupted;
  return ranked.some((run) => run.isInside) ? EXIT.clean : EXIT.halted;
}

const NONE_BEGUN = "no run was begun";

function notBegun(params: ParamTexts): SweptRun {
  return { params, folder: undefined, achievement: undefined };
}

function findUnfit(
  opened: OpenedExperiment,
  combinations: readonly ParamTexts[],
  { run }: SweepRequest,
  terminal: Terminal,
): readonly UnfitCombination[] {
  return combinations.flatMap((params) => {
    const permitted = permit(opened, { ...run, params: new Map([...run.params, ...params]) });
    return permitted.kind === "stopped" ? [{ params, why: showParts(permitted.obstacle, terminal) }] : [];
  });
}

/** @param said What was said of the runs before, and need not be said again. */
async function trainOnce(
  params: ParamTexts,
  request: SweepRequest,
  terminal: Terminal,
  said: Set<string>,
): Promise<{ readonly code: number; readonly run: SweptRun }> {
  let told = "";
  const quiet: Terminal = {
    ...terminal,
    isInteractive: false,
    out: (text) => {
      told += text;
    },
  };
  const all = new Map([...request.run.params, ...params]);
  const before = said.size;
  const tell = (text: string): void => {
    if (!said.has(text)) terminal.err(text);
    said.add(text);
  };
  const asked = { ...request.run, params: all, quiet: true, format: "json" } as const;
  const code = await runExperiment(asked, quiet, undefined, tell);
  const result: unknown = told === "" ? undefined : JSON.parse(told);
  if (!isObject(result) || typeof result["run"] !== "string") {
    if (said.size === before) terminal.err("not begun either\n");
    return { code, run: notBegun(params) };
  }
  const folder = result["run"];
  const record = readRun(resolve(terminal.workingDirectory, folder));
  return {
    code,
    run: { params, folder, achievement: achievementOf(record, historyOf(record.measurements)) },
  };
}

function show(ranked: readonly RankedRun[], { goal, swept }: SweepRequest, terminal: Terminal): void {
  const head = [
    "",
    ...swept.map(({ name }) => name),
    goal.by,
    "bounds held",
    "interventions",
    "outcome",
    "run",
  ];
  const rows = ranked.map((run, index) => rowOf(run, index));
  for (const line of layOutTable([head.map(quietCell), ...rows]))
    terminal.out(`${paintLine(line, Number.POSITIVE_INFINITY, terminal.colors)}\n`);
  const inside = ranked.filter((run) => run.isInside).length;
  terminal.out(`\n${sayMany(inside, "run")} of ${sayCount(ranked.length)} stayed inside the bounds\n`);
}

function rowOf(run: RankedRun, index: number): readonly Cell[] {
  const { params, figure, folder, achievement } = run;
  const held = achievement && meanHeld(achievement);
  const opened = achievement?.interventions.opened ?? 0;
  return [
    { text: run.isInside ? String(index + 1) : "–" },
    ...[...params.values()].map((text) => ({ text })),
    { text: figure === undefined ? "–" : sayNumber(figure) },
    { text: held === undefined ? "not judged" : sayShare(held), tone: held === 1 ? "good" : "fair" },
    { text: opened === 0 ? "none" : sayCount(opened) },
    { text: achievement?.outcome ?? "not begun", tone: run.isInside ? "good" : "bad" },
    quietCell(folder ?? ""),
  ];
}

function toJson({ params, folder, figure, isInside, achievement }: RankedRun): object {
  return {
    ...{ params: Object.fromEntries(params), run: folder ?? null, inside: isInside, figure: figure ?? null },
    held: (achievement && meanHeld(achievement)) ?? null,
    outcome: achievement?.outcome ?? null,
    interventions: achievement?.interventions ?? null,
  };
}
