import * as tf from "@tensorflow/tfjs";
import type { Contents } from "./content.ts";
import type { ExampleRecord } from "../reason/example.ts";

/** What one step learns from: tensors whose axis 0 counts the examples, and one record of metadata for each. */
export interface Batch {
  readonly inputs: tf.Tensor | readonly tf.Tensor[];
  /** Left out where the loss needs none beside the inputs. */
  readonly targets?: tf.Tensor | readonly tf.Tensor[];
  readonly examples: readonly ExampleRecord[];
  /** What `verify digest` holds the examples' digests against; their rows of the inputs where it is left out. */
  readonly contents?: Contents;
}

/** All tensors of a batch, inputs first. */
export function batchTensors(batch: Batch): readonly tf.Tensor[] {
  return [...asList(batch.inputs), ...(batch.targets === undefined ? [] : asList(batch.targets))];
}

export function asList(tensors: tf.Tensor | readonly tf.Tensor[]): readonly tf.Tensor[] {
  return tensors instanceof tf.Tensor ? [tensors] : tensors;
}
