import type * as tf from "@tensorflow/tfjs";

/**
 * The step size η of an optimizer as it is set now.
 *
 * @returns NaN for an optimizer without one, such as a class of the caller's own: what is derived from it is then
 * recorded as unknown, not as zero.
 */
export function learningRateOf(optimizer: tf.Optimizer): number {
  const rate: unknown = Reflect.get(optimizer, "learningRate");
  return typeof rate === "number" ? rate : Number.NaN;
}
