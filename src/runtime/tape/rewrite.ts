import * as tf from "@tensorflow/tfjs";
import type { CapturedEntry } from "./capture.ts";
import type { EdgePlan, Flow, NodePlan } from "./edges.ts";
import type { InputGradients, Rewrite, TapeNode } from "./engine.ts";
import { multiplyOverlay, type Overlay } from "./place.ts";
import { lazyGradients, operandGradient, readProduct, savedOperands, squareError } from "./products.ts";

/** What carrying out the plans needs, and what it brings to light. */
export interface Workshop {
  /** An overlay's numbers as a tensor, made once. */
  readonly tensorOf: (values: Float32Array) => tf.Tensor;
  /** Keeps a tensor until the pass is over at the latest. */
  readonly hold: (tensor: tf.Tensor) => tf.Tensor;
  readonly captured: (variable: number, entry: CapturedEntry) => void;
}

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
      const masked = shareMasked(error, wantedErrors(followed, edges), workshop);
      return Object.fromEntries(
        followed.map(([name, tensor]) => {
          const edge = edges.get(name);
          if (edge === undefined) return [name, plain[name] ?? missing(node, name)];
          return [name, () => followEdge({ node, name, tensor, edge, error, masked, workshop })];
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
  readonly masked: (flow: Flow) => tf.Tensor;
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

function followFlow({ node, name, edge, masked, workshop }: EdgeWork, flow: Flow): tf.Tensor {
  const gradient =
    edge.operand === undefined
      ? gradientOf(node, name, masked(flow))
      : gradientOfMaskedOperand(node, name, masked(flow), edge.operand, workshop);
  return applyOverlays(gradient, flow.gradient, workshop);
}

function applyOverlays(tensor: tf.Tensor, overlays: readonly Overlay[], workshop: Workshop): tf.Tensor {
  return overlays.reduce(
    (rest, overlay) => multiplyOverlay(rest, overlay, workshop.tensorOf(overlay.values)),
    tensor,
  );
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
  const other = multiplyOverlay(isRight ? left : right, overlay, workshop.tensorOf(overlay.values));
  return operandGradient(operands, isRight ? "right" : "left", other, squareError(node, error));
}

function wantedErrors(
  followed: readonly (readonly [string, tf.Tensor])[],
  edges: ReadonlyMap<string, EdgePlan>,
): readonly (readonly Overlay[])[] {
  return followed.flatMap(([name]) => {
    const edge = edges.get(name);
    return edge === undefined || edge.isBlocked === true ? [] : edge.flows.map(({ error }) => error);
  });
}

/** The masked error, computed once for all flows that want the same, and let go with the last of them. */
function shareMasked(
  error: tf.Tensor,
  wanted: readonly (readonly Overlay[])[],
  workshop: Workshop,
): (flow: Flow) => tf.Tensor {
  const groups: { readonly overlays: readonly Overlay[]; waiting: number; tensor: tf.Tensor | undefined }[] =
    [];
  const findGroup = (overlays: readonly Overlay[]): (typeof groups)[number] | undefined =>
    groups.find((group) => equalOverlays(group.overlays, overlays));
  for (const overlays of wanted) {
    if (overlays.length === 0) continue;
    const group = findGroup(overlays);
    if (group === undefined) groups.push({ overlays, waiting: 1, tensor: undefined });
    else group.waiting += 1;
  }
  return (flow) => {
    const group = findGroup(flow.error);
    if (group === undefined) return error;
    const compute = (): tf.Tensor => applyOverlays(error, flow.error, workshop);
    group.waiting -= 1;
    if (group.waiting === 0) return group.tensor === undefined ? compute() : release(group.tensor);
    group.tensor ??= workshop.hold(tf.tidy(compute));
    return group.tensor;
  };
}

/** A copy of the handle that the tidy around may dispose, in place of the held one. */
function release(held: tf.Tensor): tf.Tensor {
  const handle = tf.reshape(held, held.shape);
  held.dispose();
  return handle;
}

function equalOverlays(left: readonly Overlay[], right: readonly Overlay[]): boolean {
  return left.length === right.length && left.every((overlay, index) => overlay === right[index]);
}

function missing(node: TapeNode, name: string): InputGradients[string] {
  return () => {
    throw new Error(`tfjs gives no gradient for the input \`${name}\` of \`${node.kernelName}\``);
  };
}
