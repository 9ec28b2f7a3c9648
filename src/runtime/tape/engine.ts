/**
 * The only file that reaches into tfjs. Between the forward and the backward pass its engine holds a tape of what was
 * computed; here the tape is read, with the attributes that tfjs itself leaves out, and nodes of it are replaced.
 * Written against 4.22; `test/gradients/contract.test.ts` fails when any of it changes.
 */
import * as tf from "@tensorflow/tfjs";

export type Attributes = Readonly<Record<string, unknown>>;

export interface KernelCall {
  readonly kernelName: string;
  readonly attributes: Attributes;
}

/** One gradient for each input, computed when asked for. */
export type InputGradients = Readonly<Record<string, () => tf.Tensor>>;

export interface TapeNode {
  readonly id: number;
  /** A kernel's name, or for an operation with a gradient of its own the name of its scope: `fusedMatMul__op`. */
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  /** What the forward pass kept for the gradient; alive until the backward pass is over, unlike the inputs. */
  readonly saved: readonly tf.Tensor[];
  readonly attributes: Attributes;
  /** The kernels that ran inside an operation with a gradient of its own. */
  readonly calls: readonly KernelCall[];
  readonly gradient: (errors: readonly tf.Tensor[]) => InputGradients;
}

/** Takes the place of a node in the backward pass. An input left out is not followed. */
export interface Rewrite {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly gradient: (errors: readonly tf.Tensor[]) => InputGradients;
}

export interface Differentiation {
  readonly loss: () => tf.Scalar;
  readonly variables: readonly tf.Variable[];
  /** Called between the passes with the nodes that lead to the loss, in the order of computation. */
  readonly rewrite: (tape: readonly TapeNode[], loss: tf.Scalar) => ReadonlyMap<number, Rewrite>;
}

/**
 * One forward and one backward pass. The results belong to the caller; a gradient is null where the loss does not
 * depend on the variable, or no longer does after the rewriting.
 */
export function differentiate(request: Differentiation): {
  readonly loss: tf.Scalar;
  readonly gradients: readonly (tf.Tensor | null)[];
} {
  const engine = openEngine();
  if (engine.state.gradientDepth !== 0)
    throw new Error("governed gradients cannot be taken inside another gradient");
  const recording = record(engine);
  try {
    const { value, grads } = engine.gradients(
      () => {
        const loss = request.loss();
        if (loss.rank !== 0) throw new TypeError(`the loss must be a scalar, not of shape [${loss.shape}]`);
        recording.stop();
        const tape = engine.state.activeTape ?? [];
        const rewrites = request.rewrite(readTape(tape, loss, recording.details), loss);
        tape.forEach((node, index) => {
          const rewrite = rewrites.get(node.id);
          if (rewrite !== undefined) tape[index] = { ...node, ...rewrite };
        });
        return loss;
      },
      request.variables,
      null,
      true,
    );
    return { loss: value as tf.Scalar, gradients: grads.map((gradient) => gradient ?? null) };
  } catch (error) {
    discardTape(engine);
    throw error;
  } finally {
    recording.stop();
  }
}

/** Runs a kernel for which tfjs has no public operation. */
export function runKernel(
  kernelName: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Attributes,
): tf.Tensor {
  return openEngine().runKernel(kernelName, inputs, attributes);
}

/** Computes something of tensors of a forward pass that the backward pass knows nothing of. */
export function offTape<T extends tf.Tensor>(compute: () => T): T {
  const { state } = openEngine();
  // As inside a kernel, where nothing is taped.
  state.kernelDepth += 1;
  try {
    return tf.tidy(compute);
  } finally {
    state.kernelDepth -= 1;
  }
}

interface Engine {
  readonly state: {
    activeTape?: RawNode[] | null;
    readonly gradientDepth: number;
    kernelDepth: number;
  };
  readonly gradients: (
    loss: () => tf.Tensor,
    variables: readonly tf.Variable[],
    error: null,
    allowNoGradients: true,
  ) => { readonly value: tf.Tensor; readonly grads: readonly (tf.Tensor | undefined)[] };
  readonly runKernel: (kernelName: string, inputs: unknown, attributes?: Attributes) => tf.Tensor;
  readonly addTapeNode: AddTapeNode;
}

