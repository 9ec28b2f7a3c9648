/** How far a run has come, folded from what it says; nothing here draws, and time is handed in. */
import type { Action, Bound } from "../../check/policy.ts";
import type { RunEvent, StepMeasured } from "../../runtime/events.ts";

export interface Progress {
  readonly epochs: number;
  /** Undefined where a source of batches does not say. */
  readonly stepsPerEpoch: number | undefined;
  /** Counted from 0; the one under way. */
  readonly epoch: number;
  /** Steps done in the epoch under way, and in all. */
  readonly epochSteps: number;
  readonly steps: number;
  /** Milliseconds that a step takes from one to the next, the latest counting most. */
  readonly pace: number | undefined;
  /** Milliseconds; of the last step, or of the beginning. */
  readonly moment: number;
  readonly loss: number | null | undefined;
  readonly bounds: readonly BoundProgress[];
  /** The ungoverned twin, where one is trained. */
  readonly twin: TwinProgress | undefined;
}

export interface BoundProgress {
  readonly bound: Bound;
  /** In the last step; null where it was not finite. */
  readonly value: number | null | undefined;
  /** Over the bound's window; what the policy judges. */
  readonly average: number | null | undefined;
  readonly standing: Standing;
}

export type Standing =
  | { readonly kind: "filling" | "within" | "breached" }
  | { readonly kind: "intervening"; readonly action: Action };

export interface TwinProgress {
  readonly state: "starting" | "training" | "done" | "failed";
  readonly epoch: number;
  readonly steps: number;
}

export function beginProgress(
  bounds: readonly Bound[],
  schedule: Pick<Progress, "epochs" | "stepsPerEpoch">,
  moment: number,
): Progress {
  return {
    ...schedule,
    epoch: 0,
    epochSteps: 0,
    steps: 0,
    pace: undefined,
    moment,
    loss: undefined,
    bounds: bounds.map((bound) => ({
      bound,
      value: undefined,
      average: undefined,
      standing: { kind: "filling" },
    })),
    twin: undefined,
  };
}

/** The progress after an event that happened at `moment`. */
export function followEvent(progress: Progress, event: RunEvent, moment: number): Progress {
  switch (event.kind) {
    case "step_measured":
      return followStep(progress, event, moment);
    case "bound_breached":
      return changeBound(progress, event.bound, { kind: "breached" });
    case "bound_cleared":
      return changeBound(progress, event.bound, { kind: "within" });
    case "intervention_opened":
      return changeBound(progress, event.bound, { kind: "intervening", action: event.action });
    case "intervention_closed":
      return changeBound(progress, event.bound, {
        kind: event.outcome === "achieved" ? "within" : "breached",
      });
    default:
      return progress;
  }
}

/** A newer step counts this much in the pace; the first few count evenly. */
const NEWEST = 0.05;

function followStep(progress: Progress, event: StepMeasured, moment: number): Progress {
  const { clock } = event;
  const steps = clock.step + 1;
  const isSameEpoch = clock.epoch === progress.epoch;
  return {
    ...progress,
    epoch: clock.epoch,
    epochSteps: isSameEpoch ? progress.epochSteps + (steps - progress.steps) : 1,
    steps,
    pace: followPace(progress, steps, moment),
    moment,
    loss: event.loss,
    bounds: progress.bounds.map((known, index) => {
      const measured = event.bounds[index];
      if (measured === undefined) return known;
      const isJudged = known.standing.kind === "filling" && measured.average !== null;
      return { ...known, ...measured, standing: isJudged ? { kind: "within" } : known.standing };
    }),
  };
}

/** The first step warms up what all others use, and is no measure of them. */
function followPace(progress: Progress, steps: number, moment: number): number | undefined {
  if (progress.steps === 0) return undefined;
  const passed = (moment - progress.moment) / Math.max(1, steps - progress.steps);
  const known = progress.pace ?? passed;
  return known + Math.max(NEWEST, 1 / (steps - 1)) * (passed - known);
}

function changeBound(progress: Progress, index: number, standing: Standing): Progress {
  const bounds = progress.bounds.map((known, position) =>
    position === index ? { ...known, standing } : known,
  );
  return { ...progress, bounds };
}

/** Of all epochs, in 0..1; undefined where the number of steps is not known. */
export function shareDone(progress: Progress): number | undefined {
  const total = totalSteps(progress);
  return total === undefined ? undefined : Math.min(1, progress.steps / Math.max(1, total));
}

/** Milliseconds; undefined before there is anything to go by. */
export function timeLeft(progress: Progress): number | undefined {
  const total = totalSteps(progress);
  if (total === undefined || progress.pace === undefined) return undefined;
  return Math.max(0, total - progress.steps) * progress.pace;
}

function totalSteps({ epochs, stepsPerEpoch }: Progress): number | undefined {
  return stepsPerEpoch === undefined ? undefined : epochs * stepsPerEpoch;
}
