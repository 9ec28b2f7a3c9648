/** Digits 0-4 into the top half of an autoencoder's code, digits 5-9 into the bottom half; see README.md. */
import { defineExperiment } from "strata-gov";
import { compareSplits, evaluateSplit } from "./evaluation.ts";
import { digestDigits, PIXELS, readDigits } from "../mnist.ts";
import { createSplitAutoencoder, type SplitAutoencoder } from "./network.ts";

export default defineExperiment<SplitAutoencoder>({
  name: "01-mnist-split",
  policy: "policy.gov",
  seed: 1,
  epochs: 3,
  batchSize: 128,
  model: ({ tf, seed }) => createSplitAutoencoder(tf, seed),
  data: ({ tf }) => {
    const { count, pixels, labels } = readDigits("training");
    return {
      inputs: tf.tensor2d(pixels, [count, PIXELS]),
      // All that the policy ever sees of a digit.
      examples: Array.from(labels, (label, row) => ({ id: `training-${row}`, label, split: "training" })),
      digests: digestDigits("training"),
    };
  },
  optimizer: ({ tf }) => tf.train.adam(2e-3),
  evaluate: (network, { tf }) => evaluateSplit(tf, network, readDigits("training"), readDigits("test")),
  compare: compareSplits,
});
