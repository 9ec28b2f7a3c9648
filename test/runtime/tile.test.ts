/**
 * Tile and its gradient against plain loops over numbers, on the reference and on our wasm kernel. Values are whole
 * numbers, of which sums in float32 are exact: what is compared may not differ at all.
 */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { cases } from "../generators/runs.ts";

const BACKENDS = ["cpu", "wasm"] as const;

beforeAll(async () => {
  for (const backend of BACKENDS) await selectBackend(backend);
});

interface Tiling {
  readonly shape: readonly number[];
  readonly repetitions: readonly number[];
}

/** Axes of length 1 and axes that are not repeated come often: they are what ours puts together. */
const axis = fc.record({
  length: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 })),
  repeats: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 })),
});

const tiling: fc.Arbitrary<Tiling> = fc.array(axis, { minLength: 1, maxLength: 5 }).map((axes) => ({
  shape: axes.map(({ length }) => length),
  repetitions: axes.map(({ repeats }) => repeats),
}));

/** For each element of the output, in order, the element of the input that it repeats. */
function sources({ shape, repetitions }: Tiling): number[] {
  const output = shape.map((length, index) => length * (repetitions[index] ?? 0));
  const size = output.reduce((product, length) => product * length, 1);
  return Array.from({ length: size }, (_, position) => {
    let [rest, source, stride] = [position, 0, 1];
    for (let index = shape.length - 1; index >= 0; index--) {
      const [length = 1, outputLength = 1] = [shape[index], output[index]];
      source += ((rest % outputLength) % length) * stride;
      rest = Math.floor(rest / outputLength);
      stride *= length;
    }
    return source;
  });
}

const wholeNumbers = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, index) => ((index + 1) * (Math.abs(seed % 97) + 3)) % 101);

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Runs on `backend`, and holds that nothing is left of what was computed. */
function computeOn(backend: string, compute: () => tf.Tensor): { shape: number[]; values: number[] } {
  // All have started before the tests, so that this takes effect at once.
  void tf.setBackend(backend);
  const before = { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
  const result = tf.tidy(() => {
    const tensor = compute();
    return { shape: tensor.shape, values: [...tensor.dataSync()] };
  });
  expect({ tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() }).toEqual(before);
  return result;
}

describe.each(BACKENDS)("on %s", (backend) => {
  test("the gradient adds up what was repeated", () => {
    fc.assert(
      fc.property(tiling, fc.integer(), (drawn, seed) => {
        const { shape, repetitions } = drawn;
        const from = sources(drawn);
        const error = wholeNumbers(from.length, seed);
        const expected = new Array<number>(sizeOf(shape)).fill(0);
        for (const [position, source] of from.entries())
          expected[source] = (expected[source] ?? Number.NaN) + (error[position] ?? Number.NaN);
        const actual = computeOn(backend, () =>
          tf.grad((x) => tf.tile(x, [...repetitions]))(
            tf.zeros([...shape]),
            tf.tensor(
              error,
              shape.map((length, index) => length * (repetitions[index] ?? 0)),
            ),
          ),
        );
        expect(actual).toEqual({ shape, values: expected });
      }),
      cases(300),
    );
  });

  test.each(["float32", "int32", "bool"] as const)("%s values are repeated", (dtype) => {
    fc.assert(
      fc.property(tiling, fc.integer(), (drawn, seed) => {
        const { shape, repetitions } = drawn;
        const numbers = wholeNumbers(sizeOf(shape), seed);
        const input = dtype === "bool" ? numbers.map((value) => value % 2) : numbers;
        const actual = computeOn(backend, () => {
          const output = tf.tile(tf.tensor(input, [...shape], dtype), [...repetitions]);
          expect(output.dtype).toBe(dtype);
          return output;
        });
        expect(actual.values).toEqual(sources(drawn).map((source) => input[source]));
        expect(actual.shape).toEqual(shape.map((length, index) => length * (repetitions[index] ?? 0)));
      }),
      cases(200),
    );
  });

  test("texts are repeated", () => {
    void tf.setBackend(backend);
    const repeated = tf.tidy(() => tf.tile(tf.tensor([["a"], ["ö"]]), [2, 3]).arraySync());
    expect(repeated).toEqual(["a", "ö", "a", "ö"].map((text) => [text, text, text]));
  });

  test.each([
    { shape: [2, 3], repetitions: [0, 2] },
    { shape: [0, 3], repetitions: [4, 1] },
    { shape: [2, 1], repetitions: [1, 0] },
    { shape: [], repetitions: [] },
  ])("$shape by $repetitions", ({ shape, repetitions }) => {
    const output = shape.map((length, index) => length * (repetitions[index] ?? 0));
    const error = wholeNumbers(sizeOf(output), 1);
    const tile = (x: tf.Tensor): tf.Tensor => tf.tile(x, repetitions);
    const forward = computeOn(backend, () => tile(tf.ones(shape)));
    expect(forward).toEqual({ shape: output, values: error.map(() => 1) });
    const gradient = computeOn(backend, () => tf.grad(tile)(tf.ones(shape), tf.tensor(error, output)));
    // With no repetition nothing comes back; the scalar gets its own error.
    expect(gradient).toEqual({
      shape,
      values: shape.length === 0 ? error : wholeNumbers(sizeOf(shape), 1).map(() => 0),
    });
  });

  test("the gradient of layer normalization, which tiles, is the derivative", () => {
    // Central differences of the same sum in double precision.
    const [rows, width] = [3, 4];
    const values = wholeNumbers(rows * width, 5).map((value) => value / 50);
    const weights = wholeNumbers(rows * width, 8).map((value) => value / 50);
    const score = (x: readonly number[]): number =>
      Array.from({ length: rows }, (_, row) => {
        const own = x.slice(row * width, (row + 1) * width);
        const mean = own.reduce((sum, value) => sum + value, 0) / width;
        const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
        return own.reduce(
          (sum, value, column) =>
            sum +
            ((value - mean) / Math.sqrt(variance + 1e-3)) * (weights[row * width + column] ?? Number.NaN),
          0,
        );
      }).reduce((sum, value) => sum + value, 0);
    const step = 1e-5;
    const derivative = values.map((value, index) => {
      const [above, below] = [values.with(index, value + step), values.with(index, value - step)];
      return (score(above) - score(below)) / (2 * step);
    });
    void tf.setBackend(backend);
    const layer = tf.layers.layerNormalization({});
    tf.tidy(() => void layer.apply(tf.zeros([1, rows, width])));
    const { values: actual } = computeOn(backend, () =>
      tf.grad((x) => tf.sum(tf.mul(layer.apply(x) as tf.Tensor, tf.tensor(weights, [1, rows, width]))))(
        tf.tensor(values, [1, rows, width]),
      ),
    );
    for (const [index, expected] of derivative.entries()) expect(actual[index]).toBeCloseTo(expected, 4);
    layer.dispose();
  });
});

test("choosing a backend again does not register the gradient again", async () => {
  const before = tf.getGradient("Tile");
  await selectBackend("cpu");
  expect(tf.getGradient("Tile")).toBe(before);
});
