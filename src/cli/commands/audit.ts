/** `gov audit`: plants faults in the training of an experiment, and says which of them the checks of a run notice. */
import { sayCount, sayMany } from "../../lower/words.ts";
import { audit, FAULTS, type Audit, type FaultResult } from "../../runtime/audit/audit.ts";
import type { ViolationFound } from "../../runtime/events.ts";
import { jsonText } from "../diagnostics/json.ts";
import { EXIT } from "../exit-codes.ts";
import { paintLine, piece, type Line, type Tone } from "../progress/pieces.ts";
import type { AuditRequest, RunRequest } from "../requests.ts";
import { exitCodeOf, obstacleToJson, placesIn, showDiagnostics, showObstacle } from "../run/obstacle.ts";
import { obstacleOf, prepare, type Obstacle, type ReadyRun } from "../run/prepare.ts";
import { layOutTable, quietCell, type Cell } from "../run/table.ts";
import type { Terminal } from "../terminal.ts";

/** Exit codes: 0 all that could be planted was caught and no clean run raised an alarm, 2 not so, 3 errors in the policy, 1 anything else. */
export async function auditExperiment(request: AuditRequest, terminal: Terminal): Promise<number> {
  const stop = (obstacle: Obstacle): number => {
    terminal.err(showObstacle(obstacle, terminal));
    if (request.format === "json")
      terminal.out(jsonText({ outcome: "failed", ...obstacleToJson(obstacle, terminal) }));
    return exitCodeOf(obstacle);
  };
  const preparation = await prepare(runRequest(request), terminal, {
    onWarnings: (diagnostics, policy) => {
      if (diagnostics.length > 0) terminal.err(showDiagnostics(diagnostics, policy, terminal));
    },
    onEnforcement: (lines) => lines.forEach((line) => terminal.err(`${line}\n`)),
    onBackend: ({ description }) => terminal.err(`Backend  ${description}\n`),
  });
  if (preparation.kind === "stopped") return stop(preparation.obstacle);
  const { ready } = preparation;
  ready.run.dispose();
  try {
    const found = await perform(ready, request, terminal);
    const place = placesIn(ready.policy, terminal);
    if (request.format === "json") terminal.out(jsonText(toJson(found, place)));
    else show(found, place, terminal);
    return hasFailed(found) ? EXIT.auditFailed : EXIT.clean;
  } catch (error) {
    return stop(obstacleOf(error, ready.experimentPath, ready.policy));
  }
}

function perform(
  ready: ReadyRun,
  { seed, steps, cleanRuns }: AuditRequest,
  terminal: Terminal,
): Promise<Audit> {
  const { experiment, ir, probes, metadata } = ready;
  let done = 0;
  const all = FAULTS.length + cleanRuns;
  const tell = (what: string): void => {
    done += 1;
    if (terminal.isInteractive) terminal.err(`${sayCount(done)} of ${sayCount(all)}  ${what}\n`);
  };
  return audit({
    ...{ experiment, ir, steps, cleanRuns, faults: FAULTS },
    settings: {
      probes,
      ...(metadata === undefined ? {} : { metadata }),
      ...(seed === undefined ? {} : { seed }),
    },
    onFault: ({ fault, verdict }) => tell(`${fault.name}: ${verdict}`),
    onCleanRun: ({ seed: own, alarms }) => tell(`clean, seed ${own}: ${sayMany(alarms.length, "alarm")}`),
  });
}

function runRequest({ experiment, policy, params, seed, backend, format }: AuditRequest): RunRequest {
  return {
    ...{ experiment, policy, params, seed, backend, format },
    ...{ resume: undefined, override: undefined, epochs: undefined, save: undefined, key: undefined },
    ...{ jsonl: undefined, runs: "runs", baseline: false, quiet: true },
    tracking: { trackers: [], project: undefined, entity: undefined, name: undefined, logdir: undefined },
  };
}

type Place = ReturnType<typeof placesIn>;

const TONES: Readonly<Record<FaultResult["verdict"], Tone>> = {
  caught: "good",
  late: "fair",
  missed: "bad",
  "not applicable": "quiet",
};

function show(found: Audit, place: Place, terminal: Terminal): void {
  const write = (line: Line): void =>
    terminal.out(`${paintLine(line, Number.POSITIVE_INFINITY, terminal.colors)}\n`);
  const head = ["planted fault", "", "planted", "caught", "line", "by"].map(quietCell);
  for (const line of layOutTable([head, ...found.faults.map((result) => rowOf(result, place))])) write(line);
  terminal.out("\n");
  for (const reason of found.incomparable)
    write([piece(`In some steps the gradients could not be compared: ${reason}.`, "fair")]);
  const applicable = found.faults.filter(({ verdict }) => verdict !== "not applicable");
  const caught = applicable.filter(({ verdict }) => verdict === "caught");
  const others = found.faults.length - applicable.length;
  const rest = others === 0 ? "" : `; ${sayMany(others, "other")} cannot be made in this experiment`;
  terminal.out(
    `${sayCount(caught.length)} of ${sayMany(applicable.length, "planted fault")} caught in the step in which it first made a difference${rest}\n`,
  );
  const alarmed = found.cleanRuns.filter(({ alarms }) => alarms.length > 0);
  const steps = found.cleanRuns.reduce((sum, run) => sum + run.steps, 0);
  terminal.out(
    `${sayCount(alarmed.length)} of ${sayMany(found.cleanRuns.length, "clean run")} raised an alarm, in ${sayMany(steps, "step")}\n`,
  );
  for (const { seed, alarms } of alarmed)
    for (const alarm of alarms)
      terminal.out(`  seed ${seed}, step ${alarm.clock.step}  ${place(alarm.span)}  ${alarm.message}\n`);
}

function rowOf({ fault, verdict, planted, alarm }: FaultResult, place: Place): readonly Cell[] {
  const step = (value: number | undefined): Cell => ({ text: value === undefined ? "" : `step ${value}` });
  const name: Cell = { text: fault.name };
  const standing: Cell = { text: verdict, tone: TONES[verdict] };
  if (verdict === "not applicable")
    return [name, standing, { text: "" }, { text: "" }, { text: "" }, quietCell(`it needs ${fault.needs}`)];
  return [
    name,
    standing,
    step(planted),
    step(alarm?.clock.step),
    { text: alarm === undefined ? "" : place(alarm.span) },
    { text: alarm === undefined ? fault.what : `${alarm.code} ${alarm.message}` },
  ];
}

function hasFailed({ faults, cleanRuns }: Audit): boolean {
  return (
    faults.some(({ verdict }) => verdict === "missed" || verdict === "late") ||
    cleanRuns.some(({ alarms }) => alarms.length > 0)
  );
}

function toJson(found: Audit, place: Place): object {
  const alarmToJson = ({ clock, code, message, span }: ViolationFound): object => ({
    ...{ step: clock.step, code, message, place: place(span) },
  });
  return {
    outcome: hasFailed(found) ? "failed" : "passed",
    faults: found.faults.map(({ fault, verdict, planted, alarm }) => ({
      ...fault,
      ...{ verdict, planted: planted ?? null },
      alarm: alarm === undefined ? null : alarmToJson(alarm),
    })),
    cleanRuns: found.cleanRuns.map(({ seed, steps, alarms }) => ({
      seed,
      steps,
      alarms: alarms.map(alarmToJson),
    })),
    incomparable: found.incomparable,
  };
}
