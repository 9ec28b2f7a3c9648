/**
 * BatchMatMul. Stock multiplies with XNNPACK only when neither side is transposed and there is one matrix a side;
 * everything else, which is every gradient of a dense layer and every product of attention, runs through a scalar loop
 * some ten times slower. Here transposed sides are transposed first, and batches are multiplied matrix by matrix where
 * they lie, where that is quicker.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs, type Workspace } from "./composition.ts";
import { forgetPart, partOf } from "./heap-part.ts";

/** Below this many multiplications in one product, stock's loop is done before XNNPACK has packed its weights. */
const LOOP_WINS_BELOW = 4096;

export const batchMatMul: ComposedKernel = composed<Inputs<"a" | "b">, tf.BatchMatMulAttrs>(
  (workspace, { a, b }, { transposeA, transposeB }) => {
    const { run, stock } = workspace;
    const [left, right] = [sideOf(a, transposeA), sideOf(b, transposeB)];
    tf.util.assert(
      left.columns === right.rows,
      () =>
        `Error in matMul: inner shapes (${left.columns}) and (${right.rows}) of Tensors with shapes ${a.shape} and ` +
        `${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
    );
    const batch = tf.broadcast_util.assertAndGetBroadcastShape([...left.batch], [...right.batch]);
    const shape = [...batch, left.rows, right.columns];
    const multiplications = sizeOf(shape) * left.columns;
    if (multiplications === 0) return run(tf.Fill, {}, { shape, value: 0, dtype: "float32" });
    // One matrix on the right: all rows of all matrices on the left meet it in one product.
    const isFoldable = sizeOf(right.batch) === 1;
    const products = isFoldable ? 1 : sizeOf(batch);
    const loopWins = multiplications / products < LOOP_WINS_BELOW;
    // Stock counts through both batches together, which is no broadcasting.
    const loopIsRight = [left, right].every((side) => [1, sizeOf(batch)].includes(sizeOf(side.batch)));
    if (loopWins && loopIsRight) return stock({ a, b }, { transposeA, transposeB });

    const aMatrices = transposeA ? transposeMatrices(workspace, a) : a;
    const bMatrices = transposeB ? transposeMatrices(workspace, b) : b;
    if (!isFoldable) return multiplyEach(workspace, aMatrices, bMatrices, batch);
    return run(tf.Reshape, { x: multiplyFolded(workspace, aMatrices, bMatrices) }, { shape });
  },
);

/** Swaps the two last axes. */
export function transposeMatrices({ run }: Workspace, x: tf.TensorInfo): tf.TensorInfo {
  const rank = x.shape.length;
  const batchAxes = Array.from({ length: rank - 2 }, (_, axis) => axis);
  return run(tf.Transpose, { x }, { perm: [...batchAxes, rank - 1, rank - 2] });
}

interface Side {
  readonly batch: readonly number[];
  readonly rows: number;
  readonly columns: number;
}

/** What enters the product, after the transposition that is asked for. */
function sideOf(matrices: tf.TensorInfo, isTransposed: boolean): Side {
  const [rows = 1, columns = 1] = matrices.shape.slice(-2);
  const batch = matrices.shape.slice(0, -2);
  return isTransposed ? { batch, rows: columns, columns: rows } : { batch, rows, columns };
}

function multiplyFolded({ run, stock }: Workspace, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const [inner = 1, columns = 1] = b.shape.slice(-2);
  const rows = run(tf.Reshape, { x: a }, { shape: [1, sizeOf(a.shape) / inner, inner] });
  const matrix = run(tf.Reshape, { x: b }, { shape: [1, inner, columns] });
  return stock({ a: rows, b: matrix }, { transposeA: false, transposeB: false });
}

function multiplyEach(
  { backend, stock }: Workspace,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  batch: readonly number[],
): tf.TensorInfo {
  const [leftBatch, rightBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [leftShape, rightShape] = [
    [1, ...a.shape.slice(-2)],
    [1, ...b.shape.slice(-2)],
  ];
  const [rows = 1, columns = 1] = [a.shape.at(-2), b.shape.at(-1)];
  const result = backend.makeOutput([...batch, rows, columns], "float32");
  for (let index = 0; index < sizeOf(batch); index++) {
    const leftStart = sourceIndex(index, batch, leftBatch) * sizeOf(leftShape);
    const rightStart = sourceIndex(index, batch, rightBatch) * sizeOf(rightShape);
    const left = partOf(backend, a, leftStart, leftShape);
    const right = partOf(backend, b, rightStart, rightShape);
    const product = stock({ a: left, b: right }, { transposeA: false, transposeB: false });
    // Views of the heap last until the next allocation: both are had anew for each product.
    backend.typedArrayFromHeap(result).set(backend.typedArrayFromHeap(product), index * rows * columns);
    forgetPart(backend, left);
    forgetPart(backend, right);
  }
  return result;
}

/** Where entry `index` of the broadcast batch comes from in a batch of shape `source`, aligned at the last axis. */
function sourceIndex(index: number, batch: readonly number[], source: readonly number[]): number {
  let [rest, stride, result] = [index, 1, 0];
  for (let back = 1; back <= batch.length; back++) {
    const extent = batch.at(-back) ?? 1;
    const sourceExtent = source.at(-back) ?? 1;
    if (sourceExtent > 1) result += (rest % extent) * stride;
    rest = Math.floor(rest / extent);
    stride *= sourceExtent;
  }
  return result;
}

function sizeOf(shape: readonly number[]): number {
  return tf.util.sizeFromShape([...shape]);
}
