/**
 * Our kernels for the wasm backend: what stock 4.22 multiplies slowly, computes wrongly, or lacks, of what
 * training needs.
 * Importing this file changes nothing; calling `registerWasmKernels` touches the wasm backend only.
 */
import * as tf from "@tensorflow/tfjs";
import { batchMatMul } from "./batch-matmul.ts";
import type { ComposedKernel } from "./composition.ts";
import { conv2dBackpropFilter } from "./conv2d-backprop-filter.ts";
import { conv2dBackpropInput } from "./conv2d-backprop-input.ts";
import { conv3dBackpropFilter, conv3dBackpropInput } from "./conv3d-backprop.ts";
import { depthwiseBackpropFilter, depthwiseBackpropInput } from "./depthwise-backprop.ts";
import { einsum } from "./einsum.ts";
import { convolution, depthwiseConvolution } from "./explicit-padding.ts";
import { fusedMatMul } from "./fused-matmul.ts";
import { gather } from "./gather.ts";
import { maxPool3dGrad, maxPoolGrad } from "./max-pool-grad.ts";
import { slice } from "./slice.ts";
import { sum } from "./sum.ts";
import { tile } from "./tile.ts";
import { unsortedSegmentSum } from "./unsorted-segment-sum.ts";

const KERNELS: Readonly<Record<string, ComposedKernel>> = {
  [tf.BatchMatMul]: batchMatMul,
  [tf._FusedMatMul]: fusedMatMul,
  [tf.Conv2D]: convolution,
  [tf.FusedConv2D]: convolution,
  [tf.DepthwiseConv2dNative]: depthwiseConvolution,
  [tf.FusedDepthwiseConv2D]: depthwiseConvolution,
  [tf.Conv2DBackpropFilter]: conv2dBackpropFilter,
  [tf.Conv2DBackpropInput]: conv2dBackpropInput,
  [tf.DepthwiseConv2dNativeBackpropFilter]: depthwiseBackpropFilter,
  [tf.DepthwiseConv2dNativeBackpropInput]: depthwiseBackpropInput,
  [tf.Conv3DBackpropFilterV2]: conv3dBackpropFilter,
  [tf.Conv3DBackpropInputV2]: conv3dBackpropInput,
  [tf.MaxPoolGrad]: maxPoolGrad,
  [tf.MaxPool3DGrad]: maxPool3dGrad,
  [tf.Einsum]: einsum,
  [tf.GatherV2]: gather,
  [tf.Slice]: slice,
  [tf.Sum]: sum,
  [tf.Tile]: tile,
  [tf.UnsortedSegmentSum]: unsortedSegmentSum,
};

/** Those already in tfjs's registry, which is one for the process. */
const registered = new WeakSet<tf.KernelFunc>();

/** Puts our kernels in the place of stock's and beside them. Once is enough, more does no harm. */
export function registerWasmKernels(): void {
  for (const [kernelName, kernel] of Object.entries(KERNELS)) {
    // Undefined where the backend has none, whatever the type says.
    const stock = tf.getKernel(kernelName, "wasm") as tf.KernelConfig | undefined;
    if (stock !== undefined && registered.has(stock.kernelFunc)) continue;
    const kernelFunc = kernel(stock?.kernelFunc);
    registered.add(kernelFunc);
    if (stock !== undefined) tf.unregisterKernel(kernelName, "wasm");
    // Stock's setup stays: it binds the compiled function that ours calls, when the backend starts.
    tf.registerKernel({ ...stock, kernelName, backendName: "wasm", kernelFunc });
  }
}
