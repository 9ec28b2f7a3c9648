/**
 * BatchMatMul. Stock multiplies with XNNPACK only when neither side is transposed and there is one matrix a side;
 * everything else, which is every gradient of a dense layer, runs through a scalar loop some fifteen times slower.
 * Here transposed sides are transposed first, and batches are multiplied matrix by matrix, where that is quicker.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs, type Workspace } from "./composition.ts";

/** Below this many multiplications in one product, stock's loop is done before XNNPACK has packed its weights. */
const LOOP_WINS_BELOW = 4096;
/** The same where each matrix of a batch has to be cut out, and the products put together again. */
const LOOP_WINS_IN_BATCH_BELOW = 32_768;

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
    const loopWins =
      multiplications / products < (products === 1 ? LOOP_WINS_BELOW : LOOP_WINS_IN_BATCH_BELOW);
    // Stock counts through both batches together, which is no broadcasting.
    const loopIsRight = [left, right].every((side) => [1, sizeOf(batch)].includes(sizeOf(side.batch)));
    if (loopWins && loopIsRight) return stock({ a, b }, { transposeA, transposeB });

    const aMatrices = transposeA ? transposeMatrices(workspace, a) : a;
    const bMatrices = transposeB ? transposeMatrices(workspace, b) : b;
    const multiply = isFoldable ? multiplyFolded : multiplyEach;
    const product = multiply(workspace, aMatrices, bMatrices, batch);
    return run(tf.Reshape, { x: product }, { shape });
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
  workspace: Workspace,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  batch: readonly number[],
): tf.TensorInfo {
  const { run, stock } = workspace;
  const [leftMatrices, rightMatrices] = [matricesOf(workspace, a), matricesOf(workspace, b)];
  const products = Array.from({ length: sizeOf(batch) }, (_, index) =>
    stock(
      {
        a: leftMatrices(sourceIndex(index, batch, a.shape.slice(0, -2))),
        b: rightMatrices(sourceIndex(index, batch, b.shape.slice(0, -2))),
      },
      { transposeA: false, transposeB: false },
    ),
  );
  return run(tf.Concat, products, { axis: 0 });
}

/** The matrices of a batch as [1, rows, columns], each cut out once. */
function matricesOf({ run }: Workspace, x: tf.TensorInfo): (index: number) => tf.TensorInfo {
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const count = sizeOf(x.shape.slice(0, -2));
  const stack = run(tf.Reshape, { x }, { shape: [count, rows, columns] });
  const matrices = Array.from({ length: count }, (_, index) =>
    run(tf.Slice, { x: stack }, { begin: [index, 0, 0], size: [1, rows, columns] }),
  );
  return (index) => {
    const matrix = matrices[index];
    if (matrix === undefined) throw new Error(`no matrix ${index} in a batch of ${count}`);
    return matrix;
  };
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
