/**
 * What each example of a batch asks of a variable, ⟨∂ℓ_i/∂θ, v⟩ and ‖∂ℓ_i/∂θ‖², from the inputs and errors that one
 * pass captured, without a backward pass for each example (the ghost dot product: Goodfellow 2015; In-Run Data Shapley,
 * Wang et al. 2024).
 */
import * as tf from "@tensorflow/tfjs";
import type { UnitInterval } from "../model/network.ts";
import { cutUnits } from "./bands.ts";
import {
  type Columns,
  cutExamples,
  exampleGradients,
  factorsOf,
  joinFactors,
  squaredNorms,
} from "./influence-factors.ts";
import type { CapturedEntry, CapturedVariable } from "./tape/capture.ts";

/**
 * ⟨∂ℓ_i/∂θ, v⟩ for each example i, by one product or convolution of the size of the forward pass.
 *
 * @param vector v, in the shape of the variable.
 * @param units Restricts the inner product to these units of the variable.
 * @returns [B], float32, within 1e-5 · ‖∂ℓ_i/∂θ‖ · ‖v‖ of per-example backward passes.
 */
export function exampleDots(
  captured: CapturedVariable,
  vector: tf.Tensor,
  units: "whole" | UnitInterval = "whole",
): tf.Tensor1D {
  return tf.tidy(() => {
    const direction = keepUnits(vector, captured, units);
    const dots = captured.entries.map((entry) => dotsOf(entry, direction, captured.batchSize));
    return dots.length === 0 ? tf.zeros([captured.batchSize]) : tf.addN(dots);
  });
}

/**
 * ⟨∂ℓ_i/∂θ, Σ_j ∂ℓ_j/∂θ⟩ for each example i: against the gradient of the batch itself. Two ways need no such gradient,
 * and are taken where they are cheaper: for a product the Gram form, Σ_j (a_i·a_j)(δ_i·δ_j); and where an example uses
 * the matrix at many places, as in a sequence, the gradients of the single examples.
 *
 * @param gradient Gives Σ_j ∂ℓ_j/∂θ in the shape of the variable, where it is needed; it stays the caller's.
 * @param gramOf Gives A Aᵀ of the inputs of a product, [B, width] to [B, B]; whoever asks about several slices of units,
 *   or about layers of one input, may keep it.
 * @returns [B], float32, within 1e-5 · ‖∂ℓ_i/∂θ‖ · ‖Σ_j ∂ℓ_j/∂θ‖ of per-example backward passes.
 */
export function exampleBatchDots(
  captured: CapturedVariable,
  gradient: () => tf.Tensor,
  units: "whole" | UnitInterval = "whole",
  gramOf: GramOf = (inputs) => tf.matMul(inputs, inputs, false, true),
): tf.Tensor1D {
  return tf.tidy(
    () =>
      gramDots(captured, units, gramOf) ??
      gradientDots(captured, units) ??
      exampleDots(captured, gradient(), units),
  );
}

export type GramOf = (inputs: tf.Tensor2D) => tf.Tensor2D;

/** Numbers that the gradients of the examples may hold together: 64 MB. */
const MAXIMUM_GRADIENTS = 2 ** 24;

/** Places of an example from which on its gradient costs less to make than to do without. */
const MANY_PLACES = 4;

/** Undefined where the gradients would be large, or cheap to do without. */
function gradientDots(captured: CapturedVariable, units: "whole" | UnitInterval): tf.Tensor1D | undefined {
  const { entries, batchSize, shape } = captured;
  // Those of a convolution cost more than its two kernels do: each has to have its patches laid out.
  const places = entries.map((entry) =>
    entry.kind === "product" ? entry.error.size / (entry.error.shape.at(-1) ?? 1) / batchSize : 0,
  );
  if (places.length === 0 || Math.min(...places) < MANY_PLACES) return undefined;
  if (batchSize * tf.util.sizeFromShape([...shape]) > MAXIMUM_GRADIENTS) return undefined;
  const factors = joinFactors(entries.map((entry) => factorsOf(entry, captured)));
  const gradients = exampleGradients(factors, unitColumns(captured, units));
  return tf.sum(tf.mul(gradients, tf.sum(gradients, 0, true)), [1, 2]);
}

/** Undefined where the rows of the one product are not the examples, or where another way is cheaper. */
function gramDots(
  { entries, batchSize, shape, unitAxis }: CapturedVariable,
  units: "whole" | UnitInterval,
  gramOf: GramOf,
): tf.Tensor1D | undefined {
  const [entry] = entries;
  if (entries.length !== 1 || entry?.kind !== "product" || entry.orientation !== "plain") return undefined;
  const { input, error } = entry;
  const [rows, columns] = [input.shape.at(-1) ?? 1, error.shape.at(-1) ?? 1];
  const isCut = units !== "whole" && unitAxis !== undefined;
  if (input.size !== batchSize * rows || (isCut && unitAxis !== shape.length - 1)) return undefined;
  const counted = isCut ? units.high - units.low + 1 : columns;
  // B² numbers for each column of a and δ, against a product for the gradient and one against it.
  if (batchSize * (rows + counted) >= 2 * rows * columns) return undefined;
  // As it is where it can be: on the native backend, what is reshaped is another tensor.
  const inputs: tf.Tensor2D =
    input.rank === 2 ? (input as tf.Tensor2D) : tf.reshape(input, [batchSize, rows]);
  const errors = tf.reshape(error, [batchSize, columns]);
  const own = isCut ? tf.slice(errors, [0, units.low], [batchSize, counted]) : errors;
  return tf.sum(tf.mul(gramOf(inputs), tf.matMul(own, own, false, true)), 1);
}

