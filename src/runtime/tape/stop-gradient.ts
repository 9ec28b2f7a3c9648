import * as tf from "@tensorflow/tfjs";

/**
 * The same values, through which nothing flows back: what tfjs lacks, and what a custom gradient of one's own cannot
 * be, since the tape could not tell which of its rows belong to which example.
 *
 * @param tensor Of any shape; what comes out has the same.
 */
export function stopGradient<T extends tf.Tensor>(tensor: T): T {
  // The op keeps rank and type, which its declaration cannot say.
  return asOp(tensor) as T;
}

const asOp = tf.op({
  stopGradient_: (tensor: tf.Tensor): tf.Tensor =>
    tf.customGrad((values) => {
      // One tensor goes in, as below.
      const kept = values as tf.Tensor;
      return { value: kept.clone(), gradFunc: (error: tf.Tensor) => tf.zerosLike(error) };
    })(tensor),
});
