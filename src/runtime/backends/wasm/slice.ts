/** Slice. Stock copies the whole tensor out of the heap first, however little is cut from it; here only the piece. */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";

export const slice: ComposedKernel = composed<Inputs<"x">, tf.SliceAttrs>(
  ({ backend, stock }, { x }, attributes) => {
    if (x.dtype === "string") return stock({ x }, attributes);
    // It reads the shape only.
    const [begin = [], size = []] = tf.slice_util.parseSliceParams(
      x as tf.Tensor,
      attributes.begin,
      attributes.size,
    );
    const result = backend.makeOutput(size, x.dtype);
    // Views of the heap last until the next allocation: none happens below.
    const source = backend.typedArrayFromHeap(x);
    const target = backend.typedArrayFromHeap(result);
    const strides = x.shape.map((_, axis) => tf.util.sizeFromShape(x.shape.slice(axis + 1)));
    // Axes that are kept whole lie together with the one in front of them.
    const lastCut = x.shape.findLastIndex((extent, axis) => size[axis] !== extent);
    const runAxis = Math.max(lastCut, 0);
    const run = (size[runAxis] ?? 1) * (strides[runAxis] ?? 1);
    let written = 0;
    const copy = (axis: number, offset: number): void => {
      const start = offset + (begin[axis] ?? 0) * (strides[axis] ?? 1);
      if (axis === runAxis) {
        target.set(source.subarray(start, start + run), written);
        written += run;
        return;
      }
      for (let index = 0; index < (size[axis] ?? 1); index++)
        copy(axis + 1, start + index * (strides[axis] ?? 1));
    };
    if (target.length > 0) copy(0, 0);
    return result;
  },
);
