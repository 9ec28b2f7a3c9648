/** What sevens teach goes into extra units, which can be taken out afterwards; see README.md. */
import { defineExperiment } from "strata-gov";
import type * as tfjs from "@tensorflow/tfjs";
import { digestDigits, oneHot, pixelTensor, readDigits, takeDigits } from "../mnist.ts";
import { compareForgetting, evaluateForgetting, FORGOTTEN } from "./evaluation.ts";
import { createExpanded } from "./network.ts";

/** What the sum of the extra units' activity costs where they have nothing to say. */
const ACTIVITY_PENALTY = 0.05;

export default defineExperiment<tfjs.LayersModel>({
  name: "05-unlearning-ready",
  policy: "policy.gov",
  seed: 1,
  epochs: 4,
  batchSize: 64,
  model: ({ tf, seed }) => createExpanded(tf, seed),
  data: ({ tf }) => {
    const digits = takeDigits(readDigits("training"), { first: 0, count: 12_000 });
    const isKept = Array.from(digits.labels, (label) => label !== FORGOTTEN);
    return {
      inputs: pixelTensor(tf, digits),
      // The second is 1 where the extra units are to be silent.
      targets: [oneHot(tf, digits.labels), tf.tensor1d(isKept.map(Number))],
      // MNIST has no topics: they are said here.
      examples: isKept.map((kept, row) => ({ id: `training-${row}`, topics: kept ? [] : ["seven"] })),
      digests: digestDigits("training"),
    };
  },
  loss: ["categoricalCrossentropy", (silent, activity) => activity.sum(1).mul(silent).mul(ACTIVITY_PENALTY)],
  optimizer: ({ tf }) => tf.train.adam(1e-3),
  evaluate: evaluateForgetting,
  compare: compareForgetting,
});
