import type { TimeUnit } from "../syntax/ast.ts";

/** Zero-based counts of what has begun: the first step has step 0, epoch 0, examples 0. */
export interface Clock {
  readonly step: number;
  readonly epoch: number;
  readonly examples: number;
}

/** Something that happened at a moment of a run. */
export interface AtClock<Kind extends string> {
  readonly kind: Kind;
  readonly clock: Clock;
}

const COUNTERS = { steps: "step", epochs: "epoch", examples: "examples" } as const;

/** How many of a unit have begun. */
export function countOf(clock: Clock, unit: TimeUnit): number {
  return clock[COUNTERS[unit]];
}
