import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { UnitInterval } from "../../src/model/network.ts";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { exampleBatchDots, exampleDots, exampleSquaredNorms } from "../../src/runtime/influence.ts";
import type { CapturedEntry, CapturedVariable } from "../../src/runtime/tape/capture.ts";
import { cases } from "../generators/runs.ts";

/** One use of a variable: its output for some of the examples, and what a pass would have captured of all of them. */
interface Use {
  readonly output: (variable: tf.Tensor, start: number, count: number) => tf.Tensor;
  readonly capture: (error: tf.Tensor) => CapturedEntry;
}

interface Case {
  readonly batchSize: number;
  readonly shape: readonly number[];
  readonly unitAxis: number;
  readonly uses: readonly Use[];
  readonly units: "whole" | UnitInterval;
}

/** A loss that is different for each example and for each number of an output. */
function lossOf(output: tf.Tensor): tf.Scalar {
  return tf.sum(tf.mul(tf.sin(output), tf.add(output, 0.5)));
}

function noise(shape: readonly number[], seed: number): tf.Tensor {
  return tf.randomUniform([...shape], -1, 1, "float32", seed);
}

/** What float32 leaves of a sum of numbers about 1 that cancel. */
const FLOOR = 1e-7;

/** Both measures against a backward pass for each example. */
function expectExact(test: Case, seed: number): void {
  const { batchSize, shape, unitAxis, uses, units } = test;
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const variable = noise(shape, seed);
    const vector = noise(shape, seed + 1);
    const entries = uses.map(({ output, capture }) =>
      capture(tf.grad(lossOf)(output(variable, 0, batchSize))),
    );
    const captured: CapturedVariable = { batchSize, shape, unitAxis, entries };
    const dots = exampleDots(captured, vector, units);
    const norms = exampleSquaredNorms(captured, units);
    expect(dots.shape).toEqual([batchSize]);
    expect(norms.shape).toEqual([batchSize]);
    const length = Math.sqrt(total(tf.square(vector)));
    const whole = tf.grad((theta) =>
      tf.addN(uses.map(({ output }) => lossOf(output(theta, 0, batchSize)))).asScalar(),
    )(variable);
    const batchDots = exampleBatchDots(captured, () => whole, units);
    const wholeLength = Math.sqrt(total(tf.square(whole)));
    for (let example = 0; example < batchSize; example++) {
      const gradient = tf.grad((theta) =>
        tf.addN(uses.map(({ output }) => lossOf(output(theta, example, 1)))).asScalar(),
      )(variable);
      const kept = keepOnly(gradient, unitAxis, units);
      const norm = total(tf.square(kept));
      const scale = Math.sqrt(total(tf.square(gradient))) * length;
      expect(
        Math.abs(at(dots, example) - total(tf.mul(kept, keepOnly(vector, unitAxis, units)))),
      ).toBeLessThanOrEqual(1e-5 * scale + FLOOR);
      const ownScale = Math.sqrt(total(tf.square(gradient))) * wholeLength;
      expect(
        Math.abs(at(batchDots, example) - total(tf.mul(kept, keepOnly(whole, unitAxis, units)))),
      ).toBeLessThanOrEqual(1e-5 * ownScale + FLOOR);
      expect(Math.abs(at(norms, example) - norm)).toBeLessThanOrEqual(
        1e-5 * total(tf.square(gradient)) + FLOOR,
      );
    }
  });
  expect(tf.memory().numTensors).toBe(before);
}

function keepOnly(gradient: tf.Tensor, unitAxis: number, units: "whole" | UnitInterval): tf.Tensor {
  if (units === "whole") return gradient;
  const { low, high } = units;
  const begin = gradient.shape.map((_, axis) => (axis === unitAxis ? low : 0));
  const size = gradient.shape.map((extent, axis) => (axis === unitAxis ? high - low + 1 : extent));
  return tf.slice(gradient, begin, size);
}

function total(tensor: tf.Tensor): number {
  return Array.from(tensor.dataSync()).reduce((sum, value) => sum + value, 0);
}

function at(tensor: tf.Tensor, index: number): number {
  return tensor.dataSync()[index] ?? Number.NaN;
}

function rowsOf(tensor: tf.Tensor, start: number, count: number): tf.Tensor {
  return tf.slice(tensor, start, count);
}

const extent = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const seeds = fc.integer({ min: 1, max: 1_000_000 });
const orientation = fc.constantFrom("plain" as const, "transposed" as const);

/** Some of the units, or all. */
function unitsOf(count: number): fc.Arbitrary<"whole" | UnitInterval> {
  const interval = fc
    .tuple(fc.nat(count - 1), fc.nat(count - 1))
    .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
  return fc.oneof(fc.constant("whole" as const), interval);
}

