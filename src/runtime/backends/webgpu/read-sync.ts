/**
 * Synchronous reads for tfjs's WebGPU backend where there is no canvas, through which it does them in a browser: the
 * buffer is copied to one that can be mapped, and Dawn's ticks are run until it is.
 */
import * as tf from "@tensorflow/tfjs";
import type { Ticks } from "./ticks.ts";

/** The little of WebGPU and of the backend, as of tfjs 4.22, that reading needs. */
interface MappableBuffer {
  readonly size: number;
  readonly mapState: "unmapped" | "pending" | "mapped";
  readonly mapAsync: (mode: number) => Promise<void>;
  readonly getMappedRange: () => ArrayBuffer;
  readonly unmap: () => void;
}
interface TensorData {
  readonly values: tf.backend_util.BackendValues | null;
  readonly dtype: tf.DataType;
  readonly resource?: MappableBuffer | null;
}
export interface ReadingBackend {
  readonly tensorMap: { readonly get: (dataId: object) => TensorData | undefined };
  readonly bufferManager: {
    readonly acquireBuffer: (size: number, usage: number) => MappableBuffer;
    readonly releaseBuffer: (buffer: MappableBuffer) => void;
  };
  readonly commandEncoder: {
    readonly copyBufferToBuffer: (
      ...fromTo: readonly [MappableBuffer, number, MappableBuffer, number, number]
    ) => void;
  };
  readonly ensureCommandEncoderReady: () => void;
  readonly endComputePassEncoder: () => void;
  readonly submitQueue: () => void;
  readonly convertAndCacheOnCPU: (
    dataId: object,
    values: tf.backend_util.BackendValues,
  ) => tf.backend_util.BackendValues;
  readSync: (dataId: object) => tf.backend_util.BackendValues;
}

/** WebGPU's own numbers for what a buffer is for. */
const MAP_READ = 0x0001;
const COPY_DST = 0x0008;
const MAP_MODE_READ = 0x0001;

export function giveSyncReads(backend: ReadingBackend, ticks: Ticks): void {
  const stock = backend.readSync.bind(backend);
  backend.readSync = (dataId) => {
    const data = backend.tensorMap.get(dataId);
    // Values that are on this side already, strings, and complex numbers, which come as two tensors.
    const buffer = data?.resource;
    if (!buffer || data?.values) return stock(dataId);
    const bytes = readBuffer(backend, buffer, ticks);
    return backend.convertAndCacheOnCPU(
      dataId,
      tf.util.convertBackendValuesAndArrayBuffer(bytes, data.dtype),
    );
  };
}

function readBuffer(backend: ReadingBackend, buffer: MappableBuffer, ticks: Ticks): ArrayBuffer {
  const staging = backend.bufferManager.acquireBuffer(buffer.size, COPY_DST | MAP_READ);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
  backend.submitQueue();
  // A failure shows in the buffer's state.
  staging.mapAsync(MAP_MODE_READ).catch(() => undefined);
  ticks.runUntil(() => staging.mapState !== "pending");
  if (staging.mapState !== "mapped") throw new Error("the GPU was lost while a tensor was read from it");
  const bytes = staging.getMappedRange().slice(0);
  staging.unmap();
  backend.bufferManager.releaseBuffer(staging);
  return bytes;
}
