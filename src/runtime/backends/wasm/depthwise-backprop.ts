/**
 * The two gradients of a depthwise convolution, which the wasm backend lacks: loops over the heap. A depthwise
 * convolution does so little with each number that there is no matrix product to make of it.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";
import { forEachTap, windowsOf2D } from "./windows.ts";

type Shape4D = [number, number, number, number];

/** dW[t, c, q] = Σ x[·, c] · dy[·, c·Q + q] over the places that tap t reads */
export const depthwiseBackpropFilter: ComposedKernel = composed<
  Inputs<"x" | "dy">,
  tf.DepthwiseConv2dNativeBackpropFilterAttrs
>(({ backend, run }, { x, dy }, { filterShape, ...geometry }) => {
  const info = infoOf(x.shape as Shape4D, filterShape, geometry);
  const gradient = run(tf.Fill, {}, { shape: filterShape, value: 0, dtype: "float32" });
  // Views of the heap last until the next allocation: none happens below.
  const inputs = backend.typedArrayFromHeap(x);
  const errors = backend.typedArrayFromHeap(dy);
  // The sums run over the whole batch: in float64, and rounded once.
  const sums = new Float64Array(tf.util.sizeFromShape(filterShape));
  const { inChannels, outChannels } = info;
  const multiplier = outChannels / inChannels;
  forEachTap(windowsOf2D(info), (input, output, tap) => {
    let [error, index] = [output * outChannels, tap * outChannels];
    for (let channel = 0; channel < inChannels; channel++) {
      const value = inputs[input * inChannels + channel] ?? 0;
      for (let unit = 0; unit < multiplier; unit++, error++, index++) {
        sums[index] = (sums[index] ?? 0) + value * (errors[error] ?? 0);
      }
    }
  });
  backend.typedArrayFromHeap(gradient).set(sums);
  return gradient;
});

/** dx[·, c] = Σ dy[·, c·Q + q] · W[t, c, q] over the taps t that read there */
export const depthwiseBackpropInput: ComposedKernel = composed<
  Inputs<"dy" | "filter">,
  tf.DepthwiseConv2dNativeBackpropInputAttrs
>(({ backend, run }, { dy, filter }, { inputShape, ...geometry }) => {
  const info = infoOf(inputShape, filter.shape as Shape4D, geometry);
  const gradient = run(tf.Fill, {}, { shape: inputShape, value: 0, dtype: "float32" });
  const errors = backend.typedArrayFromHeap(dy);
  const weights = backend.typedArrayFromHeap(filter);
  const sums = backend.typedArrayFromHeap(gradient);
  const { inChannels, outChannels } = info;
  const multiplier = outChannels / inChannels;
  forEachTap(windowsOf2D(info), (input, output, tap) => {
    let [error, weight] = [output * outChannels, tap * outChannels];
    for (let channel = 0; channel < inChannels; channel++) {
      const index = input * inChannels + channel;
      let value = sums[index] ?? 0;
      for (let unit = 0; unit < multiplier; unit++, error++, weight++) {
        value += (errors[error] ?? 0) * (weights[weight] ?? 0);
      }
      sums[index] = value;
    }
  });
  return gradient;
});

type Geometry = Omit<tf.DepthwiseConv2dNativeBackpropFilterAttrs, "filterShape">;

function infoOf(
  inputShape: Shape4D,
  filterShape: Shape4D,
  { strides, pad, dilations, dimRoundingMode }: Geometry,
): tf.backend_util.Conv2DInfo {
  const { computeConv2DInfo } = tf.backend_util;
  return computeConv2DInfo(inputShape, filterShape, strides, dilations, pad, dimRoundingMode, true);
}
