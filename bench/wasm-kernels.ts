/**
 * What our kernels bring on the wasm backend: the time of a training step with stock's and with ours, taken in turns in
 * one process, so that whatever else the machine does slows both. Prints medians and their ratio. The number of rounds
 * can be given as an argument (20 when left out).
 */
import * as tf from "@tensorflow/tfjs";
import { registerWasmKernels } from "../src/runtime/backends/wasm/register.ts";
import { selectBackend } from "../src/runtime/backends/select.ts";

interface Subject {
  readonly name: string;
  readonly batchSize: number;
  readonly inputShape: readonly number[];
  readonly layers: () => tf.layers.Layer[];
  readonly loss: (inputs: tf.Tensor, outputs: tf.Tensor) => tf.Scalar;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: "MLP 784-256-256-10",
    batchSize: 128,
    inputShape: [784],
    layers: () => [dense(256, "relu"), dense(256, "relu"), dense(10, "linear")],
    loss: classification,
  },
  {
    name: "autoencoder 784-256-64-32-64-256-784",
    batchSize: 128,
    inputShape: [784],
    layers: () => [...[256, 64, 32, 64, 256].map((units) => dense(units, "relu")), dense(784, "sigmoid")],
    loss: reconstruction,
  },
  {
    name: "CNN 28×28, 16 and 32 filters of 3×3, max pooling",
    batchSize: 64,
    inputShape: [28, 28, 1],
    layers: () => [
      tf.layers.conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      dense(10, "linear"),
    ],
    loss: classification,
  },
];

/** Steps before the first that counts, in which the engine compiles. */
const WARM_UP = 3;

await main(Number(process.argv[2] ?? 20));

async function main(rounds: number): Promise<void> {
  const stock = tf.getKernelsForBackend("wasm");
  registerWasmKernels();
  const ours = tf.getKernelsForBackend("wasm");
  const backend = await selectBackend("wasm");
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

type Kernels = readonly tf.KernelConfig[];

/** The median time of a step with each set of kernels; undefined where a step cannot be taken with it. */
function compare(
  subject: Subject,
  sets: readonly Kernels[],
  rounds: number,
): readonly (number | undefined)[] {
  const steps = sets.map((kernels) => ({ kernels, step: stepOf(subject), times: [] as number[] }));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const { kernels, step, times } of steps) {
      use(kernels);
      const time = timeOf(step);
      if (time !== undefined && round >= 0) times.push(time);
    }
  }
  return steps.map(({ times }) => (times.length === 0 ? undefined : median(times)));
}

function use(kernels: Kernels): void {
  for (const { kernelName } of tf.getKernelsForBackend("wasm")) tf.unregisterKernel(kernelName, "wasm");
  for (const kernel of kernels) tf.registerKernel(kernel);
}

function stepOf({ layers, inputShape, batchSize, loss }: Subject): () => void {
  const [first, ...rest] = layers();
  if (first === undefined) throw new Error("a model has layers");
  first.batchInputShape = [null, ...inputShape];
  const model = tf.sequential({ layers: [first, ...rest] });
  const optimizer = tf.train.adam(1e-3);
  const inputs = tf.randomUniform([batchSize, ...inputShape], 0, 1, "float32", 1);
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
