import { countOf, type Clock } from "../clock.ts";
import type { Duration } from "../../check/policy.ts";

/** Whether `duration` has gone by between two moments of a run. */
export function hasElapsed(since: Clock, now: Clock, duration: Duration): boolean {
  return countOf(now, duration.unit) - countOf(since, duration.unit) >= duration.count;
}

/** The step with which each epoch began, as far as one was seen, by the epoch's number. */
export type EpochBeginnings = Readonly<Record<number, number>>;

/**
 * As `hasElapsed`, for what may begin in the middle of an epoch: an epoch has gone by at the same place of the next
 * one, not with its first step.
 */
export function hasGoneBy(since: Clock, now: Clock, duration: Duration, epochs: EpochBeginnings): boolean {
  const missing = duration.count - (now.epoch - since.epoch);
  if (duration.unit !== "epochs" || missing !== 0) return hasElapsed(since, now, duration);
  return placeOf(now, epochs) >= placeOf(since, epochs);
}

/** How many steps into its epoch a moment is. */
function placeOf({ step, epoch }: Clock, epochs: EpochBeginnings): number {
  return step - (epochs[epoch] ?? step);
}
