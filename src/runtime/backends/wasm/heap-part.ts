/** A part of a tensor as a tensor of its own that lies where the part lies: nothing is copied. */
import type * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

const BYTES_PER_ELEMENT = 4;

/**
 * The elements of `x`, float32 or int32, from `start` on in the given shape. It must be forgotten before `x` is let
 * go, and never be disposed, which would free the memory of `x`.
 */
export function partOf(
  backend: BackendWasm,
  x: tf.TensorInfo,
  start: number,
  shape: readonly number[],
): tf.TensorInfo {
  const offset = backend.getMemoryOffset(x.dataId) + start * BYTES_PER_ELEMENT;
  return backend.makeOutput([...shape], x.dtype, offset);
}

/** Takes the part, and what kernels have kept for it, off the backend's lists; the memory stays. */
export function forgetPart(backend: BackendWasm, { dataId }: tf.TensorInfo): void {
  backend.wasm.tfjs.disposeData(backend.dataIdMap.get(dataId).id);
  backend.dataIdMap.delete(dataId);
}
