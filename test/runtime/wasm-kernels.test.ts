import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { registerWasmKernels } from "../../src/runtime/backends/wasm/register.ts";
import { cases } from "../generators/runs.ts";

/** A tensor to be made on each backend alike. */
interface Operand {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly dtype?: "int32";
}

type Computation = (...tensors: tf.Tensor[]) => tf.Tensor;

beforeAll(async () => {
  await selectBackend("wasm");
  await selectBackend("cpu");
});

/**
 * The kernels here are linear in each operand, so the result on absolute values bounds what rounding can do: both
 * backends must agree within 1e-5 of it, and the wasm one must give back all it allocated. `reference` is what cpu
 * computes instead, where cpu itself is wrong.
 */
function expectAgreement(
  computation: Computation,
  operands: readonly Operand[],
  reference: Computation = computation,
): void {
  const expected = computeOn("cpu", reference, operands);
  const actual = computeOn("wasm", computation, operands);
  const magnitudes = operands.map((operand) => ({ ...operand, values: operand.values.map(Math.abs) }));
  const scale = Math.max(...computeOn("cpu", reference, magnitudes).values, 0);
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe(expected.dtype);
  for (const [index, value] of expected.values.entries()) {
    expect(Math.abs((actual.values[index] ?? Number.NaN) - value)).toBeLessThanOrEqual(1e-5 * scale);
  }
}

interface Result {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

function computeOn(backend: "cpu" | "wasm", computation: Computation, operands: readonly Operand[]): Result {
  // Both have started before the tests, so that this takes effect at once.
  void tf.setBackend(backend);
  const before = { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
  const { shape, dtype, values } = tf.tidy(() => {
    const tensors = operands.map((operand) =>
      tf.tensor([...operand.values], [...operand.shape], operand.dtype ?? "float32"),
    );
    const result = computation(...tensors);
    return { shape: result.shape, dtype: result.dtype, values: result.dataSync() };
  });
  expect({ tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() }).toEqual(before);
  return { shape, dtype, values };
}

function operandOf(shape: readonly number[], seed: number): Operand {
  let state = seed;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  };
  return { shape, values: Array.from({ length: size }, next) };
}

const seed = fc.integer();
const extent = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

describe("matrix products", () => {
  const batches = fc.constantFrom<readonly (readonly number[])[]>(
    [[], []],
    [[1], [1]],
    [[3], [3]],
    [[4], [1]],
    [[1], [4]],
    [[2, 3], [3]],
    [
      [2, 1],
      [1, 3],
    ],
    [
      [2, 3],
      [2, 1],
    ],
  );
  // Small sides go through stock's loop, large ones through our transpositions, 0 through neither.
  const side = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 7, max: 60 }));

  test("agree with cpu for all transpositions, batches and sizes", () => {
    fc.assert(
      fc.property(
        batches,
        side,
        side,
        side,
        fc.boolean(),
        fc.boolean(),
        seed,
        (batch, m, k, n, tA, tB, s) => {
          const [left = [], right = []] = batch;
          const full = tf.broadcast_util.assertAndGetBroadcastShape([...left], [...right]);
          const spread = (x: tf.Tensor): tf.Tensor => tf.broadcastTo(x, [...full, ...x.shape.slice(-2)]);
          expectAgreement(
            (a, b) => tf.matMul(a, b, tA, tB),
            [
              operandOf([...left, ...(tA ? [k, m] : [m, k])], s),
              operandOf([...right, ...(tB ? [n, k] : [k, n])], s + 1),
            ],
            (a, b) => tf.matMul(spread(a), spread(b), tA, tB),
          );
        },
      ),
      cases(300),
    );
  });

  test("with bias and activation agree with cpu", () => {
    const activations = fc.constantFrom("linear", "relu", "elu", "relu6" as const);
    fc.assert(
      fc.property(
        activations,
        extent(40),
        extent(40),
        extent(40),
        fc.boolean(),
        fc.boolean(),
        seed,
        (activation, m, k, n, transposeA, transposeB, s) => {
          expectAgreement(
            (a, b, bias) =>
              tf.fused.matMul({
                a: a as tf.Tensor2D,
                b: b as tf.Tensor2D,
                transposeA,
                transposeB,
                bias,
                activation: activation as "relu",
              }),
            [
              operandOf(transposeA ? [k, m] : [m, k], s),
              operandOf(transposeB ? [n, k] : [k, n], s + 1),
              operandOf([n], s + 2),
            ],
          );
        },
      ),
      cases(100),
    );
  });

  test("refuse sides that do not fit", () => {
    void tf.setBackend("wasm");
    expect(() =>
      tf.engine().runKernel("BatchMatMul", { a: tf.ones([2, 3]), b: tf.ones([2, 3]) }, {}),
    ).toThrow("inner shapes (3) and (2)");
  });
});

