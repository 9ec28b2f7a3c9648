import * as tf from "@tensorflow/tfjs";
import type { PlanParameter, TfjsPlan } from "../lower/tfjs/plan.ts";
import type { UnitInterval } from "../model/network.ts";

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

/** Σ x² over the pieces of a band, in float32; tensors in the order of the plan's parameters, null counts as zero. */
export function squaredNorm(
  tensors: readonly (tf.Tensor | null)[],
  parts: readonly BandPart[],
  parameters: readonly PlanParameter[],
): number {
  return tf.tidy(() => {
    const sums = parts.flatMap((part) => {
      const tensor = tensors[part.parameter];
      const parameter = parameters[part.parameter];
      return tensor && parameter ? [cutPart(tensor, part, parameter).square().sum()] : [];
    });
    return sums.length === 0 ? 0 : (tf.addN(sums).dataSync()[0] ?? 0);
  });
}
