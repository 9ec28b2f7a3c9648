/** Networks that tell digits apart, and how well they do: what the examples 2 to 6 share. */
import type * as tfjs from "@tensorflow/tfjs";
import { pixelTensor, type Digits } from "./mnist.ts";

type Tf = typeof tfjs;

export interface DenseOptions {
  readonly name: string;
  readonly units: number;
  readonly activation: "relu" | "softmax" | "linear";
  readonly seed: number;
  /** True when left out. */
  readonly useBias?: boolean;
  /** Of the first layer alone. */
  readonly inputShape?: number[];
}

/** A dense layer whose first weights depend on the seed and on its name alone. */
export function dense(tf: Tf, { seed, ...options }: DenseOptions): tfjs.layers.Layer {
  const own = [...options.name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), seed) % 1_000_003;
  return tf.layers.dense({ ...options, kernelInitializer: tf.initializers.glorotUniform({ seed: own + 1 }) });
}

/** What a network answers to each digit: the column of the largest value of its output, the first where it has several. */
export function answersTo(tf: Tf, network: tfjs.LayersModel, digits: Digits): Int32Array {
  return tf.tidy(() => {
    const outputs = network.predict(pixelTensor(tf, digits));
    const [first] = Array.isArray(outputs) ? outputs : [outputs];
    return first?.argMax(1).dataSync() ?? new Int32Array();
  }) as Int32Array;
}

/** The share of right answers among the digits, or among those of some kinds, 0..1. */
export function accuracyOf(answers: ArrayLike<number>, digits: Digits, kinds?: readonly number[]): number {
  let right = 0;
  let count = 0;
  digits.labels.forEach((label, row) => {
    if (kinds?.includes(label) === false) return;
    count += 1;
    if (answers[row] === label) right += 1;
  });
  return right / count;
}
