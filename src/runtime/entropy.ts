/**
 * How many directions a set of numbers really uses, as entropies. One convention throughout: 0 means one direction
 * (or none), and `normalized` divides by the largest value possible, so that 1 means all directions alike; where that
 * largest value is 0, because there is one direction only, the normalized entropy is 0.
 */
import * as tf from "@tensorflow/tfjs";
import type { Metric } from "../check/policy.ts";
import { singularValues } from "./linear-algebra.ts";

export type EntropyUnit = Extract<Metric, { readonly kind: "entropy" }>["unit"];

/**
 * The matrix-based Rényi entropy of order 2 of activations over a batch, S_2 = −ln(‖K‖_F² / (tr K)²) with K = Z Zᵀ
 * (Sánchez Giraldo, Rao and Príncipe 2015, with the linear kernel).
 *
 * @param activations [n, ...]: one row an example, flattened to [n, d]; the columns are centred over the batch here.
 * @returns In [0, ln min(n, d)] nats; relative error below 1e-3. 0 when all rows are equal, also for n = 1 or an empty
 *   tensor; NaN when an activation is not finite.
 */
export function representationEntropy(activations: tf.Tensor, unit: EntropyUnit): number {
  if (activations.size === 0) return 0;
  return tf.tidy(() => {
    const examples = activations.shape[0] ?? 1;
    const features = activations.size / examples;
    const rows = tf.cast(tf.reshape(activations, [examples, features]), "float32") as tf.Tensor2D;
    const centred: tf.Tensor2D = tf.sub(rows, tf.div(tf.sum(rows, 0, true), examples));
    const moments = spectralMoments(centred) ?? scaledMoments(centred);
    return renyi(moments) * natsTo(unit, Math.min(examples, features));
  });
}

/** Of the eigenvalues of Z Zᵀ. */
interface SpectralMoments {
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** Fourth powers in float32: outside of these bounds too many of them overflow or vanish. */
const [SMALLEST, LARGEST] = [1e-20, 1e38];

/** Undefined where float32 does not hold them. */
function spectralMoments(rows: tf.Tensor2D): SpectralMoments | undefined {
  const [examples, features] = rows.shape;
  // Z Zᵀ and Zᵀ Z share their eigenvalues other than 0: take the smaller one.
  const isWide = examples <= features;
  const sumOfSquares = sumOfSquared(tf.matMul(rows, rows, !isWide, isWide));
  // What is not finite is not between them either.
  const isHeld = sumOfSquares > SMALLEST && sumOfSquares < LARGEST;
  return isHeld ? { sum: sumOfSquared(rows), sumOfSquares } : undefined;
}

/** S_2 does not change with the scale; at scale 1 the numbers can be held. */
function scaledMoments(rows: tf.Tensor2D): SpectralMoments {
  const largest = tf.max(tf.abs(rows)).dataSync()[0] ?? 0;
  if (largest === 0) return { sum: 0, sumOfSquares: 0 };
  return spectralMoments(tf.div(rows, largest)) ?? { sum: Number.NaN, sumOfSquares: Number.NaN };
}

function sumOfSquared(tensor: tf.Tensor): number {
  return tf.sum(tf.square(tensor)).dataSync()[0] ?? 0;
}

/** In nats; a negative value is rounding on rank one. */
function renyi({ sum, sumOfSquares }: SpectralMoments): number {
  return sum === 0 ? 0 : Math.max(0, 2 * Math.log(sum) - Math.log(sumOfSquares));
}

/**
 * The spectral entropy of a kernel, H(σ / Σσ) over its singular values: the logarithm of its effective rank (Roy and
 * Vetterli 2007).
 *
 * @param kernel [..., d]: flattened to a matrix with one column a unit. Read from the device; computed in float64.
 * @returns In [0, ln min(rows, d)] nats; error below 1e-5. 0 for a kernel of zeros; NaN when a weight is not finite.
 */
export function weightEntropy(kernel: tf.Tensor, unit: EntropyUnit): number {
  if (kernel.size === 0) return 0;
  const columns = kernel.shape.at(-1) ?? 1;
  const rows = kernel.size / columns;
  const spectrum = singularValues({ rows, columns, values: kernel.dataSync() });
  return shannon(spectrum) * natsTo(unit, spectrum.length);
}

/**
 * The entropy of how a band's gradient energy is shared among the examples of a batch.
 *
 * @param energies One per example, ‖∂ℓ_i/∂θ_b‖² or anything in proportion to it; never negative.
 * @returns In [0, ln n] nats: 0 when one example has it all, or when there is none; NaN when an energy is not finite.
 */
export function gradientEntropy(energies: ArrayLike<number>, unit: EntropyUnit): number {
  return shannon(energies) * natsTo(unit, energies.length);
}

/** Of the shares of the parts in their sum, in nats. */
function shannon(parts: ArrayLike<number>): number {
  const values = Array.from(parts);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  if (!Number.isFinite(total)) return Number.NaN;
  const entropy = values
    .filter((value) => value !== 0)
    .map((value) => value / total)
    .reduce((sum, share) => sum - share * Math.log(share), 0);
  return Math.max(entropy, 0);
}

/** What nats are multiplied by to come into a unit, where so many directions are possible. */
export function natsTo(unit: EntropyUnit, directions: number): number {
  return UNITS[unit](directions);
}

const UNITS: Readonly<Record<EntropyUnit, (directions: number) => number>> = {
  nats: () => 1,
  bits: () => 1 / Math.LN2,
  normalized: (directions) => (directions > 1 ? 1 / Math.log(directions) : 0),
};
