/** What a check says about the entropy of kernels, against the metric of a run on kernels that have all they can have. */
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../../../src/compile.ts";
import { weightEntropy } from "../../../src/runtime/entropy.ts";
import { describeLayersModel } from "../../../src/runtime/network/layers-model.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));
afterAll(() => {
  tf.disposeVariables();
});

const LAYERS: readonly (readonly [string, number[], () => tf.layers.Layer])[] = [
  ["a dense layer", [5], () => tf.layers.dense({ name: "own", units: 8 })],
  ["a narrow one", [9], () => tf.layers.dense({ name: "own", units: 3 })],
  ["a convolution", [6, 6, 2], () => tf.layers.conv2d({ name: "own", kernelSize: 2, filters: 5 })],
  [
    "a transposed one",
    [6, 6, 2],
    () => tf.layers.conv2dTranspose({ name: "own", kernelSize: 2, filters: 5 }),
  ],
  ["an embedding", [7], () => tf.layers.embedding({ name: "own", inputDim: 4, outputDim: 6 })],
  ["an LSTM", [7, 20], () => tf.layers.lstm({ name: "own", units: 3 })],
  ["a GRU", [7, 2], () => tf.layers.gru({ name: "own", units: 4 })],
  ["a simple recurrent layer", [7, 6], () => tf.layers.simpleRNN({ name: "own", units: 4 })],
];

test.each(LAYERS)("the largest entropy of the kernels of %s is known", (_name, inputShape, create) => {
  const layer = create();
  const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape }), layer] });
  const kernels = layer.trainableWeights.filter(({ shape }) => shape.length > 1);
  const most = kernels.map(({ shape }) => entropyOfIdentity(shape.map(Number)));
  const attained = most.reduce((sum, value) => sum + value, 0) / most.length;
  const text = describeLayersModel(model);
  model.dispose();

  expect(codesFor(`<= ${(attained - 0.001).toFixed(6)}`, "above", text)).toEqual([]);
  expect(codesFor(`<= ${(attained + 0.001).toFixed(6)}`, "above", text)).toEqual(["GOV5007"]);
  expect(codesFor(`>= ${(attained - 0.001).toFixed(6)}`, "below", text)).toEqual([]);
  expect(codesFor(`>= ${(attained + 0.001).toFixed(6)}`, "below", text)).toEqual(["GOV5008"]);
});

/** In nats, of ones on the diagonal: as many directions as there can be, all alike. */
function entropyOfIdentity(shape: readonly number[]): number {
  const columns = shape.at(-1) ?? 1;
  const size = shape.reduce((product, length) => product * length, 1);
  const kernel = tf.tidy(() =>
    tf.tensor(
      Array.from({ length: size }, (_, index) => (Math.floor(index / columns) === index % columns ? 1 : 0)),
      [...shape],
    ),
  );
  const entropy = weightEntropy(kernel, "nats");
  kernel.dispose();
  return entropy;
}

function codesFor(limit: string, side: string, model: string): readonly string[] {
  const policy = `model "model.json"
    band own = layers "own"
    bound entropy(own, weights) ${limit} nats { ${side} => warn }`;
  const sources = new Map([
    ["policy.gov", policy],
    ["model.json", model],
  ]);
  return compile({ entry: "policy.gov", sources }).diagnostics.map(({ code }) => code);
}
