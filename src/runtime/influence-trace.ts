import type { Trace } from "../check/policy.ts";
import type { PlanParameter } from "../lower/tfjs/plan.ts";
import type { ExampleRecord } from "../reason/example.ts";
import { describeExample } from "./admission.ts";
import type { SegmentWeightTable } from "./assertions.ts";
import { meanWeights, type BandPart } from "./bands.ts";
import type { InfluenceMeasured } from "./events.ts";
import type { Clock } from "../reason/clock.ts";

/** What influence is computed from; see `Pass`. */
export interface InfluenceSource {
  readonly weights: SegmentWeightTable;
  /** ⟨∂ℓ_i/∂θ, v⟩ over a part, `[B]`. */
  readonly dots: (part: BandPart) => Float32Array;
}

/**
 * Σ_parts w(i, part) · ⟨∂ℓ_i/∂θ_part, v_part⟩ for each of the batch's examples: their influence on a band for a step
 * size of 1.
 */
export function influenceOf(
  parts: readonly BandPart[],
  { weights, dots }: InfluenceSource,
  size: number,
): Float64Array {
  const influence = new Float64Array(size);
  for (const part of parts) {
    const weight = weights[part.parameter]?.[part.segment] ?? 0;
    const own = dots(part);
    for (let row = 0; row < size; row += 1)
      influence[row] = (influence[row] ?? 0) + weightAt(weight, row) * (own[row] ?? 0);
  }
  return influence;
}

interface TraceInput extends InfluenceSource {
  /** null: `dots` are against the gradient of the batch's own loss. */
  readonly behavior: string | null;
  /** Of the plan. */
  readonly parameters: readonly PlanParameter[];
  readonly parts: ReadonlyMap<string, readonly BandPart[]>;
  readonly clock: Clock;
  readonly examples: readonly ExampleRecord[];
  readonly learningRate: number;
}

/**
 * The influence of every example of the batch on each band of a trace: η · Σ_parts w(i, part) · ⟨∂ℓ_i/∂θ_part, v_part⟩,
 * the first-order decrease of the loss that v is the gradient of (the batch's own, or a behaviour's probe loss) that the
 * example's own update through the band brings about (Pruthi et al. 2020, TracIn, inside the run). The rows are sorted by magnitude, at most `top` of them.
 */
export function traceInfluence(trace: Trace, input: TraceInput): readonly InfluenceMeasured[] {
  return trace.bands.map((band) => {
    const parts = input.parts.get(band) ?? [];
    const influence = influenceOf(parts, input, input.examples.length);
    const weights = meanWeights(input.parameters, parts, input.weights, input.examples.length);
    const rows = Array.from(influence, (value, row) => ({
      id: describeExample(input.examples[row], row),
      weight: weights[row] ?? 0,
      influence: input.learningRate * value,
    })).sort((left, right) => Math.abs(right.influence) - Math.abs(left.influence));
    return {
      kind: "influence_measured",
      clock: input.clock,
      band,
      behavior: input.behavior,
      rows: rows.slice(0, trace.top ?? rows.length),
      span: trace.span,
    };
  });
}

function weightAt(weight: Float32Array | number, row: number): number {
  return typeof weight === "number" ? weight : (weight[row] ?? 0);
}
