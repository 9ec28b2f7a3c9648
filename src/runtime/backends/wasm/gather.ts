/**
 * GatherV2, which embeddings look words up with and every batch is drawn by. Stock finds the place of every element by
 * itself, which takes a batch of images some thirty times longer than to copy it; here slices are copied.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";

export const gather: ComposedKernel = composed<Inputs<"x" | "indices">, tf.GatherV2Attrs>(
  ({ backend, stock }, { x, indices }, attributes) => {
    if (x.dtype === "string") return stock({ x, indices }, attributes);
    const [axis = 0] = tf.util.parseAxisParam(attributes.axis, x.shape);
    // It reads the shapes only.
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      tf.backend_util.segment_util.collectGatherOpShapeInfo(
        x as tf.Tensor,
        indices as tf.Tensor,
        axis,
        attributes.batchDims,
      );
    const outside = backend
      .typedArrayFromHeap(indices)
      .find((index: number) => index < 0 || index >= dimSize);
    tf.util.assert(
      outside === undefined,
      () => `GatherV2: the index value ${outside} is not in [0, ${dimSize - 1}]`,
    );
    const result = backend.makeOutput(outputShape, x.dtype);
    // Views of the heap last until the next allocation: none happens below.
    const chosen = backend.typedArrayFromHeap(indices);
    const source = backend.typedArrayFromHeap(x);
    const target = backend.typedArrayFromHeap(result);
    const count = chosen.length / batchSize;
    let written = 0;
    for (let batch = 0; batch < batchSize; batch++) {
      for (let outer = 0; outer < outerSize; outer++) {
        const start = (batch * outerSize + outer) * dimSize;
        for (let position = batch * count; position < (batch + 1) * count; position++) {
          const from = (start + (chosen[position] ?? 0)) * sliceSize;
          if (sliceSize === 1) target[written] = source[from] ?? 0;
          else target.set(source.subarray(from, from + sliceSize), written);
          written += sliceSize;
        }
      }
    }
    return result;
  },
);
