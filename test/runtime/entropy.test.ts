import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { gradientEntropy, representationEntropy, weightEntropy } from "../../src/runtime/entropy.ts";
import { type Matrix, singularValues, symmetricEigenvalues } from "../../src/runtime/linear-algebra.ts";
import { cases } from "../generators/runs.ts";

beforeAll(() => tf.setBackend("cpu"));

/** S_1 (von Neumann) and S_2 in nats and the effective rank, from the eigenvalues of K, straight from the definitions. */
function spectralEntropies(matrix: Matrix): {
  readonly s1: number;
  readonly s2: number;
  readonly rank: number;
} {
  const sigma = [...singularValues(matrix)];
  const trace = sigma.reduce((sum, value) => sum + value ** 2, 0);
  const shares = sigma.map((value) => value ** 2 / trace);
  return {
    s1: shannon(shares),
    s2: -Math.log(shares.reduce((sum, share) => sum + share ** 2, 0)),
    rank: Math.exp(shannon(sigma.map((value) => value / sigma.reduce((sum, other) => sum + other, 0)))),
  };
}

function shannon(shares: readonly number[]): number {
  return shares.filter((share) => share > 0).reduce((sum, share) => sum - share * Math.log(share), 0);
}

function centred({ rows, columns, values }: Matrix): Matrix {
  const mean = (column: number): number =>
    Array.from({ length: rows }, (_, row) => cell(values, row * columns + column)).reduce(
      (a, b) => a + b,
      0,
    ) / rows;
  const means = Array.from({ length: columns }, (_, column) => mean(column));
  return {
    rows,
    columns,
    values: Array.from(values, (value, index) => value - cell(means, index % columns)),
  };
}

function cell(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}

function tensorOf({ rows, columns, values }: Matrix): tf.Tensor2D {
  return tf.tensor2d(Array.from(values), [rows, columns]);
}

function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  return { rows: rows.length, columns: rows[0]?.length ?? 0, values: rows.flat() };
}

function fixture(name: string): readonly string[] {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8")
    .trim()
    .split("\n");
}

/** scikit-learn's digits, 1797 × 64: a line an image, a base-17 digit a pixel of 0..16. */
const digits = matrixOf(
  fixture("digits.txt").map((line) => Array.from(line, (digit) => Number.parseInt(digit, 17))),
);
const iris = matrixOf(fixture("iris.csv").map((line) => line.split(",").map(Number)));
const harmonic: Matrix = {
  rows: 8,
  columns: 8,
  values: Array.from({ length: 64 }, (_, index) => (index % 9 === 0 ? Math.sqrt(1 / (1 + index / 9)) : 0)),
};
const identity: Matrix = {
  rows: 5,
  columns: 5,
  values: Array.from({ length: 25 }, (_, index) => (index % 6 === 0 ? 1 : 0)),
};
const rankOne: Matrix = { rows: 4, columns: 3, values: [1, 2, 3, 2, 4, 6, 3, 6, 9, 4, 8, 12] };

describe("reference values in float64", () => {
  test.each([
    ["digits, centred", centred(digits), 3.023019, 2.577828, 39.7074],
    ["digits, not centred", digits, 1.520012, 0.708818, 29.629086],
    ["iris, centred", centred(iris), 0.325262, 0.153086, 2.532088],
    ["eigenvalues 1/i", harmonic, 1.815848, 1.576106, 7.517161],
    ["identity", identity, Math.log(5), Math.log(5), 5],
    ["rank one", rankOne, 0, 0, 1],
  ])("%s", (_name, matrix, s1, s2, rank) => {
    const entropies = spectralEntropies(matrix);
    expect(Math.abs(entropies.s1 - s1)).toBeLessThan(1e-5);
    expect(Math.abs(entropies.s2 - s2)).toBeLessThan(1e-5);
    expect(Math.abs(entropies.rank - rank) / rank).toBeLessThan(1e-5);
  });

  test.each([
    ["digits", digits, 29.629086],
    ["eigenvalues 1/i", harmonic, 7.517161],
    ["identity", identity, 5],
    ["rank one", rankOne, 1],
  ])("the entropy of weights is the logarithm of the effective rank: %s", (_name, matrix, rank) => {
    const kernel = tensorOf(matrix);
    expect(weightEntropy(kernel, "nats")).toBeCloseTo(Math.log(rank), 5);
    kernel.dispose();
  });
});

