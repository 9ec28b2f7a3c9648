import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { loadWeights, modelFiles } from "../../src/runtime/artifacts.ts";
import type { PlainNetwork } from "../../src/runtime/network/plain.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

function layers(units: number): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.dense({ name: "first", units, inputShape: [3] }),
      // Its moving averages are weights that nothing trains.
      tf.layers.batchNormalization({ name: "norm" }),
    ],
  });
}

function plain(values: readonly number[]): PlainNetwork {
  const kernel = tf.variable(tf.tensor1d([...values]));
  return { layers: [{ name: "only", variables: { kernel } }], loss: () => kernel.sum() };
}

function weightsOf(model: tf.LayersModel): readonly (readonly number[])[] {
  return model.getWeights().map((weights) => [...weights.dataSync()]);
}

test("a layers model has its saved weights again, those that nothing trains included", async () => {
  const saved = layers(2);
  saved.setWeights(saved.getWeights().map((weights, index) => tf.fill(weights.shape, index + 1)));
  const files = await modelFiles(saved);
  const model = layers(2);
  const before = tf.memory().numTensors;
  loadWeights(model, files);
  expect(tf.memory().numTensors).toBe(before);
  expect(weightsOf(model)).toEqual(weightsOf(saved));
});

test("a plain network has its saved weights again, from a view into a larger buffer", async () => {
  const { model, weights } = await modelFiles(plain([1, 2, 3]));
  const buffer = new Uint8Array(weights.length + 5);
  buffer.set(weights, 5);
  const network = plain([0, 0, 0]);
  loadWeights(network, { model, weights: buffer.subarray(5) });
  expect([...(network.layers[0]?.variables["kernel"]?.dataSync() ?? [])]).toEqual([1, 2, 3]);
});

test.each([
  ["another shape", layers(3), "first/kernel is [3, 3] in the model, and was saved as [3, 2]"],
  [
    "a layer too few",
    tf.sequential({ layers: [tf.layers.dense({ name: "first", units: 2, inputShape: [3] })] }),
    "the model has no weight named norm/gamma; it has first/kernel, first/bias",
  ],
  [
    "a layer too many",
    tf.sequential({ layers: [...layers(2).layers, tf.layers.dense({ name: "last", units: 1 })] }),
    "the saved weights lack last/kernel",
  ],
])("a model with %s is told so, and stays as it was", async (_, model, problem) => {
  const files = await modelFiles(layers(2));
  const before = weightsOf(model);
  expect(() => loadWeights(model, files)).toThrow(new RangeError(problem));
  expect(weightsOf(model)).toEqual(before);
});
