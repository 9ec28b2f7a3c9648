/** WebGPU without a GPU: how its parts answer. `npm run smoke:webgpu` trains on it, on Chromium's SwiftShader. */
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { BackendError, selectBackend } from "../../src/runtime/backends/select.ts";
import { giveSyncReads, type ReadingBackend } from "../../src/runtime/backends/webgpu/read-sync.ts";
import { createTicks } from "../../src/runtime/backends/webgpu/ticks.ts";

/** Asks for a tick, as Dawn does, as often as there is something to wait for. */
function createWork(turns: number): { readonly begin: () => string; readonly isDone: () => boolean } {
  let left = turns;
  const tick = (): void => {
    left -= 1;
    if (left > 0) setImmediate(tick);
  };
  return {
    begin: () => {
      setImmediate(tick);
      return "begun";
    },
    isDone: () => left === 0,
  };
}

test("ticks can be run before the program gives control back, and come by themselves where nobody does", async () => {
  const ticks = createTicks();
  const awaited = createWork(3);
  expect(ticks.catching(awaited.begin)).toBe("begun");
  expect(awaited.isDone()).toBe(false);
  ticks.runUntil(awaited.isDone);
  expect(awaited.isDone()).toBe(true);
  const left = createWork(2);
  ticks.catching(left.begin);
  await expect.poll(left.isDone).toBe(true);
});

test("other people's immediates are not caught, and an error leaves them as they were", async () => {
  const own = globalThis.setImmediate;
  const ticks = createTicks();
  const fail = (): never => {
    throw new Error("no adapter");
  };
  expect(() => ticks.catching(fail)).toThrow("no adapter");
  expect(globalThis.setImmediate).toBe(own);
  let isRun = false;
  setImmediate(() => (isRun = true));
  expect(() => ticks.runUntil(() => false)).toThrow("no tick any more");
  expect(isRun).toBe(false);
  await expect.poll(() => isRun).toBe(true);
});

test("a buffer is read synchronously through one that is mapped in a later tick", () => {
  const ticks = createTicks();
  const { backend, submitted } = createBackend(Float32Array.of(1, 2, 3), "mapped", ticks);
  giveSyncReads(backend, ticks);
  expect(backend.readSync({})).toEqual(Float32Array.of(1, 2, 3));
  expect(submitted()).toBe(1);
  const lost = createBackend(Float32Array.of(1), "unmapped", ticks);
  giveSyncReads(lost.backend, ticks);
  expect(() => lost.backend.readSync({})).toThrow("the GPU was lost");
});

/** The parts of tfjs's backend that reading uses, over one tensor; `becomes` is what mapping comes to. */
function createBackend(
  values: Float32Array<ArrayBuffer>,
  becomes: "mapped" | "unmapped",
  ticks: ReturnType<typeof createTicks>,
): { readonly backend: ReadingBackend; readonly submitted: () => number } {
  let submissions = 0;
  const resource = mappable(values.buffer, becomes, ticks);
  const backend: ReadingBackend = {
    tensorMap: { get: () => ({ values: null, dtype: "float32", resource }) },
    bufferManager: {
      acquireBuffer: () => mappable(new ArrayBuffer(values.byteLength), becomes, ticks),
      releaseBuffer: () => undefined,
    },
    commandEncoder: {
      copyBufferToBuffer: (from, _, to) => {
        new Uint8Array(to.getMappedRange()).set(new Uint8Array(from.getMappedRange()));
      },
    },
    ensureCommandEncoderReady: () => undefined,
    endComputePassEncoder: () => undefined,
    submitQueue: () => void (submissions += 1),
    convertAndCacheOnCPU: (_, read) => read,
    readSync: () => {
      throw new Error("there is no canvas here");
    },
  };
  return { backend, submitted: () => submissions };
}

type Mappable = Parameters<ReadingBackend["bufferManager"]["releaseBuffer"]>[0];

function mappable(
  bytes: ArrayBuffer,
  becomes: "mapped" | "unmapped",
  ticks: ReturnType<typeof createTicks>,
): Mappable {
  let state: Mappable["mapState"] = "unmapped";
  return {
    size: bytes.byteLength,
    get mapState() {
      return state;
    },
    mapAsync: async () => {
      state = "pending";
      ticks.catching(() => setImmediate(() => (state = becomes)));
      await Promise.resolve();
    },
    getMappedRange: () => bytes,
    unmap: () => (state = "unmapped"),
  };
}

test("a backend that is not installed, and one without a GPU, say what to do", async () => {
  const missing = Object.assign(new Error("Cannot find package 'webgpu' imported from here"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  const absent = await problemOf(() => Promise.reject(missing));
  expect(absent.message).toContain("webgpu is not installed");
  expect(absent.remedy).toContain(`@tensorflow/tfjs-backend-webgpu@${tf.version_core}`);

  const names = ["GPU", "GPUAdapter", "GPUDevice", "GPUBuffer", "GPUQueue", "GPUShaderModule"];
  const globals = Object.fromEntries(names.map((name) => [name, Object]));
  const gpu = { requestAdapter: () => Promise.resolve(null) };
  const none = await problemOf(() => Promise.resolve({ create: () => gpu, globals }));
  expect(none.message).toContain("no GPU is found");
  expect(none.remedy).toContain("Vulkan");
});

async function problemOf(importPackage: (name: string) => Promise<unknown>): Promise<BackendError> {
  try {
    await selectBackend("webgpu", importPackage);
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
  throw new Error("it starts");
}