describe.each(["cpu", "wasm"])("the entropy of a representation on %s", (backend) => {
  beforeAll(async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    await tf.setBackend(backend);
  });

  function entropyOf(matrix: Matrix): number {
    return tf.tidy(() => representationEntropy(tensorOf(matrix), "nats"));
  }

  test.each([
    ["digits", digits, 2.577828],
    ["iris", iris, 0.153086],
  ])("%s", (_name, matrix, expected) => {
    expect(Math.abs(entropyOf(matrix) - expected)).toBeLessThan(1e-3);
  });

  test("does not change with the scale, however small or large", () => {
    for (const scale of [1e-30, 1e-18, 1e-10, 1e-5, 1e5, 1e10, 1e18, 1e30]) {
      const scaled = { ...iris, values: Array.from(iris.values, (value) => value * scale) };
      expect(Math.abs(entropyOf(scaled) - 0.153086)).toBeLessThan(1e-3);
    }
  });

  test.each([
    [
      "all rows equal",
      { rows: 4, columns: 3, values: [0.1, 0.7, 0.3, 0.1, 0.7, 0.3, 0.1, 0.7, 0.3, 0.1, 0.7, 0.3] },
      0,
    ],
    ["all zero", { rows: 4, columns: 3, values: new Array<number>(12).fill(0) }, 0],
    ["one example", { rows: 1, columns: 3, values: [1, 2, 3] }, 0],
    ["one feature", { rows: 3, columns: 1, values: [1, 2, 4] }, 0],
    ["no example", { rows: 0, columns: 3, values: [] }, 0],
    ["not a number", { rows: 3, columns: 2, values: [1, 2, Number.NaN, 4, 5, 7] }, Number.NaN],
    ["infinite", { rows: 3, columns: 2, values: [1, 2, Number.POSITIVE_INFINITY, 4, 5, 7] }, Number.NaN],
  ])("%s", (_name, matrix, expected) => {
    for (const unit of ["nats", "bits", "normalized"] as const) {
      const entropy = tf.tidy(() => representationEntropy(tensorOf(matrix), unit));
      if (Number.isNaN(expected)) expect(entropy).toBeNaN();
      else expect(Math.abs(entropy - expected)).toBeLessThan(1e-6);
    }
  });

  test("two orthogonal pairs: one bit, normalized by the smaller side", () => {
    const activations = tf.tensor2d([1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0], [4, 3]);
    const [bits, normalized] = (["bits", "normalized"] as const).map((unit) =>
      tf.tidy(() => representationEntropy(activations, unit)),
    );
    expect(bits).toBeCloseTo(1, 6);
    expect(normalized).toBeCloseTo(Math.LN2 / Math.log(3), 6);
    activations.dispose();
  });

  test("flattens all but the first axis and leaves no tensor behind", () => {
    const images = tf.randomNormal([6, 3, 2, 2], 0, 1, "float32", 1);
    const before = tf.memory().numTensors;
    const entropy = representationEntropy(images, "nats");
    const flat = tf.tidy(() => representationEntropy(tf.reshape(images, [6, 12]), "nats"));
    expect(entropy).toBe(flat);
    expect(tf.memory().numTensors).toBe(before);
    images.dispose();
  });

  test("0 ≤ S_2 ≤ S_1 ≤ ln min(n, d) and exp S_1 ≤ effective rank; S_2 from either side", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }).chain((rows) =>
          fc.integer({ min: 1, max: 9 }).chain((columns) =>
            fc
              .array(fc.double({ min: -10, max: 10, noNaN: true }), {
                minLength: rows * columns,
                maxLength: rows * columns,
              })
              .map((values): Matrix => ({ rows, columns, values: values.map(Math.fround) })),
          ),
        ),
        (matrix) => {
          const spread = centred(matrix);
          fc.pre(Array.from(spread.values).some((value) => Math.abs(value) > 0.1));
          const exact = spectralEntropies(spread);
          const measured = entropyOf(matrix);
          expect(measured).toBeGreaterThanOrEqual(0);
          expect(Math.abs(measured - exact.s2)).toBeLessThan(1e-3);
          expect(exact.s2).toBeLessThanOrEqual(exact.s1 + 1e-9);
          expect(exact.s1).toBeLessThanOrEqual(Math.log(Math.min(matrix.rows, matrix.columns)) + 1e-9);
          expect(Math.exp(exact.s1)).toBeLessThanOrEqual(exact.rank + 1e-9);
        },
      ),
      cases(100),
    );
  });
});

