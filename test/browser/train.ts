/** A small governed training that is the same wherever it runs: what a page does, and what it is held against. */
import * as tf from "@tensorflow/tfjs";
import { compile, govern } from "../../src/index.ts";
import { numbersFrom } from "../gradients/exactness/choices.ts";

const POLICY = `policy page
example { id: string, label: int in 0..2, trusted: bool }
cohort doubtful = trusted == false
band top = layers "top" units 0..3
band bottom = layers "top" units 4..7
route doubtful -> top: block
route all -> bottom: block
bound entropy(top) >= 0 { below => log }
provenance { trace top every 2 steps top 4 }
`;

const SIZE = 12;
const STEPS = 6;

export interface Trained {
  readonly backend: string;
  readonly losses: readonly (number | undefined)[];
  /** Of the layer `top`: a column for each unit. */
  readonly kernel: readonly number[];
  /** Whether no bit of the units changed from which every example is kept away. */
  readonly isHeld: boolean;
  readonly events: readonly string[];
}

/** On the backend that is set. */
export function train(): Trained {
  const { ir, diagnostics } = compile({ entry: "page.gov", sources: new Map([["page.gov", POLICY]]) });
  if (ir === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ name: "eye", filters: 3, kernelSize: 2, activation: "tanh", inputShape: [4, 4, 1] }),
      tf.layers.flatten(),
      tf.layers.dense({ name: "top", units: 8, activation: "tanh" }),
      tf.layers.dense({ name: "out", units: 3, activation: "softmax" }),
    ],
  });
  const next = numbersFrom(1);
  model.setWeights(
    model.getWeights().map(({ size, shape }) =>
      tf.tensor(
        Float32Array.from({ length: size }, () => next() / 2),
        shape,
      ),
    ),
  );
  const inputs = tf.tensor4d(Float32Array.from({ length: SIZE * 16 }, next), [SIZE, 4, 4, 1]);
  const labels = Array.from({ length: SIZE }, (_, row) => row % 3);
  const targets = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), 3), "float32");
  const examples = labels.map((label, row) => ({ id: `e${row}`, label, trusted: row % 2 === 0 }));
  const events = new Set<string>();
  const governor = govern(model, ir, {
    loss: "categoricalCrossentropy",
    optimizer: tf.train.momentum(0.05, 0.9),
    recorder: ({ kind }) => events.add(kind),
  });
  const before = kernelOf(model);
  const losses = Array.from({ length: STEPS }, () => governor.step({ inputs, targets, examples }).loss);
  const kernel = kernelOf(model);
  return {
    ...{ backend: tf.getBackend(), losses, kernel, events: [...events].toSorted() },
    isHeld: kernel.every((value, index) => index % 8 < 4 || value === before[index]),
  };
}

function kernelOf(model: tf.LayersModel): readonly number[] {
  const [kernel] = model.getLayer("top").getWeights();
  return [...(kernel?.dataSync() ?? [])];
}
