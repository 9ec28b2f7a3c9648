/**
 * _FusedMatMul: a product with bias and activation, which is how tfjs runs a dense layer forward. As in BatchMatMul,
 * transposed sides are transposed first, so that XNNPACK multiplies and not stock's loop.
 */
import type * as tf from "@tensorflow/tfjs";
import { transposeMatrices } from "./batch-matmul.ts";
import { composed, type ComposedKernel } from "./composition.ts";

interface FusedInputs {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  readonly bias?: tf.TensorInfo;
  readonly preluActivationWeights?: tf.TensorInfo;
}

export const fusedMatMul: ComposedKernel = composed<FusedInputs, tf._FusedMatMulAttrs>(
  (workspace, inputs, attributes) =>
    workspace.stock(
      {
        ...inputs,
        a: attributes.transposeA ? transposeMatrices(workspace, inputs.a) : inputs.a,
        b: attributes.transposeB ? transposeMatrices(workspace, inputs.b) : inputs.b,
      },
      { ...attributes, transposeA: false, transposeB: false },
    ),
);
