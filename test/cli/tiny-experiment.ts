/** Small experiments in a folder of their own, as text: what `gov run` is given. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const POLICY = `policy tiny "Small" version "1.0.0"

example {
  id:      string
  label:   int in 0..1
  licence: string?
}

band hidden = layers "hidden"
band output = rest

cohort zeros = label == 0

route zeros -> output: block

bound loss(all) in 0..1000 {
  outside => halt
}

provenance { require licence else quarantine }

never zeros -> output
`;

/** Breached at once, and halted three steps later. */
export const HALTING_POLICY = `policy strict

example { id: string label: int in 0..1 }

bound loss(all) <= 0.0000001 over 2 steps {
  above => warn
      then halt after 3 steps
}
`;

interface Parts {
  readonly epochs?: number;
  readonly head?: string;
  readonly model?: string;
  readonly data?: string;
  readonly evaluate?: string;
  readonly more?: string;
}

const HEAD = `import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "strata-gov";
`;

/** A dense network of three layers over 48 examples, two of them without a licence: 46 in 6 steps an epoch. */
export function experimentText(parts: Parts = {}): string {
  return `${parts.head ?? HEAD}
const layers = (seed) => [
  tf.layers.dense({ name: "hidden", units: 4, inputShape: [3], kernelInitializer: tf.initializers.glorotUniform({ seed }) }),
  tf.layers.dense({ name: "output", units: 1, kernelInitializer: tf.initializers.glorotUniform({ seed: seed + 1 }) }),
];
const experiment = defineExperiment({
  name: "tiny",
  policy: "policy.gov",
  epochs: ${parts.epochs ?? 2},
  batchSize: 8,
  seed: 3,
  model: (context) => {
    if (context.tf.Tensor !== tf.Tensor) throw new Error("there are two copies of tfjs");
    ${parts.model ?? ""}
    return tf.sequential({ layers: layers(context.seed) });
  },
  loss: "meanSquaredError",
  data: async (context) => {
    ${parts.data ?? ""}
    return {
      inputs: tf.randomNormal([48, 3], 0, 1, "float32", 1),
      targets: tf.randomNormal([48, 1], 0, 1, "float32", 2),
      examples: Array.from({ length: 48 }, (_, row) => ({
        id: "e" + row,
        label: row % 2,
        licence: row % 24 === 5 ? "" : "cc0",
      })),
    };
  },
  optimizer: () => tf.train.sgd(0.01),
  evaluate: ${parts.evaluate ?? `(model) => ({ figures: [{ name: "parameters", value: model.countParams() }], summary: "Counted." })`},
  compare: (governed, ungoverned) => "Both have " + governed.figures[0].value + " and " + ungoverned.figures[0].value + ".",
  ${parts.more ?? ""}
});
`;
}

/** A folder with these files. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "strata-cli-"));
  for (const [name, text] of Object.entries({ "package.json": "{}", ...files }))
    writeFileSync(join(folder, name), text);
  return folder;
}

/** The experiment as an ES module in TypeScript with its policy beside it. */
export function tinyProject(parts: Parts = {}, files: Readonly<Record<string, string>> = {}): string {
  const text = `${experimentText(parts)}export default experiment;\n`;
  return folderWith({ "experiment.ts": text, "policy.gov": POLICY, ...files });
}
