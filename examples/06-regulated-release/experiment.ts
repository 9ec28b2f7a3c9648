/** A classifier that is released only when its policy was kept to the end; see README.md. */
import { defineExperiment } from "strata-gov";
import type * as tfjs from "@tensorflow/tfjs";
import { accuracyOf, answersTo, dense } from "../classifier.ts";
import { CLASSES, digestDigits, oneHot, PIXELS, pixelTensor, readDigits, takeDigits } from "../mnist.ts";

export default defineExperiment<tfjs.Sequential>({
  name: "06-regulated-release",
  policy: "policy.gov",
  seed: 1,
  epochs: 3,
  batchSize: 64,
  model: ({ tf, seed }) =>
    tf.sequential({
      layers: [
        dense(tf, { name: "hidden", units: 64, activation: "relu", seed, inputShape: [PIXELS] }),
        dense(tf, { name: "answer", units: CLASSES, activation: "softmax", seed }),
      ],
    }),
  // Who each scan is, and what papers it has: a line for each, in the order of the scans.
  metadata: "papers.csv",
  data: ({ tf, metadata }) => {
    const digits = takeDigits(readDigits("training"), { first: 0, count: metadata.length });
    return {
      inputs: pixelTensor(tf, digits),
      targets: oneHot(tf, digits.labels),
      digests: digestDigits("training"),
    };
  },
  loss: "categoricalCrossentropy",
  optimizer: ({ tf }) => tf.train.adam(2e-3),
  evaluate: (network, { tf }) => {
    const test = readDigits("test");
    const accuracy = accuracyOf(answersTo(tf, network, test), test);
    return { figures: [{ name: "test digits told right", value: accuracy }] };
  },
});
