import type { Duration, Window } from "../check/policy.ts";
import { countOf, type Clock } from "./clock.ts";

/** Whether a rule with this window is in force: `from` is inclusive, `until` exclusive. */
export function windowHolds(window: Window, moment: Clock): boolean {
  const begun = window.from === undefined || hasReached(window.from, moment);
  return begun && (window.until === undefined || !hasReached(window.until, moment));
}

function hasReached(duration: Duration, moment: Clock): boolean {
  return countOf(moment, duration.unit) >= duration.count;
}