type AddTapeNode = (
  kernelName: string,
  inputs: unknown,
  outputs: unknown,
  gradient: unknown,
  saved: unknown,
  attributes?: Attributes,
) => void;

interface RawNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor | null | undefined>>;
  readonly outputs: readonly tf.Tensor[];
  readonly saved: readonly tf.Tensor[];
  readonly gradient?: (errors: readonly tf.Tensor[]) => InputGradients;
}

interface NodeDetails {
  readonly attributes: Attributes;
  readonly calls: readonly KernelCall[];
}

function openEngine(): Engine {
  // tfjs declares these members private; that they are there is checked here, that they work by the contract test.
  const engine = tf.engine() as unknown as Engine;
  const methods = [engine.gradients, engine.runKernel, engine.addTapeNode];
  const depths = [engine.state.gradientDepth, engine.state.kernelDepth];
  if (
    methods.some((method) => typeof method !== "function") ||
    depths.some((depth) => typeof depth !== "number")
  )
    throw new Error(
      "this version of tfjs has another engine than 4.22: governed gradients do not work with it",
    );
  return engine;
}

/** Notes for each node what tfjs does not: its attributes, and the kernels run inside it. */
function record(engine: Engine): {
  readonly details: ReadonlyMap<number, NodeDetails>;
  readonly stop: () => void;
} {
  const details = new Map<number, NodeDetails>();
  const calls: KernelCall[] = [];
  const restoreKernels = override(engine, "runKernel", (original) => (kernelName, inputs, attributes) => {
    if (engine.state.kernelDepth > 0) calls.push({ kernelName, attributes: attributes ?? {} });
    return original.call(engine, kernelName, inputs, attributes);
  });
  const restoreNodes = override(engine, "addTapeNode", (original) => (...node) => {
    original.apply(engine, node);
    // Copies made to be saved are taped inside the kernel that saves them; they are no part of its own record.
    if (engine.state.kernelDepth > 0) return;
    const id = engine.state.activeTape?.at(-1)?.id;
    if (id !== undefined) details.set(id, { attributes: node[5] ?? {}, calls: calls.splice(0) });
  });
  return {
    details,
    stop: () => {
      restoreNodes();
      restoreKernels();
    },
  };
}

/** Puts an own property before the engine's method; the function returned takes it away, once. */
function override<Name extends "runKernel" | "addTapeNode">(
  engine: Engine,
  name: Name,
  wrap: (original: Engine[Name]) => Engine[Name],
): () => void {
  const before = Object.getOwnPropertyDescriptor(engine, name);
  const wrapped = wrap(engine[name]);
  Object.defineProperty(engine, name, { value: wrapped, configurable: true, writable: true });
  return () => {
    if (Object.getOwnPropertyDescriptor(engine, name)?.value !== wrapped) return;
    if (before === undefined) Reflect.deleteProperty(engine, name);
    else Object.defineProperty(engine, name, before);
  };
}

/** The nodes that lead to the loss, in order. */
function readTape(
  tape: readonly RawNode[],
  loss: tf.Tensor,
  details: ReadonlyMap<number, NodeDetails>,
): readonly TapeNode[] {
  const leading = new Set([loss.id]);
  const nodes: TapeNode[] = [];
  for (const node of [...tape].reverse()) {
    if (!node.outputs.some((output) => leading.has(output.id))) continue;
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).flatMap(([name, tensor]) =>
        tensor instanceof tf.Tensor ? [[name, tensor]] : [],
      ),
    );
    for (const tensor of Object.values(inputs)) leading.add(tensor.id);
    const { attributes, calls } = details.get(node.id) ?? { attributes: {}, calls: [] };
    const { id, kernelName, outputs, saved } = node;
    nodes.push({ id, kernelName, inputs, outputs, saved, attributes, calls, gradient: gradientOf(node) });
  }
  return nodes.reverse();
}

function gradientOf(node: RawNode): TapeNode["gradient"] {
  const { gradient, kernelName } = node;
  if (gradient !== undefined) return gradient;
  return () => {
    throw new Error(`tfjs has no gradient for \`${kernelName}\``);
  };
}

/** After an error tfjs leaves the tape as it is, with what the forward pass saved. */
function discardTape(engine: Engine): void {
  if (engine.state.gradientDepth !== 0) return;
  for (const node of engine.state.activeTape ?? []) tf.dispose([...node.saved]);
  engine.state.activeTape = null;
}