/** The window of a convolution over an input that it fits into. */
const convolution = fc
  .record({
    batch: extent(4),
    height: extent(9),
    width: extent(9),
    channels: extent(5),
    filters: extent(5),
    filterHeight: extent(4),
    filterWidth: extent(4),
    strides: fc.tuple(extent(3), extent(3)),
    dilations: fc.tuple(extent(2), extent(2)),
    pad: fc.oneof(
      fc.constantFrom("same", "valid"),
      extent(3),
      fc.tuple(extent(3), extent(3), extent(3), extent(3)).map(([top, bottom, left, right]) => [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]),
    ),
    dimRoundingMode: fc.constantFrom("floor", "ceil", "round"),
    seed,
  })
  .map(({ pad, ...rest }) => ({ ...rest, pad: pad as "same" }));

type Convolution = typeof convolution extends fc.Arbitrary<infer Value> ? Value : never;

/** A kernel by its name: tfjs's own gradients ask for less than what the kernels can do. */
function kernel(kernelName: string, names: readonly string[], attributes: object): Computation {
  return (...tensors) =>
    tf
      .engine()
      .runKernel(
        kernelName,
        Object.fromEntries(names.map((name, index) => [name, tensors[index]])) as tf.NamedTensorMap,
        attributes as tf.NamedAttrMap,
      );
}

