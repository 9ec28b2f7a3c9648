import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { auditExperiment } from "../../src/cli/commands/audit.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { AuditRequest } from "../../src/cli/requests.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { folderWith, tinyProject } from "./tiny-experiment.ts";

const PLAIN_AUDIT: AuditRequest = {
  ...{ experiment: "experiment.ts", policy: undefined, params: new Map(), seed: undefined },
  ...{ backend: "cpu", steps: 9, cleanRuns: 1, format: "json" },
};

interface Told {
  readonly outcome: string;
  readonly faults: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly planted: number | null;
    readonly alarm: { readonly step: number; readonly place: string; readonly message: string } | null;
  }[];
  readonly cleanRuns: readonly { readonly steps: number; readonly alarms: readonly unknown[] }[];
  readonly incomparable: readonly string[];
}

async function auditIn(
  folder: string,
  wanted: Partial<AuditRequest> = {},
): Promise<{ code: number; out: string; err: string }> {
  const recorded = recordTerminal(folder);
  const code = await auditExperiment({ ...PLAIN_AUDIT, ...wanted }, recorded.terminal);
  return { code, out: recorded.out(), err: recorded.err() };
}

/** Slices, a shared layer, a frozen one, a detach, partial weights, and an optimizer with two slots. */
const POLICY = `policy everything

example { id: string label: int in 0..2 }

band shared = layers "shared"
band left = layers "middle" units 0..1
band right = layers "middle" units 2..3
band output = layers "output"

cohort zeros = label == 0
cohort ones = label == 1

route zeros -> left: block
route zeros -> output: block
route ones -> right: 50%
route zeros -> shared: 25%

detach ones at output
`;

function projectWith(model: string): string {
  return folderWith({
    "policy.gov": POLICY,
    "experiment.ts": `import * as tf from "@tensorflow/tfjs";
import { defineExperiment } from "strata-gov";
const weights = (seed) => tf.initializers.glorotUniform({ seed });
export default defineExperiment({
  name: "everything", policy: "policy.gov", epochs: 1, batchSize: 6,
  model: ({ seed }) => {
    const input = tf.input({ shape: [3] });
    const shared = tf.layers.dense({ name: "shared", units: 3, activation: "tanh", kernelInitializer: weights(seed) });
    const frozen = tf.layers.dense({ name: "frozen", units: 3, trainable: false, kernelInitializer: weights(seed + 1) });
    const middle = tf.layers.dense({ name: "middle", units: 4, activation: "tanh", kernelInitializer: weights(seed + 2) });
    const output = tf.layers.dense({ name: "output", units: 1, kernelInitializer: weights(seed + 3) });
    let signal = frozen.apply(shared.apply(shared.apply(input)));
    ${model}
    return tf.model({ inputs: input, outputs: output.apply(middle.apply(signal)) });
  },
  loss: "meanSquaredError",
  data: () => ({
    inputs: tf.randomNormal([36, 3], 0, 1, "float32", 1),
    targets: tf.randomNormal([36, 1], 0, 1, "float32", 2),
    examples: Array.from({ length: 36 }, (_, row) => ({ id: "e" + row, label: row % 3 })),
  }),
  optimizer: () => tf.train.adam(0.01),
});
`,
  });
}

describe("an experiment in which everything can go wrong", () => {
  test("faults of every part of a step are planted, and each is caught in the same step", async () => {
    const { code, out } = await auditIn(projectWith(""));
    const told = JSON.parse(out) as Told;
    expect(told.faults.filter(({ verdict }) => verdict === "missed" || verdict === "late")).toEqual([]);
    const caught = told.faults.filter(({ verdict }) => verdict === "caught");
    expect(caught.length).toBeGreaterThanOrEqual(25);
    for (const { planted, alarm } of caught) expect(alarm?.step).toBe(planted);
    expect(told.cleanRuns).toEqual([{ seed: 1, steps: 9, alarms: [] }]);
    expect(told).toMatchObject({ outcome: "passed", incomparable: [] });
    expect(code).toBe(EXIT.clean);
  });

  test("where gradients cannot be compared, what goes through is named, with the reason", async () => {
    const { code, out } = await auditIn(
      projectWith(`signal = tf.layers.dropout({ name: "noise", rate: 0.5 }).apply(signal);`),
      { format: "pretty" },
    );
    expect(out).toMatch(/^dropped masks +missed +step 0 {2}.*every example teaches everything in full$/m);
    expect(out).toMatch(/^swapped cohorts +caught +step 0 +step 0 +policy\.gov:\d+:\d+ +GOV8007 weights: /m);
    expect(out).toContain("`noise` is of the kind Dropout");
    expect(out).toMatch(/^0 of 1 clean run raised an alarm, in 9 steps$/m);
    expect(code).toBe(EXIT.auditFailed);
  });
});

test("an experiment that cannot be built is refused as by `gov run`", async () => {
  const { code, err } = await auditIn(tinyProject({ model: `throw new Error("no model today");` }));
  expect(err).toContain("no model today");
  expect(code).toBe(EXIT.failed);
});

test("the command as it was built shares the experiment's copy of tfjs", () => {
  const main = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));
  // The tiny experiment throws where there are two copies.
  const out = execFileSync(
    process.execPath,
    [main, "audit", "experiment.ts", ...["--backend", "cpu", "--steps", "3", "--clean", "1"]],
    { cwd: tinyProject(), encoding: "utf8" },
  );
  expect(out).toMatch(/^0 of 1 clean run raised an alarm, in 3 steps$/m);
});
