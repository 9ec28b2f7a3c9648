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

/** What the network answers to each digit: the column of its largest output. */
export function answersTo(
  tf: Tf,
  outputs: (pixels: tfjs.Tensor2D) => tfjs.Tensor,
  digits: Digits,
): Int32Array {
  return tf.tidy(() => outputs(pixelTensor(tf, digits)).argMax(1).dataSync()) as Int32Array;
}

/** The share of right answers among the digits of these kinds, 0..1. */
export function accuracyOn(labels: readonly number[], answers: ArrayLike<number>, digits: Digits): number {
  let right = 0;
  let count = 0;
  digits.labels.forEach((label, row) => {
    if (!labels.includes(label)) return;
    count += 1;
    if (answers[row] === label) right += 1;
  });
  return right / count;
}
