/**
 * The gradient of Tile. tfjs 4.22 slices the error once for each repetition and adds the slices one by one, up to four
 * axes: layer normalization, which tiles its means and scales over the batch, meets thousands of them in every step.
 * Here the repetitions are summed, axis by axis, in any number of axes.
 */
import * as tf from "@tensorflow/tfjs";
import { repeatedBlocks } from "./repeated-blocks.ts";

/** Puts ours in the place of tfjs's, in the one registry of gradients that all backends share. */
export function registerTileGradient(): void {
  if (tf.getGradient(tf.Tile).gradFunc === gradientOfTile) return;
  tf.unregisterGradient(tf.Tile);
  // The input is kept for its shape: an error of no elements does not tell it.
  tf.registerGradient({ kernelName: tf.Tile, inputsToSave: ["x"], gradFunc: gradientOfTile });
}

/** `error` has the shape of the output; the gradient, float32, that of the input. */
const gradientOfTile: tf.GradFunc = (errors, [x], attributes) => ({
  x: () => {
    // A kernel with one output has one error, whose attributes are those of kernel_names.d.ts.
    const error = errors as tf.Tensor;
    const { reps } = attributes as unknown as tf.TileAttrs;
    if (x === undefined) throw new Error("the input of a tile was not kept for its gradient");
    return error.size === 0 ? tf.zeros(x.shape) : sumOfRepetitions(error, x.shape, reps);
  },
});

function sumOfRepetitions(
  error: tf.Tensor,
  shape: readonly number[],
  repetitions: readonly number[],
): tf.Tensor {
  let sum = error;
  // How often the blocks of the axis at hand come, now that the axes outside of it are summed.
  let outer = 1;
  for (const { repeats, length } of repeatedBlocks(shape, repetitions)) {
    if (repeats > 1) sum = tf.sum(tf.reshape(sum, [outer, repeats, sum.size / outer / repeats]), 1);
    outer *= length;
  }
  return tf.reshape(sum, [...shape]);
}
