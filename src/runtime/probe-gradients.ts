import * as tf from "@tensorflow/tfjs";
import type { Batch } from "./batch.ts";
import type { GovernedModel } from "./network/governed-model.ts";

/**
 * The gradient of a behaviour's probe loss, ∂L/∂θ with L the mean over the probe's examples, by one forward and one
 * backward pass of the model as it would be used: no dropout, no statistics taken.
 *
 * @param variables Those that are asked about; in float32.
 * @returns In their order and shapes, zeros where the loss does not depend on one; the caller's.
 */
export function probeGradients(
  model: GovernedModel,
  probe: Batch,
  variables: readonly tf.Variable[],
): readonly tf.Tensor[] {
  return tf.tidy(() => {
    if (variables.length === 0) return [];
    const { grads } = tf.variableGrads(() => model.probeLoss(probe), [...variables]);
    return variables.map((variable) => grads[variable.name] ?? tf.zeros(variable.shape));
  });
}
