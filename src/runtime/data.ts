import * as tf from "@tensorflow/tfjs";
import type { ExampleRecord } from "../reason/example.ts";
import type { Batch } from "./batch.ts";
import { asList } from "./batch.ts";
import type { ContentOf, Contents } from "./content.ts";
import { shuffledIndices } from "./shuffle.ts";

/** A data set in memory: tensors whose axis 0 counts the examples, and one record of metadata for each. */
export interface TrainingData {
  readonly inputs: tf.Tensor | readonly tf.Tensor[];
  /** Left out where the targets are the inputs, or the loss needs none. */
  readonly targets?: tf.Tensor | readonly tf.Tensor[];
  readonly examples: readonly ExampleRecord[];
  /** What `verify digest` holds the examples' digests against; their rows of the inputs where it is left out. */
  readonly contents?: Contents;
  /** Where the record of a row stands, for messages: `papers.csv:18`. */
  readonly placeOf?: (row: number) => string;
}

export interface BatchingOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Batches of a data set, from the one numbered `first` on: every admitted row once an epoch, in an order that depends on seed and epoch alone. */
export function batchesOf(
  data: TrainingData,
  rows: readonly number[],
  options: BatchingOptions,
): (epoch: number, first?: number) => Iterable<Batch> {
  const { batchSize, shuffle, seed } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new RangeError(`batchSize is ${batchSize}; it must be a positive integer`);
  return function* batches(epoch, first = 0) {
    const order = shuffle
      ? Array.from(shuffledIndices(rows.length, seed * 1_000_003 + epoch), (index) => rows[index] ?? 0)
      : rows;
    for (let start = first * batchSize; start < order.length; start += batchSize) {
      yield gatherRows(data, order.slice(start, start + batchSize));
    }
  };
}

/** The examples at `rows` as a batch of its own; the caller disposes its tensors. */
export function gatherRows(data: TrainingData | Batch, rows: readonly number[]): Batch {
  const indices = tf.tensor1d(rows.slice(), "int32");
  const gather = (tensors: tf.Tensor | readonly tf.Tensor[]): tf.Tensor | readonly tf.Tensor[] =>
    tensors instanceof tf.Tensor
      ? tf.gather(tensors, indices)
      : tensors.map((tensor) => tf.gather(tensor, indices));
  const batch: Batch = {
    inputs: gather(data.inputs),
    ...(data.targets === undefined ? {} : { targets: gather(data.targets) }),
    examples: rows.map((row) => data.examples[row] ?? {}),
    ...(data.contents === undefined ? {} : { contents: contentsOfRows(data.contents, rows) }),
  };
  indices.dispose();
  return batch;
}

function contentsOfRows(contents: Contents, rows: readonly number[]): Contents {
  const ofRows =
    (read: ContentOf): ContentOf =>
    (row) =>
      read(rows[row] ?? row);
  return typeof contents === "function"
    ? ofRows(contents)
    : Object.fromEntries(Object.entries(contents).map(([field, read]) => [field, ofRows(read)]));
}

/** Says what is wrong when tensors and metadata do not count the same examples. */
export function checkLengths(data: TrainingData | Batch): void {
  const count = data.examples.length;
  const tensors = [...asList(data.inputs), ...(data.targets === undefined ? [] : asList(data.targets))];
  const odd = tensors.find((tensor) => tensor.shape[0] !== count);
  if (odd !== undefined) {
    throw new RangeError(
      `there are ${count} records of metadata, but a tensor of shape [${odd.shape.join(", ")}]: axis 0 must count the examples`,
    );
  }
}
