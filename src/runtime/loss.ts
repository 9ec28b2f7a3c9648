import * as tf from "@tensorflow/tfjs";

/**
 * A loss of targets and outputs, both `[B, ...]`. It gives one value per example (`[B]`, or `[B, ...]`, which is
 * averaged over the further axes), reduced to the batch's loss by the mean; or a scalar, and then what is said
 * about single examples (`loss(cohort)`) is not to be had.
 */
export type Loss = (targets: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;

/** Names that tfjs-layers knows, each as a loss per example. */
export const NAMED_LOSSES = {
  meanSquaredError: (targets, outputs) => tf.metrics.meanSquaredError(targets, outputs),
  meanAbsoluteError: (targets, outputs) => tf.metrics.meanAbsoluteError(targets, outputs),
  categoricalCrossentropy: (targets, outputs) => tf.metrics.categoricalCrossentropy(targets, outputs),
  sparseCategoricalCrossentropy: (targets, outputs) => {
    const classes = outputs.shape[outputs.rank - 1] ?? 0;
    const indices = targets.rank === outputs.rank ? targets.squeeze([targets.rank - 1]) : targets;
    return tf.metrics.categoricalCrossentropy(tf.oneHot(indices.toInt(), classes).toFloat(), outputs);
  },
  binaryCrossentropy: (targets, outputs) => tf.metrics.binaryCrossentropy(targets, outputs),
} as const satisfies Readonly<Record<string, Loss>>;

export type LossName = keyof typeof NAMED_LOSSES;

export function isLossName(name: unknown): name is LossName {
  return typeof name === "string" && Object.hasOwn(NAMED_LOSSES, name);
}

/** @throws RangeError where there is no loss of that name, for those who are not kept from it by types. */
export function findLoss(loss: LossName | Loss): Loss {
  if (typeof loss !== "string") return loss;
  if (!isLossName(loss))
    throw new RangeError(
      `there is no loss named ${String(loss)}; give a function, or one of ${Object.keys(NAMED_LOSSES).join(", ")}`,
    );
  return NAMED_LOSSES[loss];
}

/** `[B, ...]` to `[B]` by the mean; a scalar stays a scalar. */
export function perExample(losses: tf.Tensor): tf.Tensor1D | tf.Scalar {
  if (losses.rank <= 1) return losses as tf.Tensor1D | tf.Scalar;
  return losses.mean(losses.shape.map((_, axis) => axis).slice(1)) as tf.Tensor1D;
}
