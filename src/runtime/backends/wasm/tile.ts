/** Tile. Stock finds the place of every element by itself, and aborts on strings; here runs of elements are copied. */
import * as tf from "@tensorflow/tfjs";
import { repeatedBlocks, type RepeatedBlock } from "../repeated-blocks.ts";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";

type Elements = Float32Array | Int32Array | Uint8Array;

export const tile: ComposedKernel = composed<Inputs<"x">, tf.TileAttrs>(({ backend }, { x }, { reps }) => {
  const shape = x.shape.map((length, axis) => length * (reps[axis] ?? 1));
  const blocks = repeatedBlocks(x.shape, reps);
  if (x.dtype === "string") {
    // Strings are no part of the heap: what is repeated is their numbers.
    const texts = backend.readSync(x.dataId) as Uint8Array[];
    const numbers = new Int32Array(tf.util.sizeFromShape(shape));
    writeBlocks(blocks, Int32Array.from(texts.keys()), numbers);
    const repeated = Array.from(numbers, (number) => texts[number] ?? new Uint8Array());
    return backend.makeOutput(shape, x.dtype, undefined, repeated);
  }
  const result = backend.makeOutput(shape, x.dtype);
  // Views of the heap last until the next allocation: none happens below.
  writeBlocks(blocks, backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(result));
  return result;
});

function writeBlocks(blocks: readonly RepeatedBlock[], source: Elements, target: Elements): void {
  if (target.length === 0) return;
  let [read, written] = [0, 0];
  const write = (depth: number): void => {
    const { repeats, length } = blocks[depth] ?? { repeats: 1, length: 1 };
    const start = written;
    if (depth < blocks.length - 1) for (let index = 0; index < length; index++) write(depth + 1);
    else {
      target.set(source.subarray(read, read + length), written);
      read += length;
      written += length;
    }
    repeatBlock(target, start, written, repeats);
    written = start + (written - start) * repeats;
  };
  write(0);
}

/** Copies what lies from `start` to `end` behind itself until it is there `repeats` times. */
function repeatBlock(target: Elements, start: number, end: number, repeats: number): void {
  const last = start + (end - start) * repeats;
  if (end - start === 1) {
    target.fill(target[start] ?? 0, end, last);
    return;
  }
  // What is there doubles with each copy.
  for (let filled = end; filled < last; filled += filled - start)
    target.copyWithin(filled, start, Math.min(filled, start + last - filled));
}
