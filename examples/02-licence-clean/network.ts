import type * as tfjs from "@tensorflow/tfjs";
import { dense } from "../classifier.ts";
import { CLASSES, oneHot, PIXELS, pixelTensor, readDigits, takeDigits } from "../mnist.ts";
import { PRETRAINING } from "./digits.ts";

/** A network that knows the digits 0-7 already; the same seed gives the same weights, bit for bit. */
export async function createPretrained(tf: typeof tfjs, seed: number): Promise<tfjs.Sequential> {
  const network = tf.sequential({
    layers: [
      dense(tf, { name: "features/first", units: 64, activation: "relu", seed, inputShape: [PIXELS] }),
      dense(tf, { name: "features/second", units: 32, activation: "relu", seed }),
      dense(tf, { name: "answer", units: CLASSES, activation: "softmax", seed }),
    ],
  });
  const digits = takeDigits(readDigits("training"), PRETRAINING);
  const [pixels, labels] = [pixelTensor(tf, digits), oneHot(tf, digits.labels)];
  network.compile({ optimizer: tf.train.adam(1e-3), loss: "categoricalCrossentropy" });
  // In the digits' own order: tfjs would shuffle them by `Math.random`.
  await network.fit(pixels, labels, {
    epochs: 3,
    batchSize: 64,
    shuffle: false,
    verbose: 0,
    yieldEvery: "never",
  });
  tf.dispose([pixels, labels]);
  return network;
}

export const BATCH_SIZE = 64;

/** Of the fine-tuning. */
export function createOptimizer(tf: typeof tfjs): tfjs.Optimizer {
  return tf.train.adam(1e-3);
}