describe("convolutions", () => {
  function shapesOf(c: Convolution, kind: "full" | "depthwise", dilations: readonly [number, number]) {
    const inputShape: Shape4D = [c.batch, c.height, c.width, c.channels];
    const filterShape: Shape4D = [c.filterHeight, c.filterWidth, c.channels, c.filters];
    const { outShape } = tf.backend_util.computeConv2DInfo(
      inputShape,
      filterShape,
      c.strides,
      [...dilations],
      c.pad,
      typeof c.pad === "string" ? undefined : c.dimRoundingMode,
      kind === "depthwise",
    );
    const attributes = {
      strides: c.strides,
      dilations,
      pad: c.pad,
      dataFormat: "NHWC",
      inputShape,
      filterShape,
      ...(typeof c.pad === "string" ? {} : { dimRoundingMode: c.dimRoundingMode }),
    };
    return { inputShape, filterShape, outShape, attributes };
  }

  type Shape4D = [number, number, number, number];

  test.each([
    ["Conv2D", "full"],
    ["DepthwiseConv2dNative", "depthwise"],
  ] as const)("%s agrees with cpu for strides, dilations, paddings and sizes", (kernelName, kind) => {
    fc.assert(
      fc.property(convolution, (c) => {
        const { inputShape, filterShape, outShape, attributes } = shapesOf(c, kind, c.dilations);
        fc.pre(outShape.every((size) => size > 0));
        fc.pre(tf.backend_util.eitherStridesOrDilationsAreOne(c.strides, c.dilations));
        expectAgreement(kernel(kernelName, ["x", "filter"], attributes), [
          operandOf(inputShape, c.seed),
          operandOf(filterShape, c.seed + 1),
        ]);
      }),
      cases(300),
    );
  });

  test.each([
    ["Conv2DBackpropFilter", "full", ["x", "dy"]],
    ["Conv2DBackpropInput", "full", ["dy", "filter"]],
    ["DepthwiseConv2dNativeBackpropFilter", "depthwise", ["x", "dy"]],
    ["DepthwiseConv2dNativeBackpropInput", "depthwise", ["dy", "filter"]],
  ] as const)("%s agrees with cpu for strides, paddings and sizes", (kernelName, kind, names) => {
    fc.assert(
      fc.property(convolution, (c) => {
        // cpu leaves dilation out of these kernels; it has its own test below.
        const { inputShape, filterShape, outShape, attributes } = shapesOf(c, kind, [1, 1]);
        fc.pre(outShape.every((size) => size > 0));
        const shapes = { x: inputShape, dy: outShape, filter: filterShape };
        const operands = names.map((name, index) => operandOf(shapes[name], c.seed + index));
        expectAgreement(kernel(kernelName, names, attributes), operands);
      }),
      cases(300),
    );
  });

  test("depthwise gradients with dilation are the derivative of the forward pass", () => {
    fc.assert(
      fc.property(convolution, (c) => {
        const { inputShape, filterShape, outShape, attributes } = shapesOf(c, "depthwise", c.dilations);
        fc.pre(outShape.every((size) => size > 0));
        fc.pre(tf.backend_util.eitherStridesOrDilationsAreOne(c.strides, c.dilations));
        const [x, filter, dy] = [inputShape, filterShape, outShape].map((shape, i) =>
          operandOf(shape, c.seed + i),
        );
        if (x === undefined || filter === undefined || dy === undefined) throw new Error("three operands");
        // ⟨dW, W⟩ = ⟨dx, x⟩ = ⟨dy, conv(x, W)⟩, for any x, W and dy: the map is linear in each.
        const forward = computeOn(
          "cpu",
          (a, b) =>
            tf
              .engine()
              .runKernel("DepthwiseConv2dNative", { x: a, filter: b }, attributes as tf.NamedAttrMap),
          [x, filter],
        );
        const toFilter = kernel("DepthwiseConv2dNativeBackpropFilter", ["x", "dy"], attributes);
        const toInput = kernel("DepthwiseConv2dNativeBackpropInput", ["dy", "filter"], attributes);
        const expected = inner(forward.values, dy.values);
        const scale = 1e-5 * forward.values.length * c.filterHeight * c.filterWidth;
        expect(
          Math.abs(inner(computeOn("wasm", toFilter, [x, dy]).values, filter.values) - expected),
        ).toBeLessThan(scale);
        expect(
          Math.abs(inner(computeOn("wasm", toInput, [dy, filter]).values, x.values) - expected),
        ).toBeLessThan(scale);
      }),
      cases(100),
    );
  });

  test.each(["Conv2DBackpropFilter", "Conv2DBackpropInput"])("%s of no example is all zero", (kernelName) => {
    const attributes = {
      strides: 1,
      pad: "valid",
      dataFormat: "NHWC",
      inputShape: [0, 5, 5, 2],
      filterShape: [3, 3, 2, 4],
    };
    const computation = kernel(kernelName, ["x", "dy", "filter"], attributes);
    const operands = [
      [0, 5, 5, 2],
      [0, 3, 3, 4],
      [3, 3, 2, 4],
    ].map((shape) => operandOf(shape, 1));
    const { values } = computeOn("wasm", computation, operands);
    expect(values.every((value) => value === 0)).toBe(true);
  });

  test("of ordinary sizes agree with cpu where XNNPACK tiles", () => {
    for (const [channels, filters] of [
      [1, 32],
      [16, 24],
    ] as const) {
      const attributes = {
        strides: 1,
        pad: "same",
        dataFormat: "NHWC",
        inputShape: [3, 10, 10, channels],
        filterShape: [3, 3, channels, filters],
      };
      const [x, dy, filter] = [
        operandOf(attributes.inputShape, 1),
        operandOf([3, 10, 10, filters], 2),
        operandOf(attributes.filterShape, 3),
      ];
      expectAgreement(kernel("Conv2DBackpropFilter", ["x", "dy"], attributes), [x, dy]);
      expectAgreement(kernel("Conv2DBackpropInput", ["dy", "filter"], attributes), [dy, filter]);
    }
  });
});

function inner(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Array.from(left).reduce((sum, value, index) => sum + value * (right[index] ?? Number.NaN), 0);
}

describe("gradients of convolutions in three dimensions", () => {
  test.each(["Conv3DBackpropFilterV2", "Conv3DBackpropInputV2"])("%s agrees with cpu", (kernelName) => {
    fc.assert(
      fc.property(
        fc.tuple(extent(3), extent(6), extent(6), extent(6), extent(3)),
        fc.tuple(extent(3), extent(3), extent(3), extent(3)),
        fc.tuple(extent(2), extent(2), extent(2)),
        fc.constantFrom("same" as const, "valid" as const),
        seed,
        (inputShape, [depth, height, width, filters], strides, pad, s) => {
          const filterShape: typeof inputShape = [depth, height, width, inputShape[4], filters];
          const { outShape } = tf.backend_util.computeConv3DInfo(inputShape, filterShape, strides, 1, pad);
          fc.pre(outShape.every((size) => size > 0));
          const attributes = { strides, pad, inputShape, filterShape };
          expectAgreement(
            kernel(kernelName, ["x", "dy", "filter"], attributes),
            [inputShape, outShape, filterShape].map((shape, index) => operandOf(shape, s + index)),
          );
        },
      ),
      cases(100),
    );
  });
});

