import * as tf from "@tensorflow/tfjs";
import { runKernel, type InputGradients, type TapeNode } from "./engine.ts";

/** A product of matrices, plain or fused with a bias: which inputs it multiplies, and how they lie. */
export interface Product {
  readonly left: string;
  readonly right: string;
  readonly bias: string | undefined;
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
}

/** Undefined for every other node, and for a product that is fused with an activation. */
export function readProduct(node: TapeNode): Product | undefined {
  if (node.kernelName === "BatchMatMul") {
    const { transposeA, transposeB } = node.attributes;
    return {
      left: "a",
      right: "b",
      bias: undefined,
      transposeLeft: transposeA === true,
      transposeRight: transposeB === true,
    };
  }
  const attributes = readFused(node, "fusedMatMul__op", "_FusedMatMul");
  if (attributes === undefined) return undefined;
  return {
    left: "0",
    right: "1",
    bias: "2" in node.inputs ? "2" : undefined,
    transposeLeft: attributes["transposeA"] === true,
    transposeRight: attributes["transposeB"] === true,
  };
}

/** The two matrices that a node multiplied, as it kept them. */
export function savedOperands(node: TapeNode): { readonly left: tf.Tensor; readonly right: tf.Tensor } {
  const [left, right] = node.saved;
  if (left === undefined || right === undefined)
    throw new Error(`tfjs did not keep the operands of \`${node.kernelName}\``);
  return { left, right };
}

/** The gradient of one operand of a product, from the error of its result and the other operand. */
export function operandGradient(
  { transposeLeft, transposeRight }: Product,
  side: "left" | "right",
  other: tf.Tensor,
  error: tf.Tensor,
): tf.Tensor {
  if (side === "left")
    return transposeLeft
      ? tf.matMul(other, error, transposeRight, true)
      : tf.matMul(error, other, false, !transposeRight);
  return transposeRight
    ? tf.matMul(error, other, true, transposeLeft)
    : tf.matMul(other, error, !transposeLeft, false);
}

/**
 * The node's gradients, each computed only when it is asked for. Those that tfjs fuses compute all at once, so theirs
 * are written out here (as in tfjs-core 4.22, ops/fused/).
 */
export function lazyGradients(node: TapeNode, errors: readonly tf.Tensor[]): InputGradients {
  const [error] = errors;
  if (error === undefined) return node.gradient(errors);
  const product = node.kernelName === "fusedMatMul__op" ? readProduct(node) : undefined;
  if (product !== undefined) {
    const { left, right } = savedOperands(node);
    const squared = (): tf.Tensor => squareError(node, error);
    return {
      [product.left]: () => operandGradient(product, "left", right, squared()),
      [product.right]: () => operandGradient(product, "right", left, squared()),
      ...(product.bias === undefined ? {} : { [product.bias]: () => sumTo(error, shapeOf(node, "2")) }),
    };
  }
  const convolution = readFused(node, "fusedConv2d__op", "FusedConv2D");
  if (convolution !== undefined && isUndilated(convolution["dilations"]))
    return convolutionGradients(node, convolution, error);
  return node.gradient(errors);
}

/** The error in the shape that a fused product worked in, which the saved result has. */
export function squareError(node: TapeNode, error: tf.Tensor): tf.Tensor {
  if (node.kernelName !== "fusedMatMul__op") return error;
  const result = node.saved[2];
  if (result === undefined) throw new Error("tfjs did not keep the result of `fusedMatMul__op`");
  return tf.reshape(error, result.shape);
}

/** The attributes of the fused kernel inside the operation, where nothing else is fused into it but a bias. */
export function readFused(
  node: TapeNode,
  operation: string,
  kernelName: string,
): Readonly<Record<string, unknown>> | undefined {
  if (node.kernelName !== operation) return undefined;
  const calls = node.calls.filter((call) => call.kernelName === kernelName);
  const attributes = calls.length === 1 ? calls[0]?.attributes : undefined;
  return attributes?.["activation"] === "linear" ? attributes : undefined;
}

function convolutionGradients(
  node: TapeNode,
  { strides, pad }: Readonly<Record<string, unknown>>,
  error: tf.Tensor,
): InputGradients {
  const [filter, images] = node.saved;
  if (filter === undefined || images === undefined)
    throw new Error("tfjs did not keep the operands of `fusedConv2d__op`");
  const dy = error.rank === 3 ? tf.expandDims(error) : error;
  const common = { strides, pad, dataFormat: "NHWC", dimRoundingMode: undefined };
  return {
    0: () => runKernel("Conv2DBackpropInput", { dy, filter }, { ...common, inputShape: images.shape }),
    1: () => runKernel("Conv2DBackpropFilter", { x: images, dy }, { ...common, filterShape: filter.shape }),
    ...("2" in node.inputs ? { 2: () => sumTo(error, shapeOf(node, "2")) } : {}),
  };
}

function isUndilated(dilations: unknown): boolean {
  return [dilations].flat().every((dilation) => dilation === 1);
}

/** The sum over the axes along which something of this shape was broadcast. */
function sumTo(error: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const offset = error.rank - shape.length;
  const broadcast = error.shape.flatMap((length, axis) =>
    axis < offset || (shape[axis - offset] === 1 && length !== 1) ? [axis] : [],
  );
  return tf.reshape(broadcast.length === 0 ? error : tf.sum(error, broadcast), [...shape]);
}

function shapeOf(node: TapeNode, input: string): readonly number[] {
  return node.inputs[input]?.shape ?? [];
}
