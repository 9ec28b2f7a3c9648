/**
 * Sum over the leading axes, which is the gradient of every bias. Stock transposes first, so that what it adds up lies
 * together; here rows are added to each other as they lie, in half the time. Sums of nothing are 0, which stock leaves
 * to what the memory held before. Other sums are left to stock.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";

export const sum: ComposedKernel = composed<Inputs<"x">, tf.SumAttrs>(
  ({ backend, run, stock }, { x }, attributes) => {
    const axes = tf.util.parseAxisParam(attributes.axis, x.shape).sort((left, right) => left - right);
    // Nothing but axes of length 1 is kept in front of them.
    const isLeading =
      axes.length < x.shape.length &&
      x.shape.slice(0, axes.at(-1) ?? 0).every((length, axis) => length === 1 || axes.includes(axis));
    const isEmpty = x.shape.includes(0);
    if (!isEmpty && (!isLeading || x.dtype !== "float32")) return stock({ x }, attributes);
    const [kept] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = attributes.keepDims ? tf.backend_util.expandShapeToKeepDim(kept, axes) : kept;
    const result = run(tf.Fill, {}, { shape, value: 0, dtype: x.dtype });
    if (isEmpty) return result;
    // A view of the heap lasts until the next allocation: none happens below.
    const values = backend.typedArrayFromHeap(x);
    const width = tf.util.sizeFromShape(kept);
    // In float64, and rounded once: thousands of rows are common.
    const sums = new Float64Array(width);
    for (let start = 0; start < values.length; start += width) {
      for (let column = 0; column < width; column++) {
        sums[column] = (sums[column] ?? 0) + (values[start + column] ?? 0);
      }
    }
    backend.typedArrayFromHeap(result).set(sums);
    return result;
  },
);
