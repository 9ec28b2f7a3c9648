/** What `bench/soak.ts` trains for an hour: a small network on 10,000 digits, with everything measured. */
import { defineExperiment } from "strata-gov";
import type * as tfjs from "@tensorflow/tfjs";
import { dense } from "../../examples/classifier.ts";
import {
  CLASSES,
  digestDigits,
  oneHot,
  PIXELS,
  pixelTensor,
  readDigits,
  takeDigits,
} from "../../examples/mnist.ts";

export default defineExperiment<tfjs.Sequential>({
  name: "soak",
  policy: "policy.gov",
  seed: 1,
  // More than any soak takes: it is ended by the clock.
  epochs: 1_000_000,
  batchSize: 64,
  model: ({ tf, seed }) =>
    tf.sequential({
      layers: [
        dense(tf, { name: "hidden/0", units: 128, activation: "relu", seed, inputShape: [PIXELS] }),
        dense(tf, { name: "hidden/1", units: 64, activation: "relu", seed }),
        dense(tf, { name: "answer", units: CLASSES, activation: "softmax", seed }),
      ],
    }),
  data: ({ tf }) => {
    const digits = takeDigits(readDigits("training"), { first: 0, count: 10_000 });
    return {
      inputs: pixelTensor(tf, digits),
      targets: oneHot(tf, digits.labels),
      examples: Array.from(digits.labels, (label, row) => ({ id: `training-${row}`, label })),
      digests: digestDigits("training"),
    };
  },
  probe: (records, _behavior, { tf }) => {
    const test = readDigits("test");
    const chosen = records.map(({ digit }) => takeDigits(test, { first: Number(digit), count: 1 }));
    const labels = chosen.map((one) => one.labels[0] ?? 0);
    return {
      inputs: tf.tidy(() => tf.concat(chosen.map((one) => pixelTensor(tf, one)))),
      targets: oneHot(tf, labels),
    };
  },
  loss: "categoricalCrossentropy",
  optimizer: ({ tf }) => tf.train.adam(1e-3),
});
