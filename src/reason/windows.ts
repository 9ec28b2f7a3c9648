import type { Duration, Window } from "../check/policy.ts";

/** Zero-based counts of what has begun: the first step has step 0, epoch 0, examples 0. */
export interface Moment {
  readonly step: number;
  readonly epoch: number;
  readonly examples: number;
}

const COUNTED_BY = { steps: "step", epochs: "epoch", examples: "examples" } as const;

/** Whether a rule with this window is in force: `from` is inclusive, `until` exclusive. */
export function windowHolds(window: Window, moment: Moment): boolean {
  const begun = window.from === undefined || hasReached(window.from, moment);
  return begun && (window.until === undefined || !hasReached(window.until, moment));
}

function hasReached(duration: Duration, moment: Moment): boolean {
  return moment[COUNTED_BY[duration.unit]] >= duration.count;
}
