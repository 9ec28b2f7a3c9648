/**
 * w(i, θ): the minimum over the rules in force whose cohort holds example i and whose band contains θ, and the default
 * where no rule speaks. Deny wins, and the order of rules does not matter.
 */
import type { RouteRule } from "../check/policy.ts";
import { windowHolds } from "./windows.ts";
import type { Clock } from "./clock.ts";

/** What a rule needs for its weight to be found. */
export type WeightRule = Pick<RouteRule, "cohort" | "weight" | "window">;

/** The weight of one example under the rules on one parameter. */
export function weigh(
  rules: readonly WeightRule[],
  holds: (cohort: string) => boolean,
  moment: Clock,
  defaultWeight: number,
): number {
  const weights = rules
    .filter((rule) => windowHolds(rule.window, moment) && holds(rule.cohort))
    .map((rule) => rule.weight);
  return weights.length === 0 ? defaultWeight : Math.min(...weights);
}

/**
 * The weights of a batch under the rules on one parameter: `[B]`, or a number where it is the same for all.
 *
 * @param members 1 for each example of the batch that the cohort holds, `[B]`.
 */
export function weighBatch(
  rules: readonly WeightRule[],
  members: (cohort: string) => Uint8Array,
  moment: Clock,
  defaultWeight: number,
  batchSize: number,
): Float32Array | number {
  const inForce = rules.filter((rule) => windowHolds(rule.window, moment));
  if (inForce.length === 0) return defaultWeight;
  const weights = new Float32Array(batchSize).fill(Number.NaN);
  for (const rule of inForce) {
    const rows = members(rule.cohort);
    for (let row = 0; row < batchSize; row += 1) {
      // A comparison with NaN, which stands for "no rule has spoken", is false.
      if (rows[row] === 1 && !((weights[row] ?? 0) <= rule.weight)) weights[row] = rule.weight;
    }
  }
  for (let row = 0; row < batchSize; row += 1) if (Number.isNaN(weights[row])) weights[row] = defaultWeight;
  const first = weights[0] ?? defaultWeight;
  return weights.every((weight) => weight === first) ? first : weights;
}