describe("gradients of max pooling", () => {
  const pooling = fc.record({
    batch: extent(3),
    sizes: fc.tuple(extent(7), extent(7), extent(7)),
    channels: extent(3),
    filterSize: extent(3),
    strides: extent(3),
    pad: fc.constantFrom("same" as const, "valid" as const),
    seed,
  });

  /** The gradient is linear in dy, and not in the input: only dy is made positive for the bound. */
  function expectPoolingAgreement(pool: (x: tf.Tensor) => tf.Tensor, input: Operand, dy: Operand): void {
    expectAgreement((error) => tf.grad(pool)(tf.tensor([...input.values], [...input.shape]), error), [dy]);
  }

  test("in two dimensions agree with cpu, also on ties and below zero", () => {
    fc.assert(
      fc.property(pooling, fc.boolean(), (p, isCoarse) => {
        const shape = [p.batch, p.sizes[0], p.sizes[1], p.channels];
        const pool = (x: tf.Tensor): tf.Tensor =>
          tf.maxPool(x as tf.Tensor4D, p.filterSize, p.strides, p.pad);
        fc.pre(p.pad === "same" || Math.min(...shape.slice(1, -1)) >= p.filterSize);
        const outShape = tf.tidy(() => pool(tf.zeros(shape)).shape);
        const input = operandOf(shape, p.seed);
        const values = isCoarse ? input.values.map((value) => Math.round(value * 2)) : input.values;
        expectPoolingAgreement(pool, { shape, values }, operandOf(outShape, p.seed + 1));
      }),
      cases(200),
    );
  });

  test("in three dimensions agree with cpu", () => {
    fc.assert(
      fc.property(pooling, (p) => {
        const shape = [p.batch, ...p.sizes, p.channels];
        const pool = (x: tf.Tensor): tf.Tensor =>
          tf.maxPool3d(x as tf.Tensor5D, p.filterSize, p.strides, p.pad);
        fc.pre(p.pad === "same" || Math.min(...shape.slice(1, -1)) >= p.filterSize);
        const outShape = tf.tidy(() => pool(tf.zeros(shape)).shape);
        expectPoolingAgreement(pool, operandOf(shape, p.seed), operandOf(outShape, p.seed + 1));
      }),
      cases(100),
    );
  });
});

test("slices agree with cpu in all ranks and types", () => {
  const axis = extent(5).chain((length) =>
    fc.nat(length).chain((begin) => fc.nat(length - begin).map((size) => ({ length, begin, size }))),
  );
  fc.assert(
    fc.property(fc.array(axis, { minLength: 1, maxLength: 5 }), fc.boolean(), seed, (axes, isWhole, s) => {
      const { shape, values } = operandOf(
        axes.map(({ length }) => length),
        s,
      );
      const operand: Operand = isWhole
        ? { shape, values: values.map((value) => Math.round(value * 100)), dtype: "int32" }
        : { shape, values };
      const [begin, size] = [axes.map((cut) => cut.begin), axes.map((cut) => cut.size)];
      expectAgreement((x) => tf.slice(x, begin, size), [operand]);
    }),
    cases(200),
  );
});

