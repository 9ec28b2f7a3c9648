import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BackendError, selectBackend } from "../../src/runtime/backends/select.ts";

const GPU = "@tensorflow/tfjs-node-gpu";

function missing(name: string): Promise<never> {
  const error = new Error(`Cannot find package '${name}' imported from /somewhere/native.js`);
  return Promise.reject(Object.assign(error, { code: "ERR_MODULE_NOT_FOUND" }));
}

/** A native add-on that cannot be linked, as `dlopen` says it: over several lines, with control characters. */
function unlinkable(name: string): Promise<unknown> {
  return name === GPU
    ? Promise.reject(
        new Error("libcudart.so.11.0: \u001b[31mcannot open shared object file\nRequire stack:\n- x"),
      )
    : missing(name);
}

/** The cpu backend under the native one's name. */
async function registerNative(name: string): Promise<unknown> {
  if (name !== GPU) return missing(name);
  await tf.setBackend("cpu");
  const { constructor } = tf.backend();
  tf.copyRegisteredKernels("cpu", "tensorflow");
  return tf.registerBackend("tensorflow", () => Reflect.construct(constructor, []) as tf.KernelBackend);
}

function registerDead(name: string): Promise<unknown> {
  if (name !== GPU) return missing(name);
  return Promise.resolve(
    tf.registerBackend("tensorflow", () => {
      throw new Error("no CUDA device");
    }),
  );
}

function listenerCounts(): readonly number[] {
  return (["uncaughtException", "unhandledRejection"] as const).map((event) => process.listenerCount(event));
}

// The wasm backend starts once in a process, and is what would leave some.
const listenersBefore = listenerCounts();

afterEach(() => {
  if (tf.findBackendFactory("tensorflow") !== null) tf.removeBackend("tensorflow");
});

describe("selectBackend", () => {
  test("auto takes wasm where no native package is installed, and says so in one line", async () => {
    const selected = await selectBackend("auto", missing);
    expect(selected).toEqual({ name: "wasm", description: "wasm (embedded, SIMD, 1 thread) · tfjs 4.22.0" });
    expect(tf.getBackend()).toBe("wasm");
  });

  test("auto takes a native package that works", async () => {
    const selected = await selectBackend("auto", registerNative);
    expect(selected).toEqual({ name: "node-gpu", description: "node-gpu (native, CPU) · tfjs 4.22.0" });
    expect(tf.getBackend()).toBe("tensorflow");
  });

  test("auto goes on with wasm where the native package does not load, and says why", async () => {
    const selected = await selectBackend("auto", unlinkable);
    expect(selected.name).toBe("wasm");
    expect(selected.description).toBe(
      "wasm (embedded, SIMD, 1 thread) · tfjs 4.22.0 · @tensorflow/tfjs-node-gpu is installed but does not load " +
        "(libcudart.so.11.0: [31mcannot open shared object file); `gov backend` says what to do",
    );
  });

  test("auto goes on with wasm where the native backend registers but does not start", async () => {
    const selected = await selectBackend("auto", registerDead);
    expect(selected.name).toBe("wasm");
    expect(selected.description).toContain("is installed but does not load");
    expect(tf.findBackendFactory("tensorflow")).toBeNull();
  });

  test("a choice that cannot be met is an error with its remedy", async () => {
    const absent = await selectBackend("node-gpu", missing).catch((error: unknown) => error);
    expect(absent).toBeInstanceOf(BackendError);
    expect(absent).toMatchObject({
      message: "the node-gpu backend cannot be used: @tensorflow/tfjs-node-gpu is not installed",
      remedy:
        "npm install --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0 && npx gov backend build makes it work; or choose --backend wasm",
    });
    const broken = await selectBackend("node-gpu", unlinkable).catch((error: unknown) => error);
    expect(broken).toMatchObject({
      name: "BackendError",
      remedy: "`gov backend build` compiles it for this machine; or choose --backend wasm",
    });
  });

  test("prints nothing, and leaves tfjs's warnings as they were", async () => {
    const said = [vi.spyOn(console, "warn"), vi.spyOn(console, "log"), vi.spyOn(console, "error")];
    for (const choice of ["cpu", "wasm"] as const) {
      await selectBackend(choice, missing);
      tf.tidy(() => tf.add(tf.scalar(1), tf.scalar(2)).dataSync());
    }
    await selectBackend("auto", registerDead);
    for (const spy of said) expect(spy).not.toHaveBeenCalled();
    expect(tf.env().getBool("PROD")).toBe(false);
  });

  test("leaves the process's listeners as they were", async () => {
    await selectBackend("wasm");
    expect(listenerCounts()).toEqual(listenersBefore);
  });

  test("the same seed and the same order of data give the same bits on one backend", async () => {
    for (const choice of ["cpu", "wasm"] as const) {
      await selectBackend(choice, missing);
      expect(train()).toEqual(train());
    }
  });
});

/** The weights after a few steps of Adam, as bits. */
function train(): readonly Uint8Array[] {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 3,
        kernelSize: 3,
        kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
        activation: "relu",
      }),
      tf.layers.flatten(),
      tf.layers.dropout({ rate: 0.3, seed: 2 }),
      tf.layers.dense({ units: 4, kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }) }),
    ],
  });
  const optimizer = tf.train.adam(0.01);
  const inputs = tf.randomNormal([32, 8, 8, 1], 0, 1, "float32", 4);
  const targets = tf.randomNormal([32, 4], 0, 1, "float32", 5);
  for (let step = 0; step < 5; step++) {
    optimizer.minimize(() =>
      tf.losses.meanSquaredError(targets, model.apply(inputs, { training: true }) as tf.Tensor),
    );
  }
  const bits = model.getWeights().map((weight) => new Uint8Array(weight.dataSync().slice().buffer));
  model.dispose();
  tf.dispose([inputs, targets]);
  return bits;
}
