import * as tf from "@tensorflow/tfjs";
import type { EdgePlan, Flow, NodePlan } from "./edges.ts";
import type { InputGradients, Rewrite, TapeNode } from "./engine.ts";
import type { Overlay } from "./place.ts";
import { lazyGradients, operandGradient, readProduct, savedOperands, squareError } from "./products.ts";
import { applyOverlays, type Workshop } from "./workshop.ts";

/** The node as the plan wants it in the backward pass. */
export function rewriteNode(plan: NodePlan, workshop: Workshop): Rewrite {
  const { node, dropped, edges } = plan;
  const followed = Object.entries(node.inputs).filter(([name]) => !dropped.has(name));
  const isPlain = followed.some(([name]) => !edges.has(name));
  return {
    inputs: Object.fromEntries(followed),
    gradient: (errors) => {
      const [error] = errors;
      if (error === undefined) return node.gradient(errors);
      // Outside of the functions below: what a node computes for all its inputs at once outlives the first of them.
      const plain = isPlain ? lazyGradients(node, errors) : {};
      return Object.fromEntries(
        followed.map(([name, tensor]) => {
          const edge = edges.get(name);
          if (edge === undefined)
            return [name, passOn(plain[name] ?? missing(node, name), { node, tensor, error, workshop })];
          return [name, () => followEdge({ node, name, tensor, edge, error, workshop })];
        }),
      );
    },
  };
}

interface EdgeWork {
  readonly node: TapeNode;
  readonly name: string;
  readonly tensor: tf.Tensor;
  readonly edge: EdgePlan;
  readonly error: tf.Tensor;
  readonly workshop: Workshop;
}

function followEdge(work: EdgeWork): tf.Tensor {
  const { tensor, edge, error, workshop } = work;
  for (const { variable, capture } of edge.captures ?? []) workshop.captured(variable, capture(error));
  if (edge.isBlocked === true) return tf.zeros(tensor.shape);
  const gradients = edge.flows.map((flow) => followFlow(work, flow));
  const sum = gradients
    .slice(1)
    .reduce((total, gradient) => tf.add(total, gradient), gradients[0] ?? tf.zeros(tensor.shape));
  return edge.factor === undefined ? sum : tf.mul(sum, edge.factor);
}

function followFlow({ node, name, error, edge, workshop }: EdgeWork, flow: Flow): tf.Tensor {
  const masked = workshop.masked(error, flow.error);
  const gradient =
    edge.operand === undefined
      ? gradientOf(node, name, masked)
      : gradientOfMaskedOperand(node, name, masked, edge.operand, workshop);
  // What is handed on must not go when the masked error does.
  return applyOverlays(gradient === masked ? masked.clone() : gradient, flow.gradient, workshop);
}

/** What adds a bias hands its error on as it is: the mask of the product before need not be laid over it anew. */
function passOn(
  own: InputGradients[string],
  { node, tensor, error, workshop }: Pick<EdgeWork, "node" | "tensor" | "error" | "workshop">,
): InputGradients[string] {
  if (node.kernelName !== "Add" || !tf.util.arraysEqual(tensor.shape, error.shape)) return own;
  return () => {
    const handed = own();
    workshop.note(handed, error);
    return handed;
  };
}

function gradientOf(node: TapeNode, name: string, error: tf.Tensor): tf.Tensor {
  return (lazyGradients(node, [error])[name] ?? missing(node, name))();
}

/** For X·θ with the units of θ on the axis that is summed over: the mask goes onto X. */
function gradientOfMaskedOperand(
  node: TapeNode,
  name: string,
  error: tf.Tensor,
  overlay: Overlay,
  workshop: Workshop,
): tf.Tensor {
  const operands = readProduct(node);
  if (operands === undefined) return missing(node, name)();
  const { left, right } = savedOperands(node);
  const isRight = name === operands.right;
  const other = applyOverlays(isRight ? left : right, [overlay], workshop);
  return operandGradient(operands, isRight ? "right" : "left", other, squareError(node, error));
}

function missing(node: TapeNode, name: string): InputGradients[string] {
  return () => {
    throw new Error(`tfjs gives no gradient for the input \`${name}\` of \`${node.kernelName}\``);
  };
}
