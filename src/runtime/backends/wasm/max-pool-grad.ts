/**
 * The gradients of max pooling. Stock's are wrong: nothing at or below 0 counts as a maximum, so that the error of a
 * window without a positive input is lost. As on every other backend, the first of several maxima takes it all.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs, type Workspace } from "./composition.ts";
import { forEachTap, type Windows, windowsOf2D, windowsOf3D } from "./windows.ts";

export const maxPoolGrad: ComposedKernel = composed<Inputs<"dy" | "input">, tf.MaxPoolGradAttrs>(
  (workspace, { dy, input }, { filterSize, strides, pad, dimRoundingMode }) => {
    const shape = input.shape as [number, number, number, number];
    const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    return scatterToMaxima(workspace, windowsOf2D(info), input, dy);
  },
);

export const maxPool3dGrad: ComposedKernel = composed<Inputs<"dy" | "input">, tf.MaxPool3DGradAttrs>(
  (workspace, { dy, input }, { filterSize, strides, pad, dimRoundingMode }) => {
    const shape = input.shape as [number, number, number, number, number];
    const info = tf.backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    return scatterToMaxima(workspace, windowsOf3D(info), input, dy);
  },
);

function scatterToMaxima(
  { backend, run }: Workspace,
  windows: Windows,
  input: tf.TensorInfo,
  dy: tf.TensorInfo,
): tf.TensorInfo {
  const gradient = run(tf.Fill, {}, { shape: input.shape, value: 0, dtype: "float32" });
  // Views of the heap last until the next allocation: none happens below.
  const inputs = backend.typedArrayFromHeap(input);
  const errors = backend.typedArrayFromHeap(dy);
  const sums = backend.typedArrayFromHeap(gradient);
  const channels = input.shape.at(-1) ?? 1;
  const maxima = new Float32Array(errors.length).fill(Number.NEGATIVE_INFINITY);
  const places = new Int32Array(errors.length).fill(NOWHERE);
  forEachTap(windows, (inputPosition, outputPosition) => {
    for (let channel = 0; channel < channels; channel++) {
      const place = inputPosition * channels + channel;
      const output = outputPosition * channels + channel;
      const value = inputs[place] ?? Number.NaN;
      if (value > (maxima[output] ?? Number.NaN)) {
        maxima[output] = value;
        places[output] = place;
      }
    }
  });
  for (let output = 0; output < places.length; output++) {
    const place = places[output] ?? NOWHERE;
    if (place !== NOWHERE) sums[place] = (sums[place] ?? 0) + (errors[output] ?? 0);
  }
  return gradient;
}

/** A window of nothing but NaN or −∞ has no maximum. */
const NOWHERE = -1;
