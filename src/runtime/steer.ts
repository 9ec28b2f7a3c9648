import * as tf from "@tensorflow/tfjs";
import type { Steering } from "../reason/bounds/effects.ts";
import { natsTo } from "./entropy.ts";
import { offTape } from "./tape/engine.ts";

/**
 * A term of the loss that pulls the entropy of a representation toward a value: strength · (S(Z) − toward)², with S as
 * `representationEntropy` measures it. What is returned is not that number but Σ_i ⟨g_i, z_i⟩ with the term's exact
 * gradient g held constant: it has the same gradient, and what each example contributes to it stays its own, so that
 * routes and detaches apply to it as to the loss. The gradient, with K = Z Zᵀ and Z centred, is
 * ∂S_2/∂Z = 4 Z / tr K − 4 K Z / ‖K‖_F².
 *
 * Costs two products of the size of the Gram matrix, 4·n·d·min(n, d) flops, in each step in which it is in force.
 *
 * @param activations [n, ...] on the tape: one row an example.
 * @returns A scalar on the tape, whose value means nothing.
 */
export function steeringTerm(activations: tf.Tensor, steering: Omit<Steering, "band">): tf.Scalar {
  const gradient = offTape(() => steeringGradient(activations, steering));
  return tf.sum(tf.mul(activations, gradient));
}

/**
 * ∂/∂Z of strength · (S(Z) − toward)².
 *
 * @returns In the shape of the activations; zeros where all rows are equal, for there no direction is better than another.
 */
export function steeringGradient(
  activations: tf.Tensor,
  { toward, strength, unit }: Omit<Steering, "band">,
): tf.Tensor {
  return tf.tidy(() => {
    const examples = activations.shape[0] ?? 1;
    const rows = tf.reshape(activations, [examples, activations.size / examples]) as tf.Tensor2D;
    const features = rows.shape[1];
    const centred = tf.sub(rows, tf.mean(rows, 0, true));
    // S_2 does not change with the scale: at scale 1 the fourth powers neither overflow nor vanish.
    const largest = tf.max(tf.abs(centred));
    const isFlat = tf.equal(largest, 0);
    const scale = tf.where(isFlat, tf.onesLike(largest), largest);
    const scaled: tf.Tensor2D = tf.div(centred, scale);
    const isWide = examples <= features;
    const gram = isWide ? tf.matMul(scaled, scaled, false, true) : tf.matMul(scaled, scaled, true, false);
    const trace = tf.sum(tf.square(scaled));
    const square = tf.sum(tf.square(gram));
    const factor = natsTo(unit, Math.min(examples, features));
    const entropy = tf.mul(tf.sub(tf.mul(2, tf.log(trace)), tf.log(square)), factor);
    const product = isWide ? tf.matMul(gram, scaled) : tf.matMul(scaled, gram);
    const slope = tf.sub(tf.div(scaled, trace), tf.div(product, square));
    const pull = tf.mul(tf.sub(entropy, toward), tf.div(8 * strength * factor, scale));
    const gradient = tf.mul(slope, pull);
    return tf.reshape(tf.where(isFlat, tf.zerosLike(gradient), gradient), activations.shape);
  });
}
