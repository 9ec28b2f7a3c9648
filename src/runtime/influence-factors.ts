/**
 * Per-example gradients as products: in the matrix layout [p, q] of a variable, an example's gradient is LᵀR, with a
 * row of L [T, p] and of R [T, q] for each place of the example where the variable was used.
 */
import * as tf from "@tensorflow/tfjs";
import type { UnitInterval } from "../model/network.ts";
import type { CapturedConvolution, CapturedEntry, CapturedVariable } from "./tape/capture.ts";

export interface Factors {
  readonly left: Side;
  /** [B, T, q] */
  readonly right: tf.Tensor3D;
}

/** [B, T, p] as numbers, or as the number [B, T] of the only column of each row that is 1. */
type Side =
  | { readonly kind: "rows"; readonly rows: tf.Tensor3D }
  | { readonly kind: "one_hot"; readonly indices: tf.Tensor2D; readonly depth: number };

type FactorRule<Entry extends CapturedEntry> = (entry: Entry, variable: CapturedVariable) => Factors;

const FACTOR_RULES: {
  readonly [Kind in CapturedEntry["kind"]]: FactorRule<Extract<CapturedEntry, { kind: Kind }>>;
} = {
  product: ({ input, error, orientation }, { batchSize }) => {
    const [left, right] = orientation === "plain" ? [input, error] : [error, input];
    return { left: { kind: "rows", rows: byExample(left, batchSize) }, right: byExample(right, batchSize) };
  },
  addition: ({ error }, { batchSize, shape }) => {
    const right = byExample(error, batchSize, tf.util.sizeFromShape([...shape]));
    const rows: tf.Tensor3D = tf.ones([batchSize, right.shape[1], 1]);
    return { left: { kind: "rows", rows }, right };
  },
  convolution: (entry, { batchSize }) => ({
    left: { kind: "rows", rows: byExample(patchesOf(entry), batchSize) },
    right: byExample(entry.error, batchSize),
  }),
  // A row of the gradient for each row of the variable, whose number is the only one that is 1.
  gradients: ({ gradients }, { batchSize, shape }) => {
    const width = shape.at(-1) ?? 1;
    const depth = gradients.size / batchSize / width;
    const indices = tf.tile(tf.reshape(tf.range(0, depth, 1, "int32"), [1, depth]), [batchSize, 1]);
    return {
      left: { kind: "one_hot", indices: indices as tf.Tensor2D, depth },
      right: tf.reshape(gradients, [batchSize, depth, width]),
    };
  },
  lookup: ({ indices, error }, { batchSize, shape }) => ({
    left: {
      kind: "one_hot",
      indices: tf.reshape(indices, [batchSize, indices.size / batchSize]),
      depth: shape[0] ?? 1,
    },
    right: byExample(error, batchSize),
  }),
};

export function factorsOf(entry: CapturedEntry, variable: CapturedVariable): Factors {
  // The table has a rule for each kind; the kind of this entry picks its own.
  const rule = FACTOR_RULES[entry.kind] as FactorRule<CapturedEntry>;
  return rule(entry, variable);
}

/** The factors of the sum of several gradients: all their rows, one after another. */
export function joinFactors(factors: readonly Factors[]): Factors {
  const [first, ...rest] = factors;
  if (first !== undefined && rest.length === 0) return first;
  const rows = factors.map(({ left }) => rowsOf(left));
  return {
    left: { kind: "rows", rows: tf.concat(rows, 1) },
    right: tf.concat(
      factors.map(({ right }) => right),
      1,
    ),
  };
}

/** Which columns of a side count, where not all do. */
export interface Columns {
  readonly side: "left" | "right";
  readonly columns: UnitInterval;
}

/** LᵀR for each example, [B, p, q], of the columns that count. */
export function exampleGradients(factors: Factors, kept: Columns | undefined): tf.Tensor3D {
  const { left, right } = kept === undefined ? factors : keepColumns(factors, kept);
  return tf.matMul(rowsOf(left), right, true, false);
}

/**
 * ‖LᵀR‖² for each example, [B]: from the gradients themselves, or as Σ LLᵀ ⊙ RRᵀ without them, whichever takes fewer
 * multiplications: T·p·q against T²·(p + q).
 */
