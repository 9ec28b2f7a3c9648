/** `gov run`: trains an experiment under its policy and keeps the evidence. */
import { resolve } from "node:path";
import { EvidenceError } from "../../evidence/error.ts";
import { findRun } from "../../evidence/find-run.ts";
import { lineageOf } from "../../evidence/lineage/lineage.ts";
import { readRun } from "../../evidence/read.ts";
import { artifactsOf } from "../../trackers/artifacts.ts";
import { readStoppedRun, type StoppedRun } from "../../evidence/stopped-run.ts";
import { showPath } from "../../project/root.ts";
import {
  createLiveDisplay,
  createPlainDisplay,
  createSilentDisplay,
  type Display,
} from "../progress/display.ts";
import { sayProblem } from "../problem.ts";
import { piece } from "../progress/pieces.ts";
import type { RunRequest } from "../requests.ts";
import { conclude, type Conclusion } from "../run/conclude.ts";
import { captureOutput } from "../run/console.ts";
import { digestInputs } from "../run/environment.ts";
import { finishRun } from "../run/finish.ts";
import { watchInterruption, type Interruption, type InterruptionCause } from "../run/interruption.ts";
import { exitCodeOf, obstacleToJson, placesIn, showDiagnostics, showObstacle } from "../run/obstacle.ts";
import { closeRecord, openRecord, type OpenRecord } from "../run/open-record.ts";
import { prepare, type Obstacle, type ReadyRun } from "../run/prepare.ts";
import { requestOf, resumeRun, type ResumedRun } from "../run/resume.ts";
import { savingProblem } from "../run/save.ts";
import { createSession } from "../run/session.ts";
import { startTwin, type Twin } from "../run/twin.ts";
import type { Terminal } from "../terminal.ts";

type Tell = (text: string) => void;

/** Says what stops a run, whose record may have been begun, and gives the exit code. */
type Stop = (obstacle: Obstacle, request: RunRequest, run?: string) => number;

type Watch = (onFirst: (cause: InterruptionCause) => void) => Interruption;

/**
 * Exit codes: 0 trained to the end, 5 halted by the policy, 3 errors in the policy, 130 interrupted, 1 anything else.
 *
 * @param watch How Ctrl-C is listened for.
 * @param tell Where it is said what is wrong with the policy, and what keeps the run from its end.
 */
export async function runExperiment(
  asked: RunRequest,
  terminal: Terminal,
  watch: Watch = watchInterruption,
  tell: Tell = terminal.err,
): Promise<number> {
  const stop: Stop = (obstacle, request, run) => stopRun(obstacle, request, { ...terminal, err: tell }, run);
  let request = asked;
  let stopped: StoppedRun | undefined;
  if (asked.resume !== undefined)
    try {
      stopped = readStoppedRun(findRun(asked.resume, terminal.workingDirectory));
      request = requestOf(stopped, asked);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      return stop({ kind: "problem", problem: error.message }, asked);
    }
  const save = request.save === undefined ? undefined : resolve(terminal.workingDirectory, request.save);
  const unfit = save === undefined ? undefined : savingProblem(save);
  if (unfit !== undefined) {
    const problem = `the model cannot be saved in ${request.save ?? ""}: ${unfit}`;
    return stop({ kind: "problem", problem }, request);
  }
  const display = createDisplay(request, terminal);
  // A crash must not leave the terminal without its cursor.
  const leave = (): void => display.end();
  process.once("exit", leave);
  const restoreConsole = captureOutput(display.print);
  try {
    const preparation = await prepare(request, terminal, {
      onWarnings: (diagnostics, policy) => {
        if (diagnostics.length > 0) tell(showDiagnostics(diagnostics, policy, terminal));
      },
      onEnforcement: (lines) => {
        for (const line of lines) tell(`${line}\n`);
      },
      onBackend: ({ description }) => display.say([piece("Backend  ", "strong"), piece(description)]),
    });
    if (preparation.kind === "stopped") return stop(preparation.obstacle, request);
    const { ready } = preparation;
    try {
      return await carryOut({ ready, request, terminal, display, save, watch, stop, stopped });
    } finally {
      ready.run.dispose();
    }
  } finally {
    display.end();
    restoreConsole();
    process.off("exit", leave);
  }
}

function createDisplay({ quiet, format }: RunRequest, terminal: Terminal): Display {
  // Standard output belongs to the one object at the end.
  const lines = format === "json" ? { ...terminal, out: terminal.err } : terminal;
  if (quiet) return createSilentDisplay(lines);
  const isDrawn = terminal.isInteractive && format === "pretty" && terminal.environment["TERM"] !== "dumb";
  return isDrawn ? createLiveDisplay(terminal, () => performance.now()) : createPlainDisplay(lines);
}

interface Undertaking {
  readonly ready: ReadyRun;
  readonly request: RunRequest;
  readonly terminal: Terminal;
  readonly display: Display;
  /** Absolute. */
  readonly save: string | undefined;
  readonly watch: Watch;
  readonly stop: Stop;
  /** The run that is to go on. */
  readonly stopped: StoppedRun | undefined;
}

