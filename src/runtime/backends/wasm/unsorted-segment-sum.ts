/** UnsortedSegmentSum, the gradient of every embedding, which the wasm backend lacks: rows added up on the heap. */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";

export const unsortedSegmentSum: ComposedKernel = composed<
  Inputs<"x" | "segmentIds">,
  tf.UnsortedSegmentSumAttrs
>(({ backend, run }, { x, segmentIds }, { numSegments }) => {
  const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
  const sums = run(tf.Fill, {}, { shape, value: 0, dtype: x.dtype });
  // Views of the heap last until the next allocation: none happens below.
  const rows = backend.typedArrayFromHeap(x);
  const segments = backend.typedArrayFromHeap(segmentIds);
  const target = backend.typedArrayFromHeap(sums);
  const width = tf.util.sizeFromShape(shape.slice(1));
  for (const [row, segment] of segments.entries()) {
    // Rows of no segment are dropped, as on every backend.
    if (segment < 0 || segment >= numSegments) continue;
    for (let column = 0; column < width; column++) {
      const index = segment * width + column;
      target[index] = (target[index] ?? 0) + (rows[row * width + column] ?? 0);
    }
  }
  return sums;
});
