import type * as tfjs from "@tensorflow/tfjs";
import { dense } from "../classifier.ts";
import { CLASSES, PIXELS } from "../mnist.ts";

/** Large enough to learn thousands of wrong labels by heart. */
export function createClassifier(tf: typeof tfjs, seed: number): tfjs.Sequential {
  return tf.sequential({
    layers: [
      dense(tf, { name: "hidden/first", units: 256, activation: "relu", seed, inputShape: [PIXELS] }),
      dense(tf, { name: "hidden/second", units: 128, activation: "relu", seed }),
      dense(tf, { name: "answer", units: CLASSES, activation: "softmax", seed }),
    ],
  });
}
