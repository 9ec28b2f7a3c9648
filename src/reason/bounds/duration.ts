import { countOf, type Clock } from "../clock.ts";
import type { Duration } from "../../check/policy.ts";

/** Whether `duration` has gone by between two moments of a run. */
export function hasElapsed(since: Clock, now: Clock, duration: Duration): boolean {
  return countOf(now, duration.unit) - countOf(since, duration.unit) >= duration.count;
}