/** y = x W or x Wᵀ over inputs [B, T, ·]. */
function productUse(inputs: tf.Tensor, direction: "plain" | "transposed"): Use {
  return {
    output: (variable, start, count) => {
      const rows = rowsOf(inputs, start, count);
      const product = tf.matMul(
        tf.reshape(rows, [-1, inputs.shape[2] ?? 1]),
        variable as tf.Tensor2D,
        false,
        direction === "transposed",
      );
      return tf.reshape(product, [count, inputs.shape[1] ?? 1, -1]);
    },
    // As dense layers have it on the tape: the rows of all examples, one after another.
    capture: (error) => ({
      kind: "product",
      input: tf.reshape(inputs, [-1, inputs.shape[2] ?? 1]),
      error: tf.reshape(error, [-1, error.shape[2] ?? 1]),
      orientation: direction,
    }),
  };
}

function lookupUse(indices: tf.Tensor): Use {
  return {
    output: (variable, start, count) => tf.gather(variable, tf.cast(rowsOf(indices, start, count), "int32")),
    capture: (error) => ({ kind: "lookup", indices, error }),
  };
}

function randomIndices(batchSize: number, positions: number, rows: number, seed: number): tf.Tensor {
  const choices = tf.mul(tf.add(noise([batchSize, positions], seed), 1), rows / 2);
  return tf.cast(tf.minimum(tf.floor(choices), rows - 1), "int32");
}