describe("gathering", () => {
  const gathering = fc.record({
    batches: fc.array(extent(3), { maxLength: 2 }),
    outer: fc.array(extent(3), { maxLength: 1 }),
    length: extent(5),
    inner: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }),
    counts: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }),
    isWhole: fc.boolean(),
    seed,
  });
  test("agrees with cpu along all axes and by batches", () => {
    fc.assert(
      fc.property(gathering, ({ batches, outer, length, inner, counts, isWhole, seed: s }) => {
        const { shape, values } = operandOf([...batches, ...outer, length, ...inner], s);
        const positions = operandOf([...batches, ...counts], s + 1);
        const indices = positions.values.map((value) => Math.floor(Math.abs(value) * length) % length);
        expectAgreement(
          (x, chosen) => tf.gather(x, chosen as tf.Tensor1D, batches.length + outer.length, batches.length),
          [
            isWhole
              ? { shape, values: values.map((value) => Math.round(value * 100)), dtype: "int32" }
              : { shape, values },
            { shape: positions.shape, values: indices, dtype: "int32" },
          ],
        );
      }),
      cases(300),
    );
  });

  test.each([-1, 2])("refuses index %i of two rows", (index) => {
    void tf.setBackend("wasm");
    expect(() => tf.gather(tf.ones([2, 3]), [0, index])).toThrow(`index value ${index} is not in [0, 1]`);
  });
});

describe("sums", () => {
  const axes = fc.constantFrom<number | number[] | undefined>(
    undefined,
    0,
    1,
    -1,
    [0, 1],
    [1, 0],
    [0, 1, 2],
    [0, 2],
  );

  test("agree with cpu over all axes", () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 0, max: 5 }), extent(5), extent(5)),
        axes,
        fc.boolean(),
        seed,
        (shape, axis, keepDims, s) => {
          expectAgreement((x) => tf.sum(x, axis, keepDims), [operandOf(shape, s)]);
        },
      ),
      cases(100),
    );
  });

  test("of whole numbers stay whole", () => {
    expectAgreement((x) => tf.sum(x, 0), [{ shape: [2, 3], values: [1, 2, 3, 4, 5, 6], dtype: "int32" }]);
  });
});

test("UnsortedSegmentSum agrees with cpu, and drops rows of no segment", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1, max: 6 }), { minLength: 1, maxLength: 20 }),
      fc.array(extent(4), { maxLength: 2 }),
      extent(6),
      seed,
      (segments, width, count, s) => {
        expectAgreement(
          // Ids are taken as they are, where agreement is tried on absolute values too.
          (x, ids) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, count),
          [
            operandOf([segments.length, ...width], s),
            { shape: [segments.length], values: segments, dtype: "int32" },
          ],
        );
      },
    ),
    cases(100),
  );
});

describe("einsum", () => {
  test.each([
    ["ij,jk->ik", [3, 4], [4, 5]],
    ["ij,kj->ki", [3, 4], [5, 4]],
    ["aecd,abcd->acbe", [2, 3, 4, 5], [2, 6, 4, 5]],
    ["acbe,aecd->abcd", [2, 4, 6, 3], [2, 3, 4, 5]],
    ["abc,cd->abd", [2, 3, 4], [4, 5]],
    ["i,j->ij", [3], [4]],
    ["ij,ij->", [3, 4], [3, 4]],
    ["ij,ij->ji", [3, 4], [3, 4]],
    ["bij,bjk->bik", [3, 20, 30], [3, 30, 40]],
    ["i,i->", [0], [0]],
    [" ab , bc -> ca ", [1, 3], [3, 1]],
  ])("%s of two tensors", (equation, left, right) => {
    expectAgreement((a, b) => tf.einsum(equation, a, b), [operandOf(left, 1), operandOf(right, 2)]);
  });

  test("sums over a label that only one tensor has", () => {
    expectAgreement(
      (a, b) => tf.einsum("ijk,kl->j", a, b),
      [operandOf([2, 3, 4], 1), operandOf([4, 5], 2)],
      (a, b) => tf.sum(tf.mul(a, tf.reshape(tf.sum(b, 1), [1, 1, 4])), [0, 2]),
    );
  });

  test.each([
    ["ij->ji", [3, 4]],
    ["ijk->j", [2, 3, 4]],
    ["ij->", [3, 4]],
    ["ij->ij", [3, 4]],
    ["->", []],
  ])("%s of one tensor", (equation, shape) => {
    expectAgreement((x) => tf.einsum(equation, x), [operandOf(shape, 1)]);
  });
});

test("registration is idempotent and leaves other backends alone", () => {
  const kernelsOf = (backend: string): unknown =>
    tf.getKernelsForBackend(backend).map((kernel) => kernel.kernelFunc);
  const before = [kernelsOf("wasm"), kernelsOf("cpu")];
  registerWasmKernels();
  expect([kernelsOf("wasm"), kernelsOf("cpu")]).toEqual(before);
});
