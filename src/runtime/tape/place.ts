import * as tf from "@tensorflow/tfjs";

/**
 * Where something is counted along an axis of a tensor (the examples of a batch, the units of a layer): the axis runs
 * over [outer, count, inner] in row-major order, so that [B·T, d] with T rows for each example has inner = T.
 */
export interface Place {
  readonly axis: number;
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

export function wholeAxis(shape: readonly number[], axis: number): Place {
  return { axis, outer: 1, count: shape[axis] ?? 1, inner: 1 };
}

export function sameOverlay(left: Overlay, right: Overlay): boolean {
  if (left.values !== right.values || !samePlace(left.examples, right.examples)) return false;
  if (left.units === undefined || right.units === undefined) return left.units === right.units;
  return samePlace(left.units, right.units);
}

export function samePlace(left: Place, right: Place): boolean {
  return (
    left.axis === right.axis &&
    left.outer === right.outer &&
    left.count === right.count &&
    left.inner === right.inner
  );
}

/** Where the same things are counted after a reshape in row-major order; undefined where an axis cuts through them. */
export function reshapePlace(
  place: Place,
  from: readonly number[],
  to: readonly number[],
): Place | undefined {
  const before = product(from.slice(0, place.axis)) * place.outer;
  const after = place.inner * product(from.slice(place.axis + 1));
  const candidates = to.flatMap((length, axis) => {
    const outer = before / product(to.slice(0, axis));
    const inner = after / product(to.slice(axis + 1));
    const fits = Number.isInteger(outer) && Number.isInteger(inner) && length === outer * place.count * inner;
    return fits ? [{ axis, outer, count: place.count, inner }] : [];
  });
  // With more than one thing to count at most one axis fits; with one, all tell the same.
  return candidates[0];
}

/** Numbers for each example, [B], or for each example and unit, [B, units], laid over a tensor. */
export interface Overlay {
  readonly values: Float32Array;
  readonly examples: Place;
  readonly units: Place | undefined;
}

/**
 * The tensor times the overlay's `values`.
 *
 * @param tensorOf Gives the values, B or B·units of them, as a tensor of a shape that holds as many.
 */
export function multiplyOverlay(
  tensor: tf.Tensor,
  { examples, units }: Overlay,
  tensorOf: (shape: number[]) => tf.Tensor,
): tf.Tensor {
  const rows = product(tensor.shape.slice(0, examples.axis)) * examples.outer;
  const batch = examples.count;
  if (units === undefined) return multiplyBroadcast(tensor, tensorOf, [{ free: rows }, { counted: batch }]);
  const columns = product(tensor.shape.slice(0, units.axis)) * units.outer;
  if (examples.axis < units.axis) {
    const between = columns / rows / batch;
    return multiplyBroadcast(tensor, tensorOf, [
      { free: rows },
      { counted: batch },
      { free: between },
      { counted: units.count },
    ]);
  }
  const between = rows / columns / units.count;
  const transposed = (shape: number[]): tf.Tensor =>
    inShape(tf.transpose(tensorOf([batch, units.count])), shape);
  return multiplyBroadcast(tensor, transposed, [
    { free: columns },
    { counted: units.count },
    { free: between },
    { counted: batch },
  ]);
}

/** A stretch of a tensor's elements: every number of it gets the same factor, or each its own. */
type Stretch = { readonly free: number } | { readonly counted: number };

/** Multiplies in as few axes as the stretches need: backends are fastest, and agree most, on low ranks. */
function multiplyBroadcast(
  tensor: tf.Tensor,
  tensorOf: (shape: number[]) => tf.Tensor,
  leading: readonly Stretch[],
): tf.Tensor {
  const used = product(leading.map((stretch) => ("free" in stretch ? stretch.free : stretch.counted)));
  const stretches = [...leading, { free: tensor.size / used }].filter(
    (stretch) => "counted" in stretch || stretch.free > 1,
  );
  const split = stretches.map((stretch) => ("free" in stretch ? stretch.free : stretch.counted));
  const factors = stretches.map((stretch) => ("free" in stretch ? 1 : stretch.counted));
  return inShape(tf.mul(inShape(tensor, split), tensorOf(factors)), tensor.shape);
}

/** Without a kernel where it has the shape already: in a step of a small network these are felt. */
function inShape(tensor: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.util.arraysEqual(tensor.shape, shape) ? tensor : tf.reshape(tensor, shape);
}

/** Rows with all of an example's in one piece, [B·rows, width]; `width` counts the last axes together. */
export function exampleMajor(tensor: tf.Tensor, place: Place, width: number): tf.Tensor {
  const rows = product(tensor.shape.slice(0, place.axis)) * place.outer;
  if (rows === 1) return tf.reshape(tensor, [tensor.size / width, width]);
  const split = tf.reshape(tensor, [rows, place.count, tensor.size / rows / place.count]);
  return tf.reshape(tf.transpose(split, [1, 0, 2]), [tensor.size / width, width]);
}

export function product(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total * length, 1);
}
