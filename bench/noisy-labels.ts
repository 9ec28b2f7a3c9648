/**
 * Wrong labels found by what they teach: a tenth of the labels of MNIST is flipped, a network is trained under a policy
 * that traces every example, and the examples are ranked by their influence as the provenance store has it. In batches
 * of one, the influence of an example toward its batch is η ‖∂ℓ_i/∂θ‖², its self-influence (TracIn, Pruthi et al. 2020,
 * inside the run). Beside it stands the trivial baseline, the loss of the example added up over the same steps.
 *
 *     npm run bench:noisy-labels -- [--seeds 1,2,3] [--epochs 5] [--sizes 1000,5000]
 */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { dense } from "../examples/classifier.ts";
import {
  CLASSES,
  oneHot,
  PIXELS,
  pixelTensor,
  readDigits,
  takeDigits,
  type Digits,
} from "../examples/mnist.ts";
import { compile } from "../src/compile.ts";
import { PROVENANCE } from "../src/evidence/layout.ts";
import { openStore } from "../src/evidence/provenance/scan.ts";
import { openProvenance } from "../src/evidence/provenance/store.ts";
import { trace } from "../src/evidence/provenance/trace.ts";
import type { Ir } from "../src/ir/ir.ts";
import { selectBackend } from "../src/runtime/backends/select.ts";
import type { Experiment } from "../src/runtime/experiment.ts";
import { prepareRun } from "../src/runtime/run.ts";

const FLIPPED_SHARE = 0.1;
const LEARNING_RATE = 0.01;
const HIDDEN = 128;

const POLICY = `policy noisy_labels
  example { id: string  label: int in 0..9 }
  band network = layers "**"
  provenance { trace network every 1 step }
`;

interface Labelled {
  readonly digits: Digits;
  readonly ids: readonly string[];
  readonly given: Uint8Array;
  readonly isFlipped: readonly boolean[];
}

/** Which labels are flipped, and to what, is drawn from the hash of seed and digit: nothing that the digit shows. */
function labelDigits(all: Digits, count: number, seed: number): Labelled {
  const digits = takeDigits(all, { first: 0, count });
  const ids = Array.from(digits.labels, (_, row) => `training-${row}`);
  const hashes = ids.map((id) => createHash("sha256").update(`${seed}/${id}`).digest());
  // Exactly a tenth: those with the smallest hashes.
  const limit = hashes.map((hash) => hash.readUInt32BE(0)).toSorted((left, right) => left - right)[
    Math.round(FLIPPED_SHARE * count)
  ];
  const isFlipped = hashes.map((hash) => hash.readUInt32BE(0) < (limit ?? 0));
  const given = digits.labels.map((label, row) =>
    isFlipped[row] === true
      ? (label + 1 + ((hashes[row]?.readUInt32BE(4) ?? 0) % (CLASSES - 1))) % CLASSES
      : label,
  );
  return { digits, ids, given, isFlipped };
}

function experimentOn({ digits, ids, given }: Labelled, epochs: number): Experiment {
  return {
    ...{ name: "noisy-labels", policy: "policy.gov", epochs, batchSize: 1 },
    model: ({ tf, seed }) =>
      tf.sequential({
        layers: [
          dense(tf, { name: "hidden", units: HIDDEN, activation: "relu", seed, inputShape: [PIXELS] }),
          dense(tf, { name: "answer", units: CLASSES, activation: "softmax", seed }),
        ],
      }),
    data: ({ tf }) => ({
      inputs: pixelTensor(tf, digits),
      targets: oneHot(tf, given),
      examples: ids.map((id, row) => ({ id, label: given[row] })),
    }),
    loss: "categoricalCrossentropy",
    optimizer: ({ tf }) => tf.train.sgd(LEARNING_RATE),
  };
}

interface Scores {
  readonly influence: number;
  readonly loss: number;
}

async function measure(ir: Ir, labelled: Labelled, seed: number, epochs: number): Promise<Scores> {
  const folder = mkdtempSync(join(tmpdir(), "strata-noisy-"));
  mkdirSync(join(folder, PROVENANCE));
  const losses = new Map<string, number>();
  try {
    const store = openProvenance({ folder, cohortsOf: () => [], bind: () => undefined });
    const run = await prepareRun(experimentOn(labelled, epochs), ir, { seed });
    let taught = "";
    await run.train({
      recorder: (event) => {
        if (event.kind === "influence_measured") {
          store.add(event);
          taught = event.rows[0]?.id ?? "";
        } else if (event.kind === "step_measured")
          losses.set(taught, (losses.get(taught) ?? 0) + (event.loss ?? Number.NaN));
      },
    });
    run.dispose();
    store.close();
    const { examples } = trace(openStore(join(folder, PROVENANCE)), { top: labelled.ids.length });
    const influences = new Map(examples.map(({ name, influence }) => [name, influence]));
    const areaOf = (scores: ReadonlyMap<string, number>): number =>
      areaUnderCurve(
        labelled.ids.map((id) => scores.get(id) ?? Number.NaN),
        labelled.isFlipped,
      );
    return { influence: areaOf(influences), loss: areaOf(losses) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The share of pairs of a positive and a negative in which the positive scores higher; equal scores count half. */
function areaUnderCurve(scores: readonly number[], isPositive: readonly boolean[]): number {
  const order = [...scores.keys()].toSorted((left, right) => (scores[left] ?? 0) - (scores[right] ?? 0));
  let [negatives, pairs] = [0, 0];
  for (let start = 0; start < order.length;) {
    const value = scores[order[start] ?? -1];
    let end = start;
    while (end < order.length && scores[order[end] ?? -1] === value) end += 1;
    const tied = order.slice(start, end);
    const positive = tied.filter((row) => isPositive[row]).length;
    pairs += positive * (negatives + (tied.length - positive) / 2);
    negatives += tied.length - positive;
    start = end;
  }
  return pairs / (negatives * (scores.length - negatives));
}

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    sizes: { type: "string", default: "1000,5000" },
    epochs: { type: "string", default: "5" },
  },
});
const [seeds, sizes] = [values.seeds, values.sizes].map((text) => text.split(",").map(Number));
const { ir } = compile({ entry: "policy.gov", sources: new Map([["policy.gov", POLICY]]) });
if (ir === undefined) throw new Error("the policy of this measurement has errors");
const { description } = await selectBackend("wasm");
console.log(
  `${description}; MLP ${PIXELS}-${HIDDEN}-${CLASSES}, SGD at ${LEARNING_RATE}, batches of one, ${values.epochs} epochs, ${FLIPPED_SHARE * 100} % of the labels flipped`,
);
console.log(
  "| n | seed | AUC by in-run self-influence | AUC by accumulated loss |\n| --- | --- | --- | --- |",
);
const digits = readDigits("training");
for (const size of sizes ?? [])
  for (const seed of seeds ?? []) {
    const { influence, loss } = await measure(
      ir,
      labelDigits(digits, size, seed),
      seed,
      Number(values.epochs),
    );
    console.log(`| ${size} | ${seed} | ${influence.toFixed(4)} | ${loss.toFixed(4)} |`);
  }
