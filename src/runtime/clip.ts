import * as tf from "@tensorflow/tfjs";
import type { PlanParameter } from "../lower/tfjs/plan.ts";
import { norm, type BandPart } from "./bands.ts";

/**
 * Gradients whose L2 norm over the pieces of a band is at most `limit`: the pieces are scaled by limit / norm where
 * the norm is larger (Pascanu, Mikolov and Bengio 2013), the rest is left alone. New tensors where something changed;
 * those that they replace are disposed.
 */
export function clipBand(
  gradients: readonly (tf.Tensor | null)[],
  parts: readonly BandPart[],
  parameters: readonly PlanParameter[],
  limit: number,
): readonly (tf.Tensor | null)[] {
  const length = norm(gradients, parts, parameters);
  if (!(length > limit)) return gradients;
  return gradients.map((gradient, index) => {
    const parameter = parameters[index];
    const own = parts.filter((part) => part.parameter === index);
    if (gradient === null || parameter === undefined || own.length === 0) return gradient;
    const scaled = tf.tidy(() => gradient.mul(scaleFactors(parameter, own, limit / length)));
    gradient.dispose();
    return scaled;
  });
}

/** `factor` on the units of the pieces and 1 elsewhere, in a shape that broadcasts to the parameter. */
function scaleFactors(parameter: PlanParameter, parts: readonly BandPart[], factor: number): tf.Tensor {
  const { unitAxis } = parameter;
  if (unitAxis === undefined || parts.some((part) => part.units === "whole")) return tf.scalar(factor);
  const factors = new Float32Array(parameter.shape[unitAxis] ?? 1).fill(1);
  for (const { units } of parts) if (units !== "whole") factors.fill(factor, units.low, units.high + 1);
  return tf.tensor(
    factors,
    parameter.shape.map((length, axis) => (axis === unitAxis ? length : 1)),
  );
}
