/**
 * What it costs to make a step a second time by another road (`checkEvery`): steps that are checked against the same
 * steps that are not, in turns, in one run.
 *
 *     npm run bench:checks -- [steps]
 */
import * as tf from "@tensorflow/tfjs";
import { compile } from "../src/compile.ts";
import { selectBackend } from "../src/runtime/backends/select.ts";
import type { Batch } from "../src/runtime/batch.ts";
import { govern, type Governor } from "../src/runtime/governor.ts";

const [BATCH, WARM_UP] = [128, 5];

/** Rules by name; the columns of weights that differ, and detaches, are what a check has to pay for. */
const POLICIES: Readonly<Record<string, string>> = {
  "2 cohorts, one rule": "route low -> output: block",
  "2 cohorts, a rule each": "route low -> output: block\nroute high -> hidden: 50%",
  "the same, with a detach": "route low -> output: block\nroute high -> hidden: 50%\ndetach high at output",
};

async function main(steps: number): Promise<void> {
  const { description } = await selectBackend("wasm");
  console.log(
    `${description}; MLP 784-256-256-10, batch ${BATCH}, Adam, ${steps} steps of each kind in turns`,
  );
  console.log(
    "| policy | median ms | checked, median ms | ratio | at checkEvery: 100 |\n| --- | --- | --- | --- | --- |",
  );
  for (const [name, rules] of Object.entries(POLICIES)) {
    const [plain, checked] = [governed(rules, 0), governed(rules, 1)];
    const times = { plain: [] as number[], checked: [] as number[] };
    for (let round = 0; round < WARM_UP + steps; round += 1) {
      const batch = randomBatch(round);
      const spent = { plain: time(plain, batch), checked: time(checked, batch) };
      if (round >= WARM_UP) {
        times.plain.push(spent.plain);
        times.checked.push(spent.checked);
      }
      tf.dispose([batch.inputs, batch.targets ?? []] as tf.TensorContainer);
    }
    const [without, withCheck] = [median(times.plain), median(times.checked)];
    const ratio = withCheck / without;
    const cells = [
      without.toFixed(1),
      withCheck.toFixed(1),
      ratio.toFixed(2),
      (1 + (ratio - 1) / 100).toFixed(3),
    ];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}

function governed(rules: string, checkEvery: number): Governor {
  const text = `policy bench
    example { id: string  label: int in 0..9 }
    band hidden = layers "hidden/*"
    band output = layers "output"
    cohort low = label in 0..4
    cohort high = not low
    ${rules}`;
  const { ir, diagnostics } = compile({ entry: "bench.gov", sources: new Map([["bench.gov", text]]) });
  if (ir === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: "hidden/0", units: 256, activation: "relu", inputShape: [784] }),
      tf.layers.dense({ name: "hidden/1", units: 256, activation: "relu" }),
      tf.layers.dense({ name: "output", units: 10, activation: "softmax" }),
    ],
  });
  return govern(model, ir, {
    ...{
      loss: "categoricalCrossentropy",
      optimizer: tf.train.adam(1e-3),
      measureRoutingEvery: 0,
      checkEvery,
    },
    onChecked: (reason) => {
      if (reason !== undefined) throw new Error(reason);
    },
  });
}

function time(governor: Governor, batch: Batch): number {
  const began = performance.now();
  const { outcome } = governor.step(batch);
  if (outcome !== "applied") throw new Error(`the step was ${outcome}`);
  return performance.now() - began;
}

function randomBatch(seed: number): Batch {
  const labels = Array.from({ length: BATCH }, (_, row) => (row * 7 + seed) % 10);
  return {
    inputs: tf.randomUniform([BATCH, 784], 0, 1, "float32", seed),
    targets: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), 10).toFloat()),
    examples: labels.map((label, row) => ({ id: `${seed}-${row}`, label })),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

await main(Number(process.argv[2] ?? 40));
