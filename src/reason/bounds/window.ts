import type { Duration } from "../../check/policy.ts";
import { hasGoneBy, type EpochBeginnings } from "./duration.ts";
import type { Clock } from "../clock.ts";

/** The measurements that a bound averages over, oldest first, with their moments. */
export interface MeasurementWindow {
  readonly entries: readonly { readonly clock: Clock; readonly value: number }[];
  /** The moment of the first measurement ever: until the window's length has gone by since, it is not full. */
  readonly began: Clock | undefined;
}

export const EMPTY_WINDOW: MeasurementWindow = { entries: [], began: undefined };

export interface WindowLength {
  readonly over: Duration;
  readonly epochs: EpochBeginnings;
}

/** Takes in one measurement and lets go of those that the window has left behind. */
export function pushMeasurement(
  window: MeasurementWindow,
  clock: Clock,
  value: number,
  { over, epochs }: WindowLength,
): MeasurementWindow {
  const oldest = window.entries.findIndex((entry) => !hasGoneBy(entry.clock, clock, over, epochs));
  const entries = oldest < 0 ? [] : window.entries.slice(oldest);
  // Its own copy: long windows are taken in a measurement at a time, and a spread of them is slow.
  entries.push({ clock, value });
  return { entries, began: window.began ?? clock };
}

/**
 * The mean over the window, or undefined before the window is full for the first time. A value that is not finite
 * does not wait: it is the result at once, since no average can bring it back into a range.
 */
export function windowAverage(
  window: MeasurementWindow,
  clock: Clock,
  length: WindowLength,
): number | undefined {
  const { entries, began } = window;
  if (entries.length === 0 || began === undefined) return undefined;
  const total = entries.reduce((sum, entry) => sum + entry.value, 0);
  if (!Number.isFinite(total)) return total;
  return isFull(began, clock, length) ? total / entries.length : undefined;
}

/** A window of n steps is full with its n-th measurement; one in epochs or examples when that much has gone by. */
function isFull(began: Clock, clock: Clock, { over, epochs }: WindowLength): boolean {
  return over.unit === "steps"
    ? clock.step - began.step + 1 >= over.count
    : hasGoneBy(began, clock, over, epochs);
}
