/** What can be read off the features of a network by a small classifier of its own. */
import type * as tfjs from "@tensorflow/tfjs";
import { dense } from "./classifier.ts";
import { CLASSES } from "./mnist.ts";

export interface Probing {
  readonly seed: number;
  /** `[n, d]` to fit the probe on. */
  readonly fitting: tfjs.Tensor2D;
  /** `[n, 10]`, what it is to answer to them. */
  readonly targets: tfjs.Tensor2D;
  /** `[m, d]`, what it is asked about. */
  readonly asking: tfjs.Tensor2D;
}

const STEPS = 300;

/**
 * The answers, `m` of 0..9, of a classifier with 64 hidden units on standardised features, fitted by Adam on all examples
 * at once in each step.
 */
export function probe(
  tf: typeof tfjs,
  { seed, fitting, targets, asking }: Probing,
): Uint8Array | Int32Array | Float32Array {
  const classifier = tf.sequential({
    layers: [
      dense(tf, { name: "hidden", units: 64, activation: "relu", seed, inputShape: fitting.shape.slice(1) }),
      dense(tf, { name: "answer", units: CLASSES, activation: "softmax", seed }),
    ],
  });
  const optimizer = tf.train.adam(0.02);
  const answers = tf.tidy(() => {
    const { mean, variance } = tf.moments(fitting, 0);
    const standardise = (features: tfjs.Tensor2D): tfjs.Tensor =>
      features.sub(mean).div(variance.add(1e-6).sqrt());
    const inputs = standardise(fitting);
    for (let step = 0; step < STEPS; step += 1)
      optimizer.minimize(() => {
        const outputs = classifier.apply(inputs, { training: true }) as tfjs.Tensor;
        return tf.metrics.categoricalCrossentropy(targets, outputs).mean();
      });
    const outputs = classifier.predict(standardise(asking)) as tfjs.Tensor;
    return outputs.argMax(1).dataSync();
  });
  classifier.dispose();
  optimizer.dispose();
  return answers;
}