async function carryOut(undertaking: Undertaking): Promise<number> {
  const { ready, request, terminal, display, save, watch, stop, stopped } = undertaking;
  const recordFailure = new AbortController();
  let record: OpenRecord;
  let resumed: ResumedRun | undefined;
  try {
    resumed = stopped === undefined ? undefined : resumeRun(stopped, ready);
    record = await openRecord(ready, request, terminal, {
      onFailure: () => recordFailure.abort(),
      resumed,
    });
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return stop({ kind: "problem", problem: error.message }, request);
  }
  const { folder, trackers, failures, madeKey, attester } = record;
  let phase: keyof typeof STOPPING = "training";
  const interruption = watch((cause) => {
    display.say([piece(STOPPING[phase], "fair")]);
    if (cause === "reader gone") terminal.err(sayProblem(terminal, READER_GONE));
  });
  const place = placesIn(ready.policy, terminal);
  const session = createSession({
    folder: { recorder: attester.recorder, checkpoint: folder.checkpoint },
    ...{ ready, trackers, failures, display, place, resumed, inputs: digestInputs(ready) },
    signal: AbortSignal.any([interruption.signal, recordFailure.signal]),
    now: () => performance.now(),
    wallClock: () => Date.now(),
  });
  display.say([piece("Run      ", "strong"), piece(describeRun(ready))]);
  display.say([piece("Record   ", "strong"), piece(showPath(folder.path, terminal.workingDirectory))]);
  if (madeKey !== undefined) {
    const place = showPath(madeKey.privatePath, terminal.workingDirectory);
    display.say([piece("Key      ", "strong"), piece(`${place}, made to sign this project's runs`)]);
  }
  let twin: Twin | undefined;
  try {
    twin = request.baseline
      ? startTwin(twinRequest(ready), (position) => session.showTwin({ state: "training", ...position }))
      : undefined;
    const trained = await session.train();
    phase = "evaluation";
    const { signal } = interruption;
    const conclusion: Conclusion =
      trained.kind === "failed" || recordFailure.signal.aborted
        ? { evaluated: undefined, saved: undefined, obstacles: [] }
        : await conclude({ ready, display, trained, twin, save, signal });
    if (conclusion.evaluated !== undefined) session.recordEvaluation(conclusion.evaluated);
    await session.end(trained, conclusion.saved?.digests);
    const unrecorded = await closeRecord(record, conclusion.saved);
    const deliveries = await session.deliver(() =>
      artifactsOf(record.run, conclusion.saved?.folder, lineageOf(readRun(folder.path)).versions),
    );
    display.end();
    const failure = unrecorded ?? (trained.kind === "failed" ? trained.obstacle : undefined);
    if (trained.kind === "failed" || failure !== undefined) {
      const obstacle = failure ?? { kind: "problem", problem: "the training failed" };
      return stop(obstacle, request, showPath(folder.path, terminal.workingDirectory));
    }
    const release = attester.release();
    const ending = {
      ready,
      request,
      terminal,
      place,
      folder,
      trained,
      conclusion,
      deliveries,
      release,
      signal,
    };
    return finishRun(ending);
  } finally {
    twin?.stop();
    interruption.release();
  }
}

const STOPPING = {
  training: "Stopping after this step; press Ctrl-C again to stop at once",
  evaluation: "The training is over; the record ends without what is still missing",
} as const;

const READER_GONE = "nobody reads the output any longer: stopping after this step, with the record whole";

function twinRequest(ready: ReadyRun): Parameters<typeof startTwin>[0] {
  const { seed, epochs } = ready.run;
  return { experiment: ready.experimentPath, ir: ready.ir, seed, epochs, backend: ready.backend.name };
}

/** `mnist_split 1.0.0 · 60,000 examples · 3 epochs in batches of 128 · seed 1`. */
function describeRun({ ir, run }: ReadyRun): string {
  const { name, version } = ir.policy;
  return [
    version === undefined ? name : `${name} ${version}`,
    `${run.examples.toLocaleString("en")} examples`,
    `${run.epochs} ${run.epochs === 1 ? "epoch" : "epochs"} in batches of ${run.batchSize}`,
    `seed ${run.seed}`,
  ].join(" · ");
}

function stopRun(obstacle: Obstacle, request: RunRequest, terminal: Terminal, run?: string): number {
  terminal.err(showObstacle(obstacle, terminal));
  if (request.format === "json") {
    const told = { outcome: "failed", ...(run === undefined ? {} : { run }) };
    terminal.out(`${JSON.stringify({ ...told, ...obstacleToJson(obstacle, terminal) }, null, 2)}\n`);
  } else if (run !== undefined) {
    terminal.err(`  what happened until then is recorded in ${run}\n`);
  }
  return exitCodeOf(obstacle);
}
