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
import { layOutTable, quietCell, type Cell } from "../run/table.ts";
import { combine } from "../sweep/combinations.ts";
import { rank, type RankedRun, type SweptRun } from "../sweep/ranking.ts";
import type { Terminal } from "../terminal.ts";
import { runExperiment } from "./run.ts";

/** Exit codes: 0 some run stayed inside its bounds, 5 none did, 1 no run was begun, 130 stopped by Ctrl-C. */
export async function sweep(request: SweepRequest, terminal: Terminal): Promise<number> {
  const combinations = combine(request.swept);
  const runs: SweptRun[] = [];
  let isStopped = false;
  for (const [index, params] of combinations.entries()) {
    terminal.err(`${sayCount(index + 1)} of ${sayCount(combinations.length)}  ${sayParams(params)}\n`);
    const { code, run } = await trainOnce(params, request, terminal);
    runs.push(run);
    isStopped = code === EXIT.interrupted;
    if (isStopped) break;
  }
  if (runs.every(({ folder }) => folder === undefined)) return fail(terminal, "no run was begun");
  const ranked = rank(runs, request.goal);
  if (request.format === "json") terminal.out(jsonText({ goal: request.goal, runs: ranked.map(toJson) }));
  else show(ranked, request, terminal);
  if (isStopped) return EXIT.interrupted;
  return ranked.some((run) => run.isInside) ? EXIT.clean : EXIT.halted;
}

async function trainOnce(
  params: ParamTexts,
  request: SweepRequest,
  terminal: Terminal,
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
  const code = await runExperiment({ ...request.run, params: all, quiet: true, format: "json" }, quiet);
  const result: unknown = told === "" ? undefined : JSON.parse(told);
  if (!isObject(result) || typeof result["run"] !== "string")
    return { code, run: { params, folder: undefined, achievement: undefined } };
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

function sayParams(params: ParamTexts): string {
  return [...params].map(([name, value]) => `${name}=${value}`).join("  ");
}
