/**
 * Einsum of one or two tensors, which the wasm backend lacks. Two tensors meet in one batched matrix product: the
 * labels that both have and the result keeps count the matrices, those that both have and the result drops are the
 * inner side.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Workspace } from "./composition.ts";

export const einsum: ComposedKernel = composed<readonly tf.TensorInfo[], tf.EinsumAttrs>(
  (workspace, tensors, { equation }) => {
    // tfjs's own decoder refuses what no backend supports: ellipses, repeated labels, three tensors.
    const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, tensors.length);
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, [...tensors] as tf.Tensor[]);
    const [inputTerms = "", outputTerm = ""] = equation.replace(/\s/g, "").split("->");
    const operands = inputTerms.split(",").flatMap((labels, index) => {
      const tensor = tensors[index];
      return tensor === undefined ? [] : [{ tensor, labels: [...labels] }];
    });
    const [left, right] = operands;
    if (left === undefined) throw new Error(`einsum "${equation}" has no tensor`);
    const contracted =
      right === undefined
        ? sumOut(workspace, left, [...outputTerm])
        : contract(workspace, left, right, [...outputTerm]);
    return arrange(workspace, contracted, [...outputTerm]);
  },
);

/** A tensor with a letter for each axis. */
interface Labelled {
  readonly tensor: tf.TensorInfo;
  readonly labels: readonly string[];
}

function contract(
  workspace: Workspace,
  left: Labelled,
  right: Labelled,
  output: readonly string[],
): Labelled {
  const { run } = workspace;
  const a = sumOut(workspace, left, [...right.labels, ...output]);
  const b = sumOut(workspace, right, [...left.labels, ...output]);
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => output.includes(label));
  const inner = shared.filter((label) => !output.includes(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const product = run(
    tf.BatchMatMul,
    {
      a: asMatrices(workspace, a, batch, rows, inner),
      b: asMatrices(workspace, b, batch, inner, columns),
    },
    { transposeA: false, transposeB: false },
  );
  const labels = [...batch, ...rows, ...columns];
  const extents = labels.map((label) => extentOf(a, label) ?? extentOf(b, label) ?? 1);
  return { tensor: run(tf.Reshape, { x: product }, { shape: extents }), labels };
}

/** Sums over the axes whose label nobody else has. */
function sumOut({ run }: Workspace, operand: Labelled, kept: readonly string[]): Labelled {
  const axis = operand.labels.flatMap((label, index) => (kept.includes(label) ? [] : [index]));
  if (axis.length === 0) return operand;
  const tensor = run(tf.Sum, { x: operand.tensor }, { axis, keepDims: false });
  return { tensor, labels: operand.labels.filter((label) => kept.includes(label)) };
}

/** The axes in the order of `labels`; always a tensor of the workspace's own. */
function arrange({ run }: Workspace, operand: Labelled, labels: readonly string[]): tf.TensorInfo {
  const perm = labels.map((label) => operand.labels.indexOf(label));
  return run(tf.Transpose, { x: operand.tensor }, { perm });
}

function asMatrices(
  workspace: Workspace,
  operand: Labelled,
  batch: readonly string[],
  rows: readonly string[],
  columns: readonly string[],
): tf.TensorInfo {
  const x = arrange(workspace, operand, [...batch, ...rows, ...columns]);
  const shape = [batch, rows, columns].map((labels) =>
    labels.reduce((product, label) => product * (extentOf(operand, label) ?? 1), 1),
  );
  return workspace.run(tf.Reshape, { x }, { shape });
}

function extentOf({ tensor, labels }: Labelled, label: string): number | undefined {
  return tensor.shape[labels.indexOf(label)];
}
