/** Digits with many wrong labels, which are learnt by heart unless what costs more than a guess is doubted; see README.md. */
import { defineExperiment } from "strata-gov";
import type * as tfjs from "@tensorflow/tfjs";
import { digestDigits, oneHot, pixelTensor } from "../mnist.ts";
import { compareDoubt, evaluateDoubt } from "./evaluation.ts";
import { labelledDigits } from "./labels.ts";
import { createClassifier } from "./network.ts";

export default defineExperiment<tfjs.Sequential>({
  name: "04-noisy-labels",
  policy: "policy.gov",
  seed: 1,
  epochs: 12,
  batchSize: 64,
  model: ({ tf, seed }) => createClassifier(tf, seed),
  data: ({ tf }) => {
    const { ids, digits, given } = labelledDigits();
    return {
      inputs: pixelTensor(tf, digits),
      targets: oneHot(tf, given),
      examples: ids.map((id, row) => ({ id, label: given[row] })),
      digests: digestDigits("training"),
    };
  },
  loss: "categoricalCrossentropy",
  optimizer: ({ tf }) => tf.train.adam(1e-3),
  evaluate: evaluateDoubt,
  compare: compareDoubt,
});
