/**
 * What our kernels, and our gradient of Tile, bring on the wasm backend: the time of a training step with stock's and
 * with ours, taken in turns in one process, so that whatever else the machine does slows both. Prints medians and their ratio. The number of rounds
 * can be given as an argument (20 when left out).
 */
import * as tf from "@tensorflow/tfjs";
import { selectBackend } from "../src/runtime/backends/select.ts";
import { createTransformerOnVectors, NETWORKS } from "./networks.ts";

interface Subject {
  readonly name: string;
  readonly batchSize: number;
  readonly model: () => tf.LayersModel;
  readonly inputs: () => tf.Tensor;
  readonly loss: (inputs: tf.Tensor, outputs: tf.Tensor) => tf.Scalar;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: "MLP 784-256-256-10",
    batchSize: 128,
    model: () => sequential([784], [dense(256, "relu"), dense(256, "relu"), dense(10, "linear")]),
    inputs: () => uniform([128, 784]),
    loss: classification,
  },
  {
    name: "autoencoder 784-256-64-32-64-256-784",
    batchSize: 128,
    model: () =>
      sequential(
        [784],
        [...[256, 64, 32, 64, 256].map((units) => dense(units, "relu")), dense(784, "sigmoid")],
      ),
    inputs: () => uniform([128, 784]),
    loss: reconstruction,
  },
  {
    name: "CNN 28×28, 16 and 32 filters of 3×3, max pooling",
    batchSize: 64,
    model: () =>
      sequential(
        [28, 28, 1],
        [
          tf.layers.conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.flatten(),
          dense(10, "linear"),
        ],
      ),
    inputs: () => uniform([64, 28, 28, 1]),
    loss: classification,
  },
  {
    name: NETWORKS.transformer.description,
    batchSize: NETWORKS.transformer.batchSize,
    model: NETWORKS.transformer.create,
    inputs: () => NETWORKS.transformer.draw(1).inputs,
    loss: classification,
  },
  {
    name: "the same transformer on vectors in place of words",
    batchSize: 32,
    model: createTransformerOnVectors,
    inputs: () => uniform([32, 32, 64]),
    loss: classification,
  },
];

/** Steps before the first that counts, in which the engine compiles. */
const WARM_UP = 3;

await main(Number(process.argv[2] ?? 20));

async function main(rounds: number): Promise<void> {
  const stock = registered();
  const backend = await selectBackend("wasm");
  const ours = registered();
  console.log(`${backend.description}; Adam, median of ${rounds} steps each, taken in turns\n`);
  console.log("| model | batch | stock | ours | stock / ours |\n|---|---|---|---|---|");
  for (const subject of SUBJECTS) {
    const [slow, fast] = compare(subject, [stock, ours], rounds);
    const ratio = slow === undefined || fast === undefined ? "stock cannot" : (slow / fast).toFixed(2);
    console.log(
      `| ${subject.name} | ${subject.batchSize} | ${milliseconds(slow)} | ${milliseconds(fast)} | ${ratio} |`,
    );
  }
}

/** What tfjs computes with. */
interface Registered {
  readonly kernels: readonly tf.KernelConfig[];
  readonly gradientOfTile: tf.GradConfig;
}

function registered(): Registered {
  return { kernels: tf.getKernelsForBackend("wasm"), gradientOfTile: tf.getGradient(tf.Tile) };
}

/** The median time of a step with each set of kernels; undefined where a step cannot be taken with it. */
function compare(
  subject: Subject,
  sets: readonly Registered[],
  rounds: number,
): readonly (number | undefined)[] {
  const steps = sets.map((set) => ({ set, step: stepOf(subject), times: [] as number[] }));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const { set, step, times } of steps) {
      use(set);
      const time = timeOf(step);
      if (time !== undefined && round >= 0) times.push(time);
    }
  }
  return steps.map(({ times }) => (times.length === 0 ? undefined : median(times)));
}

function use({ kernels, gradientOfTile }: Registered): void {
  for (const { kernelName } of tf.getKernelsForBackend("wasm")) tf.unregisterKernel(kernelName, "wasm");
  for (const kernel of kernels) tf.registerKernel(kernel);
  tf.unregisterGradient(tf.Tile);
  tf.registerGradient(gradientOfTile);
}

function stepOf({ model: create, inputs: draw, loss }: Subject): () => void {
  const [model, inputs, optimizer] = [create(), draw(), tf.train.adam(1e-3)];
  return () => {
    optimizer.minimize(() => loss(inputs, model.apply(inputs, { training: true }) as tf.Tensor));
  };
}

function timeOf(step: () => void): number | undefined {
  const start = performance.now();
  try {
    step();
  } catch (error) {
    if (error instanceof Error && error.message.includes("not registered")) return undefined;
    throw error;
  }
  return performance.now() - start;
}

function sequential(inputShape: readonly number[], layers: readonly tf.layers.Layer[]): tf.LayersModel {
  return tf.sequential({
    layers: [tf.layers.inputLayer({ inputShape: [...inputShape] }), ...layers],
  });
}

function uniform(shape: number[]): tf.Tensor {
  return tf.randomUniform(shape, 0, 1, "float32", 1);
}

function dense(units: number, activation: "relu" | "sigmoid" | "linear"): tf.layers.Layer {
  return tf.layers.dense({ units, activation });
}

function classification(inputs: tf.Tensor, outputs: tf.Tensor): tf.Scalar {
  const labels = Array.from({ length: inputs.shape[0] ?? 0 }, (_, row) => row % 10);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(labels, "int32"), 10), outputs);
}

function reconstruction(inputs: tf.Tensor, outputs: tf.Tensor): tf.Scalar {
  return tf.losses.meanSquaredError(inputs, outputs);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function milliseconds(time: number | undefined): string {
  return time === undefined ? "—" : `${time.toFixed(1)} ms`;
}
