/**
 * The gradients of single examples where nothing is known of an operation but in which rows of its result the examples
 * lie: its own gradient, of an error in which all other examples are 0, once for each example.
 */
import * as tf from "@tensorflow/tfjs";
import type { CapturedGradients } from "./capture.ts";
import type { CaptureSite } from "./capture-entry.ts";
import type { TapeNode } from "./engine.ts";
import { multiplyOverlay, product } from "./place.ts";
import { lazyGradients } from "./products.ts";

/** Numbers that the gradients of all examples may hold together: 128 MB. */
const MAXIMUM_GRADIENTS = 2 ** 25;

/** Undefined where the gradients would take too much memory. */
export function captureGradients({
  entry,
  input,
  variable,
  producers,
}: CaptureSite): ((error: tf.Tensor) => CapturedGradients) | undefined {
  const { node, examples } = entry;
  const parameter = node.inputs[input];
  if (parameter === undefined || examples.count * product(variable.shape) > MAXIMUM_GRADIENTS)
    return undefined;
  return (error) => ({
    kind: "gradients",
    gradients: tf.stack(
      Array.from({ length: examples.count }, (_, example) =>
        tf.tidy(() => {
          const own = Float32Array.from({ length: examples.count }, (__, row) => (row === example ? 1 : 0));
          const masked = multiplyOverlay(error, { values: own, examples, units: undefined }, (shape) =>
            tf.tensor(own, shape),
          );
          const gradient = lazyGradients(node, [masked])[input]?.();
          if (gradient === undefined)
            throw new Error(`tfjs gives no gradient for an input of \`${node.kernelName}\``);
          return pullBack(gradient, parameter, variable, producers);
        }),
      ),
    ),
  });
}

/** What an error of something that is made of variables alone comes to for one of them, in the variable's shape. */
function pullBack(
  error: tf.Tensor,
  from: tf.Tensor,
  variable: tf.Tensor,
  producers: CaptureSite["producers"],
): tf.Tensor {
  const errors = new Map([[from.id, error]]);
  for (const node of makersOf(from, variable, producers)) {
    const own = node.outputs.map((output) => errors.get(output.id) ?? tf.zeros(output.shape));
    const gradients = node.gradient(own);
    for (const [name, tensor] of Object.entries(node.inputs)) {
      if (tensor.id !== variable.id && !producers.has(tensor.id)) continue;
      const gradient = gradients[name]?.();
      if (gradient === undefined) continue;
      const before = errors.get(tensor.id);
      errors.set(tensor.id, before === undefined ? gradient : tf.add(before, gradient));
    }
  }
  return tf.reshape(errors.get(variable.id) ?? tf.zeros(variable.shape), variable.shape);
}

/** The nodes between a variable and what is made of it, the last first. */
function makersOf(
  made: tf.Tensor,
  variable: tf.Tensor,
  producers: CaptureSite["producers"],
): readonly TapeNode[] {
  const found = new Map<number, TapeNode>();
  const waiting = [made];
  for (let tensor = waiting.pop(); tensor !== undefined; tensor = waiting.pop()) {
    const node = tensor.id === variable.id ? undefined : producers.get(tensor.id);
    if (node === undefined || found.has(node.id)) continue;
    found.set(node.id, node);
    waiting.push(...Object.values(node.inputs));
  }
  return [...found.values()].sort((left, right) => right.id - left.id);
}
