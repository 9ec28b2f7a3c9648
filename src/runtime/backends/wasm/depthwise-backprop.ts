/**
 * The two gradients of a depthwise convolution, which the wasm backend lacks: loops over the heap. A depthwise
 * convolution does so little with each number that there is no matrix product to make of it.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";

type Shape4D = [number, number, number, number];
type ConvolutionInfo = tf.backend_util.Conv2DInfo;

/** dW[i, j, c, q] = Σ_{b, h, w} x[b, s·h + d·i − p, s·w + d·j − p, c] · dy[b, h, w, c·Q + q] */
export const depthwiseBackpropFilter: ComposedKernel = composed<
  Inputs<"x" | "dy">,
  tf.DepthwiseConv2dNativeBackpropFilterAttrs
>(({ backend, run }, { x, dy }, { filterShape, ...attributes }) => {
  const info = infoOf(x.shape as Shape4D, filterShape, attributes);
  const gradient = run(tf.Fill, {}, { shape: filterShape, value: 0, dtype: "float32" });
  // Views of the heap last until the next allocation: none happens below.
  const inputs = backend.typedArrayFromHeap(x);
  const errors = backend.typedArrayFromHeap(dy);
  // The sums run over the whole batch: in float64, and rounded once.
  const sums = new Float64Array(tf.util.sizeFromShape(filterShape));
  const multiplier = info.outChannels / info.inChannels;
  forEachTap(info, (input, error, tap) => {
    for (let unit = 0; unit < info.outChannels; unit++) {
      const value = inputs[input + Math.floor(unit / multiplier)] ?? 0;
      sums[tap + unit] = (sums[tap + unit] ?? 0) + value * (errors[error + unit] ?? 0);
    }
  });
  backend.typedArrayFromHeap(gradient).set(sums);
  return gradient;
});

/** dx[b, s·h + d·i − p, s·w + d·j − p, c] = Σ_{h, w, i, j, q} dy[b, h, w, c·Q + q] · W[i, j, c, q] */
export const depthwiseBackpropInput: ComposedKernel = composed<
  Inputs<"dy" | "filter">,
  tf.DepthwiseConv2dNativeBackpropInputAttrs
>(({ backend, run }, { dy, filter }, { inputShape, ...attributes }) => {
  const info = infoOf(inputShape, filter.shape as Shape4D, attributes);
  const gradient = run(tf.Fill, {}, { shape: inputShape, value: 0, dtype: "float32" });
  const errors = backend.typedArrayFromHeap(dy);
  const weights = backend.typedArrayFromHeap(filter);
  const sums = backend.typedArrayFromHeap(gradient);
  const multiplier = info.outChannels / info.inChannels;
  forEachTap(info, (input, error, tap) => {
    for (let unit = 0; unit < info.outChannels; unit++) {
      const index = input + Math.floor(unit / multiplier);
      sums[index] = (sums[index] ?? 0) + (errors[error + unit] ?? 0) * (weights[tap + unit] ?? 0);
    }
  });
  return gradient;
});

type Geometry = Omit<tf.DepthwiseConv2dNativeBackpropFilterAttrs, "filterShape">;

function infoOf(inputShape: Shape4D, filterShape: Shape4D, geometry: Geometry): ConvolutionInfo {
  const { strides, pad, dilations, dimRoundingMode } = geometry;
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  );
}

/** Every place where a tap of the filter meets the input, with the offsets of channel 0 in x, dy and the filter. */
function forEachTap(
  info: ConvolutionInfo,
  visit: (inputOffset: number, errorOffset: number, tapOffset: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  for (let example = 0; example < batchSize; example++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      for (let tapRow = 0; tapRow < info.filterHeight; tapRow++) {
        const row = outRow * info.strideHeight + tapRow * info.dilationHeight - padInfo.top;
        if (row < 0 || row >= inHeight) continue;
        for (let outColumn = 0; outColumn < outWidth; outColumn++) {
          for (let tapColumn = 0; tapColumn < info.filterWidth; tapColumn++) {
            const column = outColumn * info.strideWidth + tapColumn * info.dilationWidth - padInfo.left;
            if (column < 0 || column >= inWidth) continue;
            visit(
              ((example * inHeight + row) * inWidth + column) * inChannels,
              ((example * outHeight + outRow) * outWidth + outColumn) * outChannels,
              (tapRow * info.filterWidth + tapColumn) * outChannels,
            );
          }
        }
      }
    }
  }
}