describe.each(["cpu", "wasm"] as const)("per-example gradients on %s", (backend) => {
  beforeAll(() => selectBackend(backend));

  test("of a matrix, over one and many positions, plain and transposed", () => {
    const drawn = fc
      .tuple(extent(5), extent(9), extent(12), extent(12))
      .chain(([b, t, p, q]) =>
        fc.tuple(
          fc.constant([b, t, p, q] as const),
          orientation,
          fc.constantFrom(0, 1),
          unitsOf(Math.min(p, q)),
          seeds,
        ),
      );
    fc.assert(
      fc.property(drawn, ([[batchSize, positions, p, q], direction, unitAxis, units, seed]) => {
        const inputs = noise([batchSize, positions, direction === "plain" ? p : q], seed + 2);
        expectExact(
          { batchSize, shape: [p, q], unitAxis, units, uses: [productUse(inputs, direction)] },
          seed,
        );
        inputs.dispose();
      }),
      cases(100),
    );
  });

  test("of a bias", () => {
    const drawn = fc
      .tuple(extent(5), extent(9), extent(9))
      .chain(([b, t, n]) => fc.tuple(fc.constant([b, t, n] as const), unitsOf(n), seeds));
    fc.assert(
      fc.property(drawn, ([[batchSize, positions, count], units, seed]) => {
        const inputs = noise([batchSize, positions, count], seed + 2);
        const use: Use = {
          output: (variable, start, rows) => tf.add(rowsOf(inputs, start, rows), variable),
          capture: (error) => ({ kind: "addition", error }),
        };
        expectExact({ batchSize, shape: [count], unitAxis: 0, units, uses: [use] }, seed);
        inputs.dispose();
      }),
      cases(100),
    );
  });

  test("of a convolution's kernel, over strides, dilations and paddings", () => {
    const drawn = fc
      .record({
        batchSize: extent(4),
        size: fc.tuple(extent(9), extent(9)),
        channels: extent(3),
        filter: fc.tuple(extent(3), extent(3)),
        count: extent(5),
        step: fc.constantFrom(
          { strides: [1, 1] },
          { strides: [2, 1] },
          { strides: [2, 3] },
          { strides: [3, 2] },
        ),
        pad: fc.constantFrom("same" as const, "valid" as const),
        seed: seeds,
      })
      .filter(({ size, filter, pad }) => pad === "same" || (size[0] >= filter[0] && size[1] >= filter[1]))
      .chain((shape) => unitsOf(shape.count).map((units) => ({ ...shape, units })));
    fc.assert(
      fc.property(drawn, ({ batchSize, size, channels, filter, count, step, pad, units, seed }) => {
        const filterShape = [...filter, channels, count] as const;
        const strides = step.strides as [number, number];
        const input = noise([batchSize, ...size, channels], seed + 2) as tf.Tensor4D;
        const use: Use = {
          output: (variable, start, rows) =>
            tf.conv2d(tf.slice(input, start, rows), variable as tf.Tensor4D, strides, pad),
          capture: (error) => ({
            kind: "convolution",
            input,
            error: error as tf.Tensor4D,
            attributes: { filterShape, strides, pad, dilations: 1 },
          }),
        };
        expectExact({ batchSize, shape: filterShape, unitAxis: 3, units, uses: [use] }, seed);
        input.dispose();
      }),
      cases(100),
    );
  });

  test("of an embedding, whose rows come up more than once", () => {
    const drawn = fc
      .tuple(extent(5), extent(7), extent(6), extent(5))
      .chain(([b, t, v, d]) => fc.tuple(fc.constant([b, t, v, d] as const), unitsOf(d), seeds));
    fc.assert(
      fc.property(drawn, ([[batchSize, positions, rows, width], units, seed]) => {
        const indices = tf.tidy(() => randomIndices(batchSize, positions, rows, seed + 2));
        expectExact(
          { batchSize, shape: [rows, width], unitAxis: 1, units, uses: [lookupUse(indices)] },
          seed,
        );
        indices.dispose();
      }),
      cases(100),
    );
  });

  test("of an embedding tied to the output layer", () => {
    const [batchSize, positions, rows, width] = [3, 4, 6, 5];
    const indices = tf.tidy(() => randomIndices(batchSize, positions, rows, 7));
    const inputs = noise([batchSize, positions, width], 8);
    const uses = [lookupUse(indices), productUse(inputs, "transposed")];
    for (const units of ["whole" as const, { low: 1, high: 3 }]) {
      expectExact({ batchSize, shape: [rows, width], unitAxis: 1, units, uses }, 9);
    }
    tf.dispose([indices, inputs]);
  });

  test("of a variable that never entered are zero", () => {
    const captured: CapturedVariable = { batchSize: 3, shape: [2, 2], unitAxis: 1, entries: [] };
    const vector = tf.ones([2, 2]);
    const [dots, norms] = [exampleDots(captured, vector), exampleSquaredNorms(captured)];
    expect([...dots.dataSync(), ...norms.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    tf.dispose([vector, dots, norms]);
  });
});

test("the patches of a large convolution are taken in chunks of examples", async () => {
  await selectBackend("wasm");
  // 3 · 3 · 32 numbers for each of 48 · 48 places: 25 examples to a chunk.
  const [batchSize, side, channels] = [27, 48, 32];
  const input = noise([batchSize, side, side, channels], 1) as tf.Tensor4D;
  const error = noise([batchSize, side, side, 2], 2) as tf.Tensor4D;
  const entry = {
    kind: "convolution",
    input,
    error,
    attributes: { filterShape: [3, 3, channels, 2], strides: 1, pad: "same", dilations: 1 },
  } as const;
  const variable = { shape: [3, 3, channels, 2], unitAxis: 3 };
  const norms = exampleSquaredNorms({ ...variable, batchSize, entries: [entry] });
  const last = tf.tidy(() => {
    const [x, dy] = [tf.slice(input, batchSize - 1), tf.slice(error, batchSize - 1)];
    const gradient = tf.grad((filter: tf.Tensor) => tf.conv2d(x, filter as tf.Tensor4D, 1, "same"))(
      tf.zeros([3, 3, channels, 2]),
      dy,
    );
    return total(tf.square(gradient));
  });
  expect(Math.abs(at(norms, batchSize - 1) / last - 1)).toBeLessThan(1e-5);
  tf.dispose([input, error, norms]);
});

test("needs no gradient of the batch where the Gram form is cheaper", () => {
  tf.tidy(() => {
    const captured: CapturedVariable = {
      batchSize: 3,
      shape: [20, 30],
      unitAxis: 1,
      entries: [
        { kind: "product", input: noise([3, 20], 1), error: noise([3, 30], 2), orientation: "plain" },
      ],
    };
    const refuse = (): never => {
      throw new Error("the gradient was asked for");
    };
    expect(() => exampleBatchDots(captured, refuse)).not.toThrow();
    expect(() => exampleBatchDots(captured, refuse, { low: 4, high: 9 })).not.toThrow();
  });
});

test("needs no gradient of the batch where an example uses the matrix at many places", () => {
  tf.tidy(() => {
    const [input, error] = [noise([3, 8, 20], 1), noise([3, 8, 30], 2)];
    const captured: CapturedVariable = {
      ...{ batchSize: 3, shape: [20, 30], unitAxis: 1 },
      entries: [{ kind: "product", input, error, orientation: "plain" }],
    };
    const refuse = (): never => {
      throw new Error("the gradient was asked for");
    };
    expect(() => exampleBatchDots(captured, refuse)).not.toThrow();
    expect(() => exampleBatchDots(captured, refuse, { low: 4, high: 9 })).not.toThrow();
  });
});
