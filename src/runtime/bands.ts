import * as tf from "@tensorflow/tfjs";
import type { PlanParameter, TfjsPlan } from "../lower/tfjs/plan.ts";
import type { UnitInterval } from "../model/network.ts";
import type { SegmentWeightTable } from "./assertions.ts";

/** One piece of a band: a governed parameter, or some of its units. */
export interface BandPart {
  /** Index into the plan's parameters. */
  readonly parameter: number;
  /** Index into that parameter's segments. */
  readonly segment: number;
  readonly units: "whole" | UnitInterval;
}

/** The pieces of each of the plan's bands, `all` among them. */
export function partsOfBands(plan: TfjsPlan): ReadonlyMap<string, readonly BandPart[]> {
  const names = ["all", ...plan.bands.map((band) => band.name)];
  return new Map(
    names.map((name) => [
      name,
      plan.parameters.flatMap((parameter, index) =>
        parameter.segments.flatMap((segment, position) =>
          name === "all" || segment.bands.includes(name)
            ? [{ parameter: index, segment: position, units: segment.units }]
            : [],
        ),
      ),
    ]),
  );
}

/** The units of a piece cut from a tensor of the parameter's shape; the tensor itself when the piece is all of it. */
export function cutPart(tensor: tf.Tensor, part: BandPart, parameter: PlanParameter): tf.Tensor {
  if (part.units === "whole" || parameter.unitAxis === undefined) return tensor;
  return cutUnits(tensor, parameter.unitAxis, part.units);
}

/** The slice `low..high`, both inclusive, of one axis. */
export function cutUnits(tensor: tf.Tensor, axis: number, units: UnitInterval): tf.Tensor {
  const begin = tensor.shape.map((_, index) => (index === axis ? units.low : 0));
  const size = tensor.shape.map((length, index) => (index === axis ? units.high - units.low + 1 : length));
  return tf.slice(tensor, begin, size);
}

/** w(i, b) of every example; where the parts of a band differ, their mean by the number of parameters. */
export function meanWeights(
  parameters: readonly PlanParameter[],
  parts: readonly BandPart[],
  weights: SegmentWeightTable,
  batchSize: number,
): Float32Array {
  const sums = new Float32Array(batchSize);
  let total = 0;
  for (const part of parts) {
    const size = partSize(parameters, part);
    const weight = weights[part.parameter]?.[part.segment] ?? 0;
    total += size;
    for (let row = 0; row < batchSize; row += 1) {
      sums[row] = (sums[row] ?? 0) + size * (typeof weight === "number" ? weight : (weight[row] ?? 0));
    }
  }
  return total === 0 ? sums : sums.map((sum) => sum / total);
}

function partSize(parameters: readonly PlanParameter[], part: BandPart): number {
  const parameter = parameters[part.parameter];
  if (parameter === undefined) return 0;
  const size = parameter.shape.reduce((product, length) => product * length, 1);
  if (part.units === "whole" || parameter.unitAxis === undefined) return size;
  return (size / (parameter.shape[parameter.unitAxis] ?? 1)) * (part.units.high - part.units.low + 1);
}

/**
 * The L2 norm over the pieces of a band; tensors in the order of the plan's parameters, null counts as zero. Of what is
 * not finite, neither is it; else relative error below 1e-5, also where squares leave the range of float32.
 */
export function norm(
  tensors: readonly (tf.Tensor | null)[],
  parts: readonly BandPart[],
  parameters: readonly PlanParameter[],
): number {
  return tf.tidy(() => {
    const pieces = parts.flatMap((part) => {
      const tensor = tensors[part.parameter];
      const parameter = parameters[part.parameter];
      return tensor && parameter ? [cutPart(tensor, part, parameter)] : [];
    });
    if (pieces.length === 0) return 0;
    const squares = readScalar(tf.addN(pieces.map((piece) => tf.sum(tf.square(piece)))));
    if (squares > LEAST_SQUARES && Number.isFinite(squares)) return Math.sqrt(squares);
    const largest = Math.max(...pieces.map((piece) => readScalar(tf.max(tf.abs(piece)))));
    if (largest === 0 || !Number.isFinite(largest)) return largest;
    const shares = pieces.map((piece) => tf.sum(tf.square(tf.div(piece, largest))));
    return largest * Math.sqrt(readScalar(tf.addN(shares)));
  });
}

/** Above it, what float32 has lost of small squares does not count. */
const LEAST_SQUARES = 1e-28;

function readScalar(scalar: tf.Tensor): number {
  return scalar.dataSync()[0] ?? 0;
}
