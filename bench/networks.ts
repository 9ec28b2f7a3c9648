/** The networks that steps are timed on: layers `hidden/…` and `output`, over batches at random. */
import * as tf from "@tensorflow/tfjs";
import type { Batch } from "../src/runtime/batch.ts";
import { SelfAttention } from "../test/gradients/exactness/self-attention.ts";

export interface BenchNetwork {
  readonly description: string;
  readonly batchSize: number;
  readonly create: () => tf.LayersModel;
  /** The caller's to dispose. */
  readonly draw: (seed: number) => Batch & { readonly inputs: tf.Tensor; readonly targets: tf.Tensor };
}

const CLASSES = 10;

function network(
  description: string,
  batchSize: number,
  create: () => tf.LayersModel,
  drawInputs: (seed: number) => tf.Tensor,
): BenchNetwork {
  return {
    ...{ description, batchSize, create },
    draw: (seed) => {
      const labels = Array.from({ length: batchSize }, (_, row) => (row * 7 + seed) % CLASSES);
      return {
        inputs: drawInputs(seed),
        targets: tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES), "float32")),
        examples: labels.map((label, row) => ({ id: `${seed}-${row}`, label })),
      };
    },
  };
}

const output = (): tf.layers.Layer =>
  tf.layers.dense({ name: "output", units: CLASSES, activation: "softmax" });

function createPerceptron(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.dense({ name: "hidden/0", units: 256, activation: "relu", inputShape: [784] }),
      tf.layers.dense({ name: "hidden/1", units: 256, activation: "relu" }),
      output(),
    ],
  });
}

function createConvolutional(): tf.LayersModel {
  const convolution = (name: string, filters: number): tf.layers.Layer =>
    tf.layers.conv2d({ name, filters, kernelSize: 3, padding: "same", activation: "relu" });
  return tf.sequential({
    layers: [
      tf.layers.inputLayer({ inputShape: [28, 28, 1] }),
      convolution("hidden/0", 16),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      convolution("hidden/1", 32),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ name: "hidden/2", units: 64, activation: "relu" }),
      output(),
    ],
  });
}

const WORDS = { vocabulary: 1000, length: 32 };

const WIDTH = 64;

function createTransformer(): tf.LayersModel {
  const words = tf.input({ shape: [WORDS.length] });
  const embedding = tf.layers.embedding({
    name: "hidden/words",
    inputDim: WORDS.vocabulary,
    outputDim: WIDTH,
  });
  return tf.model({ inputs: words, outputs: transform(on(words, embedding)) });
}

/** The same without its embedding. */
export function createTransformerOnVectors(): tf.LayersModel {
  const vectors = tf.input({ shape: [WORDS.length, WIDTH] });
  return tf.model({ inputs: vectors, outputs: transform(vectors) });
}

/** Two blocks of attention and dense layers, the mean over the words, and the output. */
function transform(words: tf.SymbolicTensor): tf.SymbolicTensor {
  const add = (left: tf.SymbolicTensor, right: tf.SymbolicTensor): tf.SymbolicTensor =>
    tf.layers.add().apply([left, right]) as tf.SymbolicTensor;
  let x = words;
  for (const block of [0, 1]) {
    const seen = on(x, new SelfAttention({ name: `hidden/${block}/attention`, heads: 4, width: WIDTH / 4 }));
    x = on(add(x, seen), tf.layers.layerNormalization({ name: `hidden/${block}/norm/0` }));
    const wide = on(
      x,
      tf.layers.dense({ name: `hidden/${block}/wide`, units: 2 * WIDTH, activation: "relu" }),
    );
    const narrow = on(wide, tf.layers.dense({ name: `hidden/${block}/narrow`, units: WIDTH }));
    x = on(add(x, narrow), tf.layers.layerNormalization({ name: `hidden/${block}/norm/1` }));
  }
  return on(on(x, tf.layers.globalAveragePooling1d({})), output());
}

function on(x: tf.SymbolicTensor, layer: tf.layers.Layer): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor;
}

export const NETWORKS = {
  mlp: network("MLP 784-256-256-10", 128, createPerceptron, (seed) =>
    tf.randomUniform([128, 784], 0, 1, "float32", seed),
  ),
  cnn: network("CNN 28x28, conv 16, conv 32, dense 64", 64, createConvolutional, (seed) =>
    tf.randomUniform([64, 28, 28, 1], 0, 1, "float32", seed),
  ),
  transformer: network(
    "transformer of 2 blocks, width 64, 4 heads, 32 words",
    32,
    createTransformer,
    (seed) =>
      tf.tidy(() => tf.floor(tf.randomUniform([32, WORDS.length], 0, WORDS.vocabulary, "float32", seed))),
  ),
} as const satisfies Readonly<Record<string, BenchNetwork>>;