export function squaredNorms(factors: Factors, kept: Columns | undefined): tf.Tensor1D {
  const { left, right } = kept === undefined ? factors : keepColumns(factors, kept);
  const [, count, rightWidth] = right.shape;
  if (left.kind === "rows") {
    if (count === 1) return tf.mul(sumOfSquares(left.rows), sumOfSquares(right));
    const leftWidth = left.rows.shape[2];
    const isGradientCheaper = leftWidth * rightWidth < count * (leftWidth + rightWidth);
    if (isGradientCheaper) return sumOfSquares(tf.matMul(left.rows, right, true, false));
  }
  return tf.sum(tf.mul(gramOf(left), tf.matMul(right, right, false, true)), [1, 2]);
}

/** The gram matrix [B, T, T] of an example's rows. */
function gramOf(side: Side): tf.Tensor3D {
  if (side.kind === "rows") return tf.matMul(side.rows, side.rows, false, true);
  const { indices } = side;
  return tf.cast(tf.equal(tf.expandDims(indices, 2), tf.expandDims(indices, 1)), "float32");
}

function keepColumns({ left, right }: Factors, { side, columns }: Columns): Factors {
  return side === "right"
    ? { left, right: cutColumns(right, columns) }
    : { left: { kind: "rows", rows: cutColumns(rowsOf(left), columns) }, right };
}

function cutColumns(rows: tf.Tensor3D, { low, high }: UnitInterval): tf.Tensor3D {
  return tf.slice(rows, [0, 0, low], [-1, -1, high - low + 1]);
}

function rowsOf(side: Side): tf.Tensor3D {
  if (side.kind === "rows") return side.rows;
  return tf.cast(tf.oneHot(side.indices, side.depth), "float32") as tf.Tensor3D;
}

/** [B·T rows, width] as [B, T, width]. */
function byExample(rows: tf.Tensor, batchSize: number, width = rows.shape.at(-1) ?? 1): tf.Tensor3D {
  return tf.reshape(rows, [batchSize, rows.size / batchSize / width, width]);
}

function sumOfSquares(rows: tf.Tensor3D): tf.Tensor1D {
  return tf.sum(tf.square(rows), [1, 2]);
}

/** What each window of a convolution sees, [B, h', w', h·w·channels], in the order of the filter. */
function patchesOf({ input, error, attributes }: CapturedConvolution): tf.Tensor4D {
  const { filterShape, strides, pad, dilations, dimRoundingMode } = attributes;
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } =
    tf.backend_util.computeConv2DInfo(
      input.shape,
      [...filterShape],
      strides,
      dilations,
      pad,
      dimRoundingMode,
    );
  const padded = tf.pad(input, [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ]);
  const [batchSize, height, width] = error.shape;
  const [filterHeight, filterWidth, channels] = filterShape;
  const taps = Array.from({ length: filterHeight * filterWidth }, (_, tap) => {
    const top = Math.floor(tap / filterWidth) * dilationHeight;
    const left = (tap % filterWidth) * dilationWidth;
    return tf.stridedSlice(
      padded,
      [0, top, left, 0],
      [batchSize, top + (height - 1) * strideHeight + 1, left + (width - 1) * strideWidth + 1, channels],
      [1, strideHeight, strideWidth, 1],
    ) as tf.Tensor4D;
  });
  return tf.concat(taps, 3);
}

/** Numbers that the patches of one chunk may hold: 64 MB. */
const MAXIMUM_PATCHES = 2 ** 24;

/** The same in chunks of examples, where the patches of a convolution would take too much memory at once. */
export function cutExamples(captured: CapturedVariable): readonly CapturedVariable[] {
  const [entry, ...others] = captured.entries;
  if (entry?.kind !== "convolution" || others.length > 0) return [captured];
  const [height, width, channels] = entry.attributes.filterShape;
  const perExample =
    (entry.error.size / captured.batchSize / (entry.error.shape[3] || 1)) * height * width * channels;
  const size = Math.max(1, Math.floor(MAXIMUM_PATCHES / perExample));
  return Array.from({ length: Math.ceil(captured.batchSize / size) }, (_, index) => {
    const start = index * size;
    const count = Math.min(size, captured.batchSize - start);
    const input = tf.slice(entry.input, start, count);
    const error = tf.slice(entry.error, start, count);
    return { ...captured, batchSize: count, entries: [{ ...entry, input, error }] };
  });
}
