/** Forms with a photo train the heads of a network, and not its body; see README.md. */
import { defineExperiment } from "strata-gov";
import type * as tfjs from "@tensorflow/tfjs";
import { digestDigits, oneHot } from "../mnist.ts";
import { compareReaders, evaluateReader } from "./evaluation.ts";
import { formTensor, makeForms, personTensor } from "./forms.ts";
import { createReader } from "./network.ts";

export default defineExperiment<tfjs.LayersModel>({
  name: "03-pii-in-the-head",
  policy: "policy.gov",
  seed: 1,
  epochs: 4,
  batchSize: 64,
  model: ({ tf, seed }) => createReader(tf, seed),
  data: ({ tf }) => {
    // Every second form has a photo.
    const rows = { split: "training", count: 12_000, fields: 0, photos: 12_000 } as const;
    const forms = makeForms({ ...rows, hasPhoto: (place) => place % 2 === 1 });
    return {
      inputs: formTensor(tf, forms),
      targets: [oneHot(tf, forms.labels), personTensor(tf, forms)],
      // MNIST has no tags: what a scan would have found is said here.
      examples: forms.persons.map((person, place) => ({
        id: `form-${place}`,
        tags: person === undefined ? [] : ["pii:face"],
      })),
      digests: digestDigits("training"),
    };
  },
  loss: "categoricalCrossentropy",
  optimizer: ({ tf }) => tf.train.adam(2e-3),
  evaluate: evaluateReader,
  compare: compareReaders,
});
