import type { PlanParameter } from "../../lower/tfjs/plan.ts";

/** What a step's weights come to for one variable, in the simplest form that says it. */
export type VariableMask =
  /** No example may teach any of it. */
  | { readonly kind: "blocked" }
  /** The same for every example and every unit. */
  | { readonly kind: "uniform"; readonly factor: number }
  /** The same for every example; one factor for each unit. */
  | { readonly kind: "units"; readonly factors: Float32Array }
  /** [B] */
  | { readonly kind: "examples"; readonly weights: Float32Array }
  /** [B, units], row by row. */
  | { readonly kind: "table"; readonly weights: Float32Array };

/** One weight for each example, or one for all; for each segment of a parameter. */
export type SegmentWeight = Float32Array | number;

export function maskOf(
  parameter: PlanParameter,
  weights: readonly SegmentWeight[],
  batchSize: number,
): VariableMask {
  checkWeights(parameter, weights, batchSize);
  const simple = weights.map(simplify);
  const first = simple[0] ?? 1;
  if (simple.every((weight) => equalWeights(weight, first))) {
    if (typeof first !== "number") return { kind: "examples", weights: first };
    return first === 0 ? { kind: "blocked" } : { kind: "uniform", factor: first };
  }
  return simple.every((weight) => typeof weight === "number")
    ? { kind: "units", factors: spread(parameter, simple, 1) }
    : { kind: "table", weights: spread(parameter, simple, batchSize) };
}

/** For each unit, 1 where some example may teach it and 0 where none may; undefined where all units may be taught. */
export function taughtUnits(mask: VariableMask, batchSize: number): Float32Array | undefined {
  if (mask.kind !== "units" && mask.kind !== "table") return undefined;
  const rows = mask.kind === "units" ? 1 : batchSize;
  const values = valuesOf(mask);
  const taught = new Float32Array(values.length / rows);
  values.forEach((weight, place) => {
    if (weight > 0) taught[place % taught.length] = 1;
  });
  return taught.includes(0) ? taught : undefined;
}

export function equalMasks(left: VariableMask, right: VariableMask): boolean {
  if (left.kind === "blocked" || right.kind === "blocked") return left.kind === right.kind;
  if (left.kind === "uniform" || right.kind === "uniform")
    return left.kind === "uniform" && right.kind === "uniform" && left.factor === right.factor;
  return left.kind === right.kind && equalWeights(valuesOf(left), valuesOf(right));
}

function valuesOf(mask: Exclude<VariableMask, { kind: "blocked" | "uniform" }>): Float32Array {
  return mask.kind === "units" ? mask.factors : mask.weights;
}

function simplify(weight: SegmentWeight): SegmentWeight {
  if (typeof weight === "number") return weight;
  const first = weight[0] ?? 1;
  return weight.every((value) => value === first) ? first : weight;
}

function equalWeights(left: SegmentWeight, right: SegmentWeight): boolean {
  if (typeof left === "number" || typeof right === "number") return left === right;
  return (
    left === right || (left.length === right.length && left.every((value, index) => value === right[index]))
  );
}

/** [rows, units] from one weight, or one column, for each segment. */
function spread(parameter: PlanParameter, weights: readonly SegmentWeight[], rows: number): Float32Array {
  const units = parameter.shape[parameter.unitAxis ?? -1] ?? 1;
  const table = new Float32Array(rows * units);
  parameter.segments.forEach((segment, index) => {
    const weight = weights[index] ?? 1;
    const { low, high } = segment.units === "whole" ? { low: 0, high: units - 1 } : segment.units;
    for (let row = 0; row < rows; row += 1) {
      const value = typeof weight === "number" ? weight : (weight[row] ?? 1);
      table.fill(value, row * units + low, row * units + high + 1);
    }
  });
  return table;
}

function checkWeights(parameter: PlanParameter, weights: readonly SegmentWeight[], batchSize: number): void {
  if (weights.length !== parameter.segments.length)
    throw new RangeError(
      `${parameter.name} has ${parameter.segments.length} segments, but ${weights.length} weights`,
    );
  for (const weight of weights)
    if (typeof weight !== "number" && weight.length !== batchSize)
      throw new RangeError(`${parameter.name} has weights for ${weight.length} examples of ${batchSize}`);
}
