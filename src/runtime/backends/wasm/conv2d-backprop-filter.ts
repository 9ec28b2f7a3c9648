/**
 * Conv2DBackpropFilter, which the wasm backend lacks.
 *
 * dW[i, j, c, o] = Σ_{b, h, w} x[b, s·h + i − p, s·w + j − p, c] · dy[b, h, w, o] is itself a convolution: over images
 * that are the channels of x, whose channels are the examples, with dy as the filter and the stride as its dilation.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";

export const conv2dBackpropFilter: ComposedKernel = composed<
  Inputs<"x" | "dy">,
  tf.Conv2DBackpropFilterAttrs
>(({ run }, { x, dy }, { strides, pad, dataFormat, dimRoundingMode, filterShape }) => {
  tf.util.assert(
    dataFormat === "NHWC",
    () => `the wasm backend has gradients of convolutions in the data format NHWC only, not ${dataFormat}`,
  );
  const inputShape = x.shape as [number, number, number, number];
  const info = tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = info;
  if (x.shape.includes(0) || dy.shape.includes(0)) {
    return run(tf.Fill, {}, { shape: filterShape, value: 0, dtype: "float32" });
  }
  // The windows may end before the input does, or after it: pad only what is missing, and cut the rest off below.
  const bottom = (info.outHeight - 1) * info.strideHeight + filterHeight - info.inHeight - padInfo.top;
  const right = (info.outWidth - 1) * info.strideWidth + filterWidth - info.inWidth - padInfo.left;
  const gradient = run(
    tf.Conv2D,
    {
      x: run(tf.Transpose, { x }, { perm: [3, 1, 2, 0] }),
      filter: run(tf.Transpose, { x: dy }, { perm: [1, 2, 0, 3] }),
    },
    {
      strides: [1, 1],
      dilations: [info.strideHeight, info.strideWidth],
      pad: [
        [0, 0],
        [padInfo.top, Math.max(bottom, 0)],
        [padInfo.left, Math.max(right, 0)],
        [0, 0],
      ],
      dataFormat: "NHWC",
    },
  );
  const size = [inChannels, filterHeight, filterWidth, outChannels];
  const taps = run(tf.Slice, { x: gradient }, { begin: [0, 0, 0, 0], size });
  return run(tf.Transpose, { x: taps }, { perm: [1, 2, 0, 3] });
});