describe("eigenvalues", () => {
  test("of random symmetric matrices keep trace, square and order, and solve a planted spectrum", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 144, maxLength: 144 }),
        (spectrum, noise) => {
          const size = spectrum.length;
          const vectors = orthonormal(size, noise);
          const values = Array.from({ length: size * size }, (_, index) =>
            spectrum.reduce((sum, value, k) => {
              const vector = vectors[k] ?? [];
              return sum + value * cell(vector, Math.floor(index / size)) * cell(vector, index % size);
            }, 0),
          );
          const found = symmetricEigenvalues({ rows: size, columns: size, values });
          const planted = [...spectrum].sort((a, b) => b - a);
          for (const [index, value] of planted.entries()) expect(cell(found, index)).toBeCloseTo(value, 9);
        },
      ),
      cases(100),
    );
  });

  test("of a matrix with zeros off the diagonal are the diagonal", () => {
    expect([...symmetricEigenvalues({ rows: 3, columns: 3, values: [2, 0, 0, 0, -1, 0, 0, 0, 3] })]).toEqual([
      3, 2, -1,
    ]);
  });

  test.each([1e-160, 1e-200, 5e-324])("of a matrix with %s off the diagonal are the diagonal", (tiny) => {
    const values = [1, tiny, tiny, tiny, 2, tiny, tiny, tiny, 3];
    const found = symmetricEigenvalues({ rows: 3, columns: 3, values });
    for (const [index, value] of [3, 2, 1].entries()) expect(cell(found, index)).toBeCloseTo(value, 12);
  });

  test.each([1e-160, 1e160])("of a matrix of entries near %s are in its scale", (scale) => {
    const values = [2, 1, 0, 1, 2, 1, 0, 1, 2].map((value) => value * scale);
    const found = symmetricEigenvalues({ rows: 3, columns: 3, values });
    const wanted = [2 + Math.SQRT2, 2, 2 - Math.SQRT2];
    for (const [index, value] of wanted.entries()) expect(cell(found, index) / scale).toBeCloseTo(value, 12);
  });

  test("of nothing are none; of what is not finite, NaN", () => {
    expect(symmetricEigenvalues({ rows: 0, columns: 0, values: [] })).toHaveLength(0);
    expect([...symmetricEigenvalues({ rows: 1, columns: 1, values: [Number.NaN] })]).toEqual([Number.NaN]);
  });
});

/** Gram-Schmidt on unit vectors bent by the noise. */
function orthonormal(size: number, noise: readonly number[]): readonly (readonly number[])[] {
  const basis: number[][] = [];
  for (let row = 0; row < size; row++) {
    let vector = Array.from({ length: size }, (_, i) => (i === row ? 20 : 0) + cell(noise, row * 12 + i));
    // Twice: once is not orthogonal enough where vectors are close to each other.
    for (const previous of [...basis, ...basis]) {
      const along = previous.reduce((sum, value, i) => sum + value * cell(vector, i), 0);
      vector = vector.map((value, i) => value - along * cell(previous, i));
    }
    const length = Math.hypot(...vector);
    basis.push(vector.map((value) => value / length));
  }
  return basis;
}

describe("the entropy of weights", () => {
  test("takes a convolution's kernel as one column a unit", () => {
    const kernel = tf.tensor4d([1, 0, 0, 1, 0, 0, 0, 0], [2, 2, 1, 2]);
    expect(weightEntropy(kernel, "normalized")).toBeCloseTo(1, 9);
    expect(weightEntropy(kernel, "bits")).toBeCloseTo(1, 9);
    kernel.dispose();
  });

  test("is 0 for zeros and for one column, NaN for what is not finite", () => {
    const [zeros, column, broken] = [
      tf.zeros([3, 3]),
      tf.tensor2d([1, 2], [2, 1]),
      tf.tensor2d([[1, Number.NaN]]),
    ];
    expect([zeros, column, broken].map((kernel) => weightEntropy(kernel, "normalized"))).toEqual([
      0,
      0,
      Number.NaN,
    ]);
    tf.dispose([zeros, column, broken]);
  });
});

describe("the entropy of a gradient", () => {
  test.each([
    ["equal shares", [2, 2, 2, 2], 1],
    ["one example has it all", [0, 5, 0], 0],
    ["no gradient", [0, 0], 0],
    ["one example", [3], 0],
    ["two of four", [1, 1, 0, 0], 0.5],
  ])("%s", (_name, energies, expected) => {
    expect(gradientEntropy(energies, "normalized")).toBeCloseTo(expected, 12);
  });

  test("is NaN where an energy is not finite", () => {
    expect(gradientEntropy([1, Number.NaN], "nats")).toBeNaN();
    expect(gradientEntropy([1, Number.POSITIVE_INFINITY], "normalized")).toBeNaN();
  });
});