/**
 * ‖∂ℓ_i/∂θ‖² for each example i; where layers share the variable, of the sum of what each contributes.
 *
 * @param units Restricts the norm to these units of the variable.
 * @returns [B], float32, relative error below 1e-5.
 */
export function exampleSquaredNorms(
  captured: CapturedVariable,
  units: "whole" | UnitInterval = "whole",
): tf.Tensor1D {
  return tf.tidy(() => {
    if (captured.entries.length === 0) return tf.zeros([captured.batchSize]);
    if (captured.entries.some(({ kind }) => kind === "gradients")) return wholeSquaredNorms(captured, units);
    const chunks = cutExamples(captured).map((chunk) =>
      tf.tidy(() => {
        const factors = joinFactors(chunk.entries.map((entry) => factorsOf(entry, chunk)));
        return squaredNorms(factors, unitColumns(chunk, units));
      }),
    );
    return tf.concat(chunks);
  });
}

/** Of the gradients themselves, where some are there already. */
function wholeSquaredNorms(captured: CapturedVariable, units: "whole" | UnitInterval): tf.Tensor1D {
  const { entries, batchSize, shape, unitAxis } = captured;
  const whole = [batchSize, ...shape];
  const gradients = tf.addN(
    entries.map((entry) =>
      tf.reshape(
        entry.kind === "gradients"
          ? entry.gradients
          : exampleGradients(factorsOf(entry, captured), undefined),
        whole,
      ),
    ),
  );
  const own =
    units === "whole" || unitAxis === undefined ? gradients : cutUnits(gradients, unitAxis + 1, units);
  return tf.sum(tf.square(tf.reshape(own, [batchSize, own.size / batchSize])), 1);
}

/** The side of the variable's matrix layout whose columns are its units, and which of them count. */
function unitColumns(
  { shape, unitAxis }: CapturedVariable,
  units: "whole" | UnitInterval,
): Columns | undefined {
  if (units === "whole" || unitAxis === undefined) return undefined;
  return { side: unitAxis === shape.length - 1 ? "right" : "left", columns: units };
}

/** v with 0 in place of all other units. */
function keepUnits(
  vector: tf.Tensor,
  { shape, unitAxis }: CapturedVariable,
  units: "whole" | UnitInterval,
): tf.Tensor {
  if (units === "whole" || unitAxis === undefined) return vector;
  const count = shape[unitAxis] ?? 0;
  const kept = Array.from({ length: count }, (_, unit) => (unit >= units.low && unit <= units.high ? 1 : 0));
  return tf.mul(
    vector,
    tf.tensor(
      kept,
      shape.map((_, axis) => (axis === unitAxis ? count : 1)),
    ),
  );
}

type DotRule<Entry extends CapturedEntry> = (
  entry: Entry,
  vector: tf.Tensor,
  batchSize: number,
) => tf.Tensor1D;

const DOT_RULES: {
  readonly [Kind in CapturedEntry["kind"]]: DotRule<Extract<CapturedEntry, { kind: Kind }>>;
} = {
  product: ({ input, error, orientation }, vector, batchSize) => {
    const [left, right] = orientation === "plain" ? [input, error] : [error, input];
    const [rows, columns] = [left.shape.at(-1) ?? 1, right.shape.at(-1) ?? 1];
    const matrix = tf.reshape(vector, [rows, columns]);
    // ⟨LᵀR, V⟩ = Σ (L V) ⊙ R = Σ (R Vᵀ) ⊙ L: the one whose product is the smaller.
    return columns <= rows
      ? innerProducts(tf.matMul(tf.reshape(left, [-1, rows]), matrix), right, batchSize)
      : innerProducts(tf.matMul(tf.reshape(right, [-1, columns]), matrix, false, true), left, batchSize);
  },
  addition: ({ error }, vector, batchSize) => {
    const count = error.size / vector.size;
    const rows = tf.reshape(error, [count, vector.size]);
    const alignments = tf.matMul(rows, tf.reshape(vector, [vector.size, 1]));
    return tf.sum(tf.reshape(alignments, [batchSize, count / batchSize]), 1);
  },
  convolution: ({ input, error, attributes }, vector, batchSize) => {
    const { filterShape, strides, pad, dilations, dimRoundingMode } = attributes;
    const filter = tf.reshape(vector, [...filterShape]) as tf.Tensor4D;
    const response = tf.conv2d(input, filter, strides, pad, "NHWC", dilations, dimRoundingMode);
    return innerProducts(response, error, batchSize);
  },
  gradients: ({ gradients }, vector, batchSize) =>
    tf.reshape(
      tf.matMul(tf.reshape(gradients, [batchSize, vector.size]), tf.reshape(vector, [vector.size, 1])),
      [batchSize],
    ),
  lookup: ({ indices, error }, vector, batchSize) =>
    innerProducts(tf.gather(vector, tf.reshape(indices, [-1])), error, batchSize),
};

function dotsOf(entry: CapturedEntry, vector: tf.Tensor, batchSize: number): tf.Tensor1D {
  // The table has a rule for each kind; the kind of this entry picks its own.
  const rule = DOT_RULES[entry.kind] as DotRule<CapturedEntry>;
  return rule(entry, vector, batchSize);
}

/** Σ left ⊙ right over all of an example's numbers. */
function innerProducts(left: tf.Tensor, right: tf.Tensor, batchSize: number): tf.Tensor1D {
  const shape: [number, number] = [batchSize, left.size / batchSize];
  return tf.sum(tf.mul(tf.reshape(left, shape), tf.reshape(right, shape)), 1);
}
