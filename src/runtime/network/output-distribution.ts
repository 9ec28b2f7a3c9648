import * as tf from "@tensorflow/tfjs";
import type { Loss, LossName } from "../loss.ts";
import { bernoulliEntropy, categoricalEntropy } from "./predictive-entropy.ts";

/** The predictive entropy of each example from a model's outputs: `[B]`, nats. */
export type PredictiveEntropy = (outputs: readonly tf.Tensor[]) => tf.Tensor1D;

/**
 * How the predictive entropy is read off a layers model: where a cross-entropy by name says that an output is a
 * distribution, or a softmax does; of several such outputs the sum. Undefined where no output is one.
 */
export function findPredictiveEntropy(
  model: tf.LayersModel,
  losses: readonly (LossName | Loss)[],
): PredictiveEntropy | undefined {
  const rules = model.outputs.flatMap((output, index) => {
    const loss = losses[index];
    const rule = typeof loss === "string" ? (BY_LOSS[loss] ?? bySoftmax(output)) : bySoftmax(output);
    return rule === undefined ? [] : [{ index, rule }];
  });
  if (rules.length === 0) return undefined;
  return (outputs) =>
    tf.addN(
      rules.flatMap(({ index, rule }) => {
        const output = outputs[index];
        return output === undefined ? [] : [rule(output)];
      }),
    );
}

type Rule = (output: tf.Tensor) => tf.Tensor1D;

const BY_LOSS: Readonly<Record<LossName, Rule | undefined>> = {
  categoricalCrossentropy: categoricalEntropy,
  sparseCategoricalCrossentropy: categoricalEntropy,
  binaryCrossentropy: bernoulliEntropy,
  meanSquaredError: undefined,
  meanAbsoluteError: undefined,
};

function bySoftmax({ sourceLayer, tensorIndex }: tf.SymbolicTensor): Rule | undefined {
  if (sourceLayer instanceof tf.LayersModel) {
    const inner = sourceLayer.outputs[tensorIndex];
    return inner && bySoftmax(inner);
  }
  const isSoftmax =
    sourceLayer.getClassName() === "Softmax" || sourceLayer.getConfig()["activation"] === "softmax";
  return isSoftmax ? categoricalEntropy : undefined;
}
