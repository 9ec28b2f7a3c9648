/** A pretrained network is fine-tuned on a mix of licences, of which only the cleared ones count; see README.md. */
import { defineExperiment } from "strata-gov";
import type * as tfjs from "@tensorflow/tfjs";
import { fineTuningData } from "./digits.ts";
import { compareFineTunings, evaluateFineTuning } from "./evaluation.ts";
import { BATCH_SIZE, createOptimizer, createPretrained } from "./network.ts";

export default defineExperiment<tfjs.Sequential>({
  name: "02-licence-clean",
  policy: "policy.gov",
  seed: 1,
  epochs: 3,
  batchSize: BATCH_SIZE,
  model: ({ tf, seed }) => createPretrained(tf, seed),
  data: ({ tf }) => fineTuningData(tf),
  loss: "categoricalCrossentropy",
  optimizer: ({ tf }) => createOptimizer(tf),
  evaluate: evaluateFineTuning,
  compare: compareFineTunings,
});
