import type { Duration } from "../../check/policy.ts";
import type { Clock } from "../events.ts";

const COUNTED_BY = { steps: "step", epochs: "epoch", examples: "examples" } as const;

/** Whether `duration` has gone by between two moments of a run. */
export function hasElapsed(since: Clock, now: Clock, duration: Duration): boolean {
  const counter = COUNTED_BY[duration.unit];
  return now[counter] - since[counter] >= duration.count;
}
