/**
 * Conv2DBackpropInput. Stock has it as a scalar loop. At stride 1 it is a convolution of dy with the filter turned
 * round, which XNNPACK computes; other strides are left to stock.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";

export const conv2dBackpropInput: ComposedKernel = composed<
  Inputs<"dy" | "filter">,
  tf.Conv2DBackpropInputAttrs
>(({ run, stock }, { dy, filter }, attributes) => {
  const { strides, pad, dataFormat, dimRoundingMode, inputShape } = attributes;
  if (inputShape.includes(0) || dy.shape.includes(0) || filter.shape.includes(0)) {
    return run(tf.Fill, {}, { shape: inputShape, value: 0, dtype: "float32" });
  }
  if (dataFormat !== "NHWC") return stock({ dy, filter }, attributes);
  const filterShape = filter.shape as [number, number, number, number];
  const info = tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
  const top = info.filterHeight - 1 - info.padInfo.top;
  const left = info.filterWidth - 1 - info.padInfo.left;
  const bottom = info.inHeight - 1 + info.filterHeight - info.outHeight - top;
  const right = info.inWidth - 1 + info.filterWidth - info.outWidth - left;
  const isConvolution =
    info.strideHeight === 1 && info.strideWidth === 1 && Math.min(top, left, bottom, right) >= 0;
  if (!isConvolution) return stock({ dy, filter }, attributes);
  const turned = run(tf.Reverse, { x: filter }, { dims: [0, 1] });
  return run(
    tf.Conv2D,
    { x: dy, filter: run(tf.Transpose, { x: turned }, { perm: [0, 1, 3, 2] }) },
    {
      strides: [1, 1],
      dilations: [1, 1],
      pad: [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      dataFormat: "NHWC",
    },
  );
});
