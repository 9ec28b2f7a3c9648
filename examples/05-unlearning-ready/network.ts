import type * as tfjs from "@tensorflow/tfjs";
import { dense } from "../classifier.ts";
import { CLASSES, PIXELS } from "../mnist.ts";

/** Hidden units of the core, and those that expand it. */
const UNITS = { core: 64, extra: 16 } as const;

/**
 * One hidden layer of 80 units, of which 16 are extra, and an answer that is the softmax of what both parts say. The
 * parts are layers of their own, so that a policy can name all weights into and out of the extra units. The second
 * output is the activity of the extra units, [B, 16].
 */
export function createExpanded(tf: typeof tfjs, seed: number): tfjs.LayersModel {
  const digit = tf.input({ shape: [PIXELS] });
  const hidden = (name: string, units: number): tfjs.SymbolicTensor =>
    dense(tf, { name, units, activation: "relu", seed }).apply(digit) as tfjs.SymbolicTensor;
  const [core, extra] = [hidden("core/hidden", UNITS.core), hidden("extra/hidden", UNITS.extra)];
  const say = (name: string, units: tfjs.SymbolicTensor, useBias: boolean): tfjs.SymbolicTensor =>
    dense(tf, { name, units: CLASSES, activation: "linear", seed, useBias }).apply(
      units,
    ) as tfjs.SymbolicTensor;
  // Without a bias the extra units say nothing where they are silent.
  const said = [say("core/answer", core, true), say("extra/answer", extra, false)];
  const sum = tf.layers.add({ name: "sum" }).apply(said) as tfjs.SymbolicTensor;
  const answer = tf.layers.softmax({ name: "softmax" }).apply(sum) as tfjs.SymbolicTensor;
  return tf.model({ inputs: digit, outputs: [answer, extra] });
}
