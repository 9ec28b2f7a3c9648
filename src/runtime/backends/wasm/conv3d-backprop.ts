/**
 * The two gradients of a convolution in three dimensions. Stock's are wrong: that by the input always, that by the
 * filter at strides above 1 (they fail ⟨dy, conv(x, W)⟩ = ⟨dx, x⟩ = ⟨dW, W⟩). Loops over the heap, as stock's are.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";
import { forEachTap, windowsOf3D } from "./windows.ts";

type Shape5D = [number, number, number, number, number];

/** dW[t, c, o] = Σ x[·, c] · dy[·, o] over the places that tap t reads */
export const conv3dBackpropFilter: ComposedKernel = composed<
  Inputs<"x" | "dy">,
  tf.Conv3DBackpropFilterV2Attrs
>(({ backend, run }, { x, dy }, { filterShape, strides, pad }) => {
  const info = tf.backend_util.computeConv3DInfo(x.shape as Shape5D, filterShape, strides, 1, pad);
  const gradient = run(tf.Fill, {}, { shape: filterShape, value: 0, dtype: "float32" });
  // Views of the heap last until the next allocation: none happens below.
  const inputs = backend.typedArrayFromHeap(x);
  const errors = backend.typedArrayFromHeap(dy);
  // The sums run over the whole batch: in float64, and rounded once.
  const sums = new Float64Array(tf.util.sizeFromShape(filterShape));
  const { inChannels, outChannels } = info;
  forEachTap(windowsOf3D(info), (input, output, tap) => {
    for (let channel = 0; channel < inChannels; channel++) {
      const value = inputs[input * inChannels + channel] ?? 0;
      const target = (tap * inChannels + channel) * outChannels;
      for (let unit = 0; unit < outChannels; unit++) {
        const error = errors[output * outChannels + unit] ?? 0;
        sums[target + unit] = (sums[target + unit] ?? 0) + value * error;
      }
    }
  });
  backend.typedArrayFromHeap(gradient).set(sums);
  return gradient;
});

/** dx[·, c] = Σ dy[·, o] · W[t, c, o] over the taps t that read there */
export const conv3dBackpropInput: ComposedKernel = composed<
  Inputs<"dy" | "filter">,
  tf.Conv3DBackpropInputV2Attrs
>(({ backend, run }, { dy, filter }, { inputShape, strides, pad }) => {
  const filterShape = filter.shape as Shape5D;
  const info = tf.backend_util.computeConv3DInfo(inputShape, filterShape, strides, 1, pad);
  const gradient = run(tf.Fill, {}, { shape: inputShape, value: 0, dtype: "float32" });
  const errors = backend.typedArrayFromHeap(dy);
  const weights = backend.typedArrayFromHeap(filter);
  const sums = backend.typedArrayFromHeap(gradient);
  const { inChannels, outChannels } = info;
  forEachTap(windowsOf3D(info), (input, output, tap) => {
    for (let channel = 0; channel < inChannels; channel++) {
      const row = (tap * inChannels + channel) * outChannels;
      let sum = 0;
      for (let unit = 0; unit < outChannels; unit++) {
        sum += (errors[output * outChannels + unit] ?? 0) * (weights[row + unit] ?? 0);
      }
      const index = input * inChannels + channel;
      sums[index] = (sums[index] ?? 0) + sum;
    }
  });
  return gradient;
});
