/** The training itself: every event is recorded first, then counted and shown. */
import type { RunFolder } from "../../evidence/run-folder.ts";
import type { Artifact } from "../../trackers/artifacts.ts";
import { guardTrackers, type Delivery, type Tracker, type TrackerFailure } from "../../trackers/tracker.ts";
import type { FitResult } from "../../runtime/fit.ts";
import { encodeRunState } from "../../runtime/state/encode.ts";
import type { RunEnded, RunEvent } from "../../runtime/events.ts";
import type { Span } from "../../source/span.ts";
import { createDecisionFilter, sayDecision } from "../progress/decisions.ts";
import type { Display } from "../progress/display.ts";
import { piece } from "../progress/pieces.ts";
import { beginProgress, followEvent, type TwinProgress } from "../progress/progress.ts";
import type { ResumedRun } from "./resume.ts";
import type { Evaluated } from "./conclude.ts";
import { obstacleOf, type Obstacle, type ReadyRun } from "./prepare.ts";
import { createTally, type Tally } from "./tally.ts";
import { reasonOf } from "./obstacle.ts";

export interface SessionOptions {
  readonly ready: ReadyRun;
  readonly folder: Pick<RunFolder, "recorder" | "checkpoint">;
  /** The run that goes on; undefined for a new one. */
  readonly resumed: ResumedRun | undefined;
  readonly trackers: readonly Tracker[];
  /** Trackers that could not begin. */
  readonly failures: readonly TrackerFailure[];
  /** See `RunStarted`. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly display: Display;
  readonly place: (span: Span) => string;
  readonly signal: AbortSignal;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

export interface Session {
  /** Trains to whatever end. */
  readonly train: () => Promise<Trained>;
  readonly showTwin: (twin: TwinProgress) => void;
  /** After the training, before the end. */
  readonly recordEvaluation: (evaluated: Evaluated) => void;
  /** The last event of the record. */
  readonly end: (trained: Trained, saved?: Readonly<Record<string, string>>) => Promise<void>;
  /** After the record is closed: completes the copies. What fails now can only be shown. */
  readonly deliver: (artifacts: () => readonly Artifact[]) => Promise<readonly Delivery[]>;
}

export type Trained =
  | {
      readonly kind: "trained";
      readonly training: FitResult;
      readonly tally: Tally;
      readonly milliseconds: number;
    }
  | { readonly kind: "failed"; readonly obstacle: Obstacle };

export function createSession(options: SessionOptions): Session {
  const { ready, display, now } = options;
  const { run } = ready;
  const { bounds } = run.plan;
  const tally = createTally(bounds);
  const isShown = createDecisionFilter();
  let failAs: (failure: TrackerFailure) => void = (failure) => follow(failedEvent(failure));
  const trackers = guardTrackers(options.trackers, (failure) => failAs(failure));
  const failedEvent = (failure: TrackerFailure): RunEvent => ({
    ...{ kind: "tracker_failed", clock: tally.read().next },
    ...failure,
  });
  for (const event of options.resumed?.past ?? []) tally.add(event);
  let progress = beginProgress(bounds, { epochs: run.epochs, stepsPerEpoch: undefined }, now());

  const follow = (event: RunEvent): void => {
    options.folder.recorder(event);
    trackers.record(event, options.wallClock());
    tally.add(event);
    progress = followEvent(progress, event, now());
    show(event);
  };
  const show = (event: RunEvent): void => {
    const line = sayDecision(event, progress, options.place);
    const showing = line === undefined ? "drop" : isShown(event);
    if (line !== undefined && showing !== "drop") {
      // A copy that a team waits for, and that will not come, is no matter of progress.
      const tell = event.kind === "tracker_failed" ? display.warn : display.say;
      tell(
        showing === "print" ? line : [...line, piece("  (more like this are in the record only)", "quiet")],
      );
    }
    if (event.kind === "step_measured") display.show(progress);
  };

  return {
    showTwin: (twin) => {
      progress = { ...progress, twin };
      display.show(progress);
    },
    train: async () => {
      const began = now();
      const { resumed } = options;
      if (resumed === undefined)
        follow({ kind: "run_started", clock: tally.read().next, inputs: options.inputs });
      else follow({ kind: "run_resumed", clock: resumed.state.stepper.clock });
      for (const failure of options.failures) follow(failedEvent(failure));
      try {
        const training = await run.train({
          recorder: follow,
          signal: options.signal,
          ...(resumed === undefined ? {} : { from: resumed.state }),
          onCheckpoint: (state) =>
            options.folder.checkpoint(encodeRunState(state), state.stepper.clock, follow),
          callbacks: {
            onTrainBegin: ({ stepsPerEpoch }) => {
              progress = { ...progress, stepsPerEpoch, moment: now() };
            },
          },
        });
        return { kind: "trained", training, tally: tally.read(), milliseconds: now() - began };
      } catch (error) {
        return { kind: "failed", obstacle: obstacleOf(error, ready.experimentPath, ready.policy) };
      }
    },
    recordEvaluation: (evaluated) =>
      follow({ kind: "run_evaluated", clock: tally.read().next, ...evaluated }),
    end: async (trained, saved) => {
      const files = saved === undefined ? {} : { saved };
      // While a failure can still be recorded.
      await trackers.flush();
      failAs = (failure) => show(failedEvent(failure));
      follow({ kind: "run_ended", ...endOf(trained), ...files });
    },
    deliver: async (artifacts) => (options.trackers.length === 0 ? [] : await trackers.close(artifacts())),
  };

  function endOf(trained: Trained): Omit<RunEnded, "kind"> {
    if (trained.kind === "failed")
      return { clock: tally.read().next, outcome: "failed", reason: reasonOf(trained.obstacle) };
    const { outcome, halt, clock, updates } = trained.training;
    return { clock, outcome, updates, ...(halt && { span: halt.span, reason: halt.reason }) };
  }
}
