import * as tf from "@tensorflow/tfjs";
import { runKernel } from "./tape/engine.ts";
import type { CapturedEntry, CapturedVariable } from "./tape/capture.ts";
import type { VariableMask } from "./tape/masks.ts";
import { product } from "./tape/place.ts";

/** The gradient under a policy, and the mask that made it of the examples' own. */
export interface RoutedGradient {
  /** In the shape of the variable; of nothing but examples. */
  readonly gradient: tf.Tensor;
  readonly mask: VariableMask;
}

/** Up to this share of the batch, it costs less to add what a mask kept out than to begin anew. */
const LARGEST_REST = 0.75;

/** Multiplications that must be spared, for what picking the examples out takes. */
const LEAST_SPARED = 2 ** 20;

/**
 * ∂ℓ/∂θ of the whole batch from what a pass captured, before any policy's mask.
 *
 * @param routed The pass's own gradient: where the mask lets most examples through, only what the others lack is
 *   computed and added to it.
 * @returns In the shape of the variable; float32, equal to a backward pass up to rounding.
 */
export function capturedGradient(captured: CapturedVariable, routed?: RoutedGradient): tf.Tensor {
  return tf.tidy(() => {
    if (routed?.mask.kind === "uniform" && routed.mask.factor === 1) return routed.gradient.clone();
    const rest = routed === undefined ? undefined : restOf(captured, routed.mask);
    return routed === undefined || rest === undefined
      ? sumOfEntries(captured)
      : tf.add(routed.gradient, sumOfEntries(rest));
  });
}

function sumOfEntries(captured: CapturedVariable): tf.Tensor {
  const shape = captured.shape.slice();
  const parts = captured.entries.map((entry) => tf.reshape(gradientOf(entry, captured), shape));
  return parts.length === 0 ? tf.zeros(shape) : tf.addN(parts);
}

/** What a mask took away, of the examples from which it took any; undefined where those are many, or not to be told. */
function restOf(captured: CapturedVariable, mask: VariableMask): CapturedVariable | undefined {
  if (mask.kind !== "examples" && mask.kind !== "table") return undefined;
  const { batchSize, shape, unitAxis, entries } = captured;
  const width = mask.weights.length / batchSize;
  const isCut = width > 1;
  const isByColumn = unitAxis === shape.length - 1 && entries.every(hasUnitsInError);
  if (isCut && !isByColumn) return undefined;
  const lacking = mask.weights.map((weight) => 1 - weight);
  // From an amplified gradient the rest would be subtracted, and its digits with it.
  if (lacking.some((share) => share < 0)) return undefined;
  const rows = Array.from({ length: batchSize }, (_, row) => row).filter((row) =>
    lacking.subarray(row * width, (row + 1) * width).some((share) => share > 0),
  );
  const part = rows.length / batchSize;
  const cost = entries.reduce((sum, entry) => sum + multiplicationsOf(entry), 0);
  if (part === 0 || part > LARGEST_REST || (1 - part) * cost < LEAST_SPARED) return undefined;
  const shares = tf.gather(tf.tensor2d(lacking, [batchSize, width]), rows);
  return {
    ...captured,
    batchSize: rows.length,
    entries: entries.map((entry) => takeExamples(entry, rows, shares, batchSize)),
  };
}

function multiplicationsOf(entry: CapturedEntry): number {
  switch (entry.kind) {
    case "product":
      return entry.error.size * (entry.input.shape.at(-1) ?? 1);
    case "convolution":
      return entry.error.size * product(entry.attributes.filterShape.slice(0, 3));
    case "addition":
    case "lookup":
      return entry.error.size;
    case "gradients":
      return entry.gradients.size;
  }
}

function hasUnitsInError(entry: CapturedEntry): boolean {
  return entry.kind !== "gradients" && (entry.kind !== "product" || entry.orientation === "plain");
}

/** An entry of some of the examples, its error times `shares`, [rows, 1] or [rows, units]. */
function takeExamples(
  entry: CapturedEntry,
  rows: number[],
  shares: tf.Tensor2D,
  batchSize: number,
): CapturedEntry {
  const take = <T extends tf.Tensor>(tensor: T): T => {
    const [count = 1, ...rest] = tensor.shape;
    const byExample = tf.reshape(tensor, [batchSize, tensor.size / batchSize]);
    return tf.reshape(tf.gather(byExample, rows), [(count / batchSize) * rows.length, ...rest]) as T;
  };
  const weigh = <T extends tf.Tensor>(error: T): T => {
    const [count, units] = shares.shape;
    const split = tf.reshape(error, [count, error.size / count / units, units]);
    return tf.reshape(tf.mul(split, tf.expandDims(shares, 1)), error.shape) as T;
  };
  switch (entry.kind) {
    case "product":
      return { ...entry, input: take(entry.input), error: weigh(take(entry.error)) };
    case "addition":
      return { ...entry, error: weigh(take(entry.error)) };
    case "convolution":
      return { ...entry, input: take(entry.input), error: weigh(take(entry.error)) };
    case "lookup":
      return { ...entry, indices: take(entry.indices), error: weigh(take(entry.error)) };
    case "gradients":
      return { ...entry, gradients: weigh(take(entry.gradients)) };
  }
}

type GradientRule<Entry extends CapturedEntry> = (entry: Entry, captured: CapturedVariable) => tf.Tensor;

const RULES: {
  readonly [Kind in CapturedEntry["kind"]]: GradientRule<Extract<CapturedEntry, { kind: Kind }>>;
} = {
  product: ({ input, error, orientation }) => {
    const [left, right] = orientation === "plain" ? [input, error] : [error, input];
    return tf.matMul(asRows(left), asRows(right), true, false);
  },
  addition: ({ error }, { shape }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.sum(tf.reshape(error, [error.size / size, size]), 0);
  },
  convolution: ({ input, error, attributes: { filterShape, strides, pad, dimRoundingMode } }) => {
    const rest = { strides, pad, dataFormat: "NHWC", dimRoundingMode, filterShape: [...filterShape] };
    // tfjs has no gradient of a dilated convolution, so that none is captured.
    return runKernel("Conv2DBackpropFilter", { x: input, dy: error }, rest);
  },
  gradients: ({ gradients }) => tf.sum(gradients, 0),
  lookup: ({ indices, error }, { shape }) => {
    const rows = shape[0] ?? 0;
    return tf.unsortedSegmentSum(asRows(error), tf.reshape(indices, [-1]) as tf.Tensor1D, rows);
  },
};

function gradientOf(entry: CapturedEntry, captured: CapturedVariable): tf.Tensor {
  // The table has a rule for each kind; the kind of this entry picks its own.
  const rule = RULES[entry.kind] as GradientRule<CapturedEntry>;
  return rule(entry, captured);
}

function asRows(tensor: tf.Tensor): tf.Tensor2D {
  return tf.reshape(tensor, [-1, tensor.shape.at(-1) ?? 1]);
}
