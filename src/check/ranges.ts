import type { Scalar, ScalarRange } from "./policy.ts";

/** Whether a value lies in a range; texts (dates) by their order. */
export function inRange(value: Scalar, range: ScalarRange): boolean {
  return value >= range.low && (range.excludesHigh ? value < range.high : value <= range.high);
}

/** `0..9`, `0..<10` */
export function showRange(range: ScalarRange): string {
  return `${range.low}${range.excludesHigh ? "..<" : ".."}${range.high}`;
}
