import type { Duration, Trace } from "../check/policy.ts";
import type { ExampleRecord } from "../reason/example.ts";
import { describeExample } from "./admission.ts";
import type { BandPart } from "./bands.ts";
import { hasElapsed } from "../reason/bounds/duration.ts";
import type { InfluenceMeasured } from "./events.ts";
import type { Clock } from "../reason/clock.ts";

/** When each trace was last taken; the first step is always traced. */
export interface TraceSchedule {
  readonly due: (clock: Clock) => readonly Trace[];
}

export function createTraceSchedule(traces: readonly Trace[]): TraceSchedule {
  const last = new Map<Trace, Clock>();
  const isDue = (trace: Trace, clock: Clock, every: Duration): boolean => {
    const before = last.get(trace);
    return before === undefined || hasElapsed(before, clock, every);
  };
  return {
    due: (clock) => {
      const due = traces.filter((trace) => isDue(trace, clock, trace.every));
      for (const trace of due) last.set(trace, clock);
      return due;
    },
  };
}

interface TraceInput {
  readonly parts: ReadonlyMap<string, readonly BandPart[]>;
  readonly clock: Clock;
  readonly examples: readonly ExampleRecord[];
  readonly learningRate: number;
  /** w(i, part), `[B]`, or a number where it is the same for all. */
  readonly weightOf: (part: BandPart) => Float32Array | number;
  /** ⟨∂ℓ_i/∂θ, v⟩ over a part, `[B]`, with v the gradient of the batch's loss without any routing. */
  readonly dotsOf: (part: BandPart) => Float32Array;
}

/**
 * The influence of every example of the batch on each band of a trace: η · Σ_parts w(i, part) · ⟨∂ℓ_i/∂θ_part, v_part⟩,
 * the first-order decrease of the batch's loss that the example's own update through the band brings about
 * (Pruthi et al. 2020, TracIn, inside the run). The rows are sorted by magnitude, at most `top` of them.
 */
export function traceInfluence(trace: Trace, input: TraceInput): readonly InfluenceMeasured[] {
  return trace.bands.map((band) => {
    const size = input.examples.length;
    const influence = new Float64Array(size);
    const parts = input.parts.get(band) ?? [];
    for (const part of parts) {
      const weight = input.weightOf(part);
      const dots = input.dotsOf(part);
      for (let row = 0; row < size; row += 1) {
        influence[row] =
          (influence[row] ?? 0) + input.learningRate * weightAt(weight, row) * (dots[row] ?? 0);
      }
    }
    const rows = Array.from(influence, (value, row) => ({
      id: describeExample(input.examples[row], row),
      weight: meanWeight(parts, input, row),
      influence: value,
    })).sort((left, right) => Math.abs(right.influence) - Math.abs(left.influence));
    return {
      kind: "influence_measured",
      clock: input.clock,
      band,
      behavior: null,
      rows: rows.slice(0, trace.top ?? rows.length),
      span: trace.span,
    };
  });
}

function meanWeight(parts: readonly BandPart[], input: TraceInput, row: number): number {
  const sum = parts.reduce((total, part) => total + weightAt(input.weightOf(part), row), 0);
  return parts.length === 0 ? 0 : sum / parts.length;
}

function weightAt(weight: Float32Array | number, row: number): number {
  return typeof weight === "number" ? weight : (weight[row] ?? 0);
}
