import * as tf from "@tensorflow/tfjs";

/**
 * The entropy of a predicted distribution over classes, H = −Σ_c p_c ln p_c (Shannon 1948).
 *
 * @param probabilities [B, ..., classes], each row summing to 1; of logits, pass their softmax.
 * @returns [B], in [0, ln classes] nats; where an example has several positions, their mean, as losses have it.
 */
export function categoricalEntropy(probabilities: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => meanOfPositions(tf.sum(surprisal(probabilities), -1)));
}

/**
 * The entropy of predicted independent labels, Σ_u H(p_u) with H(p) = −p ln p − (1 − p) ln(1 − p).
 *
 * @param probabilities [B, ..., labels], each in [0, 1]; of logits, pass their sigmoid.
 * @returns [B], in [0, labels · ln 2] nats; where an example has several positions, their mean, as losses have it.
 */
export function bernoulliEntropy(probabilities: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() =>
    meanOfPositions(tf.sum(tf.add(surprisal(probabilities), surprisal(tf.sub(1, probabilities))), -1)),
  );
}

/** −p ln p, which is 0 at 0. */
function surprisal(probabilities: tf.Tensor): tf.Tensor {
  const positive = tf.greater(probabilities, 0);
  const logarithm = tf.log(tf.where(positive, probabilities, tf.onesLike(probabilities)));
  // What is not a number stays so, and is above 0 for nobody.
  return tf.neg(tf.mul(probabilities, logarithm));
}

function meanOfPositions(entropies: tf.Tensor): tf.Tensor1D {
  const axes = entropies.shape.map((_, axis) => axis).slice(1);
  return (axes.length === 0 ? entropies : tf.mean(entropies, axes)) as tf.Tensor1D;
}
