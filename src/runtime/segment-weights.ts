import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import { weighBatch } from "../reason/weights.ts";
import type { SegmentWeightTable } from "./assertions.ts";
import type { TemporaryRule } from "../reason/bounds/effects.ts";
import type { Clock } from "../reason/clock.ts";

/** The weights of a batch on every segment of every parameter; segments under the same rules share one array. */
export function weighSegments(
  plan: TfjsPlan,
  temporary: readonly TemporaryRule[],
  members: (cohort: string) => Uint8Array,
  clock: Clock,
  batchSize: number,
): SegmentWeightTable {
  const known = new Map<string, Float32Array | number>();
  return plan.parameters.map((parameter) =>
    parameter.segments.map((segment) => {
      const added = temporary.filter((rule) => rule.band === "all" || segment.bands.includes(rule.band));
      const key = `${segment.rules.join(",")}|${added.map((rule) => temporary.indexOf(rule)).join(",")}`;
      const shared = known.get(key);
      if (shared !== undefined) return shared;
      const rules = segment.rules.flatMap((index) => plan.rules[index] ?? []);
      const weights =
        added.length === 0
          ? weighBatch(rules, members, clock, plan.defaultWeight, batchSize)
          : intervene(weighBatch(rules, members, clock, SILENT, batchSize), added, plan, members, batchSize);
      known.set(key, weights);
      return weights;
    }),
  );
}

/** Stands for "no rule has spoken": above every weight, so that a minimum passes it over. */
const SILENT = Number.POSITIVE_INFINITY;

/**
 * Weights under interventions. They join the rules, except that none of them teaches what the policy's default keeps
 * from learning: where no rule speaks, the default counts as one unless it is full, so that `attenuate` only lowers
 * and `amplify` only raises what learns in full.
 */
function intervene(
  base: Float32Array | number,
  temporary: readonly TemporaryRule[],
  { defaultWeight }: TfjsPlan,
  members: (cohort: string) => Uint8Array,
  batchSize: number,
): Float32Array | number {
  const asked = new Float32Array(batchSize).fill(SILENT);
  for (const { cohort, weight } of temporary) {
    members(cohort).forEach((member, row) => {
      if (member === 1) asked[row] = Math.min(asked[row] ?? SILENT, weight);
    });
  }
  const weights = asked.map((limit, row) => {
    const own = typeof base === "number" ? base : (base[row] ?? SILENT);
    if (own !== SILENT) return Math.min(own, limit);
    return limit > 1
      ? defaultWeight < 1 || limit === SILENT
        ? defaultWeight
        : limit
      : Math.min(defaultWeight, limit);
  });
  const first = weights[0] ?? defaultWeight;
  return weights.every((weight) => weight === first) ? first : weights;
}
