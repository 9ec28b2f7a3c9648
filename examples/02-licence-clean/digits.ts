/** The digits of the pretraining and of the fine-tuning, with the licences that this example gives them. */
import type * as tfjs from "@tensorflow/tfjs";
import type { ExperimentData, TrainingData } from "strata-gov";
import { digestDigits, oneHot, pixelTensor, readDigits, takeDigits } from "../mnist.ts";

/** What the network has seen before: digits 0-7 among the first of MNIST. It has never seen an eight or a nine. */
export const PRETRAINING = { first: 0, count: 10_000, labels: [0, 1, 2, 3, 4, 5, 6, 7] } as const;

/** What it is fine-tuned on: other digits, of all ten kinds. */
const FINE_TUNING = { first: 10_000, count: 12_000 } as const;

/** MNIST's digits have no licences of their own: each row of the fine-tuning is given the one at its place, in turns. */
const LICENCES: readonly (string | undefined)[] = [
  ...["CC0-1.0", "CC-BY-4.0", "CC0-1.0", "MIT", "CC0-1.0", "CC-BY-4.0"],
  ...["CC0-1.0", "CC-BY-4.0", "CC0-1.0", "CC-BY-4.0"],
  ...["CC-BY-SA-4.0", "CC-BY-SA-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-4.0"],
  ...["LicenseRef-Proprietary", "LicenseRef-Proprietary", "LicenseRef-Proprietary", "", undefined],
];

/** Said here once more, in plain code, so that the policy is held against something other than itself. */
export const CLEARED: ReadonlySet<unknown> = new Set(["CC0-1.0", "CC-BY-4.0", "MIT"]);

export function fineTuningData(tf: typeof tfjs): ExperimentData & TrainingData {
  const digits = takeDigits(readDigits("training"), FINE_TUNING);
  return {
    inputs: pixelTensor(tf, digits),
    targets: oneHot(tf, digits.labels),
    examples: Array.from(digits.labels, (label, row) => {
      const licence = LICENCES[row % LICENCES.length];
      return {
        id: `training-${FINE_TUNING.first + row}`,
        label,
        ...(licence === undefined ? {} : { licence }),
      };
    }),
    digests: digestDigits("training"),
  };
}
