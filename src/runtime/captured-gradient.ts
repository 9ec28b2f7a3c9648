import * as tf from "@tensorflow/tfjs";
import { runKernel } from "./tape/engine.ts";
import type { CapturedEntry, CapturedVariable } from "./tape/capture.ts";

/**
 * ∂ℓ/∂θ of the whole batch from what a pass captured, before any policy's mask.
 *
 * @returns In the shape of the variable; float32, equal to a backward pass up to rounding.
 */
export function capturedGradient(captured: CapturedVariable): tf.Tensor {
  return tf.tidy(() => {
    const shape = captured.shape.slice();
    const parts = captured.entries.map((entry) => tf.reshape(gradientOf(entry, captured), shape));
    return parts.length === 0 ? tf.zeros(shape) : tf.addN(parts);
  });
}

type GradientRule<Entry extends CapturedEntry> = (entry: Entry, captured: CapturedVariable) => tf.Tensor;

const RULES: {
  readonly [Kind in CapturedEntry["kind"]]: GradientRule<Extract<CapturedEntry, { kind: Kind }>>;
} = {
  product: ({ input, error, orientation }) => {
    const [left, right] = orientation === "plain" ? [input, error] : [error, input];
    return tf.matMul(asRows(left), asRows(right), true, false);
  },
  addition: ({ error }, { shape }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.sum(tf.reshape(error, [error.size / size, size]), 0);
  },
  convolution: ({ input, error, attributes: { filterShape, strides, pad, dimRoundingMode } }) => {
    const rest = { strides, pad, dataFormat: "NHWC", dimRoundingMode, filterShape: [...filterShape] };
    // tfjs has no gradient of a dilated convolution, so that none is captured.
    return runKernel("Conv2DBackpropFilter", { x: input, dy: error }, rest);
  },
  lookup: ({ indices, error }, { shape }) => {
    const rows = shape[0] ?? 0;
    return tf.unsortedSegmentSum(asRows(error), tf.reshape(indices, [-1]) as tf.Tensor1D, rows);
  },
};

function gradientOf(entry: CapturedEntry, captured: CapturedVariable): tf.Tensor {
  // The table has a rule for each kind; the kind of this entry picks its own.
  const rule = RULES[entry.kind] as GradientRule<CapturedEntry>;
  return rule(entry, captured);
}

function asRows(tensor: tf.Tensor): tf.Tensor2D {
  return tf.reshape(tensor, [-1, tensor.shape.at(-1) ?? 1]);
}
