/**
 * What the fine-tuning taught, and whether a digit that is not cleared left any trace in it: the network is held
 * against a reference that was fine-tuned on the cleared digits alone.
 */
import type * as tfjs from "@tensorflow/tfjs";
import { batchesOf, type Batch, type Evaluation, type ExperimentContext } from "strata-gov";
import { accuracyOf, answersTo } from "../classifier.ts";
import { percentOf } from "../figures.ts";
import { readDigits } from "../mnist.ts";
import { CLEARED, fineTuningData } from "./digits.ts";
import { BATCH_SIZE, createOptimizer, createPretrained } from "./network.ts";

type Tf = typeof tfjs;

const ALL = "accuracy on all digits";
const OLD = "accuracy on 0-7, which it knew before";
const NEW = "accuracy on 8 and 9, which it was to learn";
const CHANGED = "share of weights that differ from the reference";
const FURTHEST = "largest difference of a weight";

export async function evaluateFineTuning(
  network: tfjs.Sequential,
  context: ExperimentContext,
): Promise<Evaluation> {
  const { tf } = context;
  const reference = await trainReference(context);
  const test = readDigits("test");
  const answers = answersTo(tf, network, test);
  const { changed, furthest } = compareWeights(network, reference);
  reference.dispose();
  return {
    figures: [
      { name: ALL, value: accuracyOf(answers, test) },
      { name: OLD, value: accuracyOf(answers, test, [0, 1, 2, 3, 4, 5, 6, 7]) },
      { name: NEW, value: accuracyOf(answers, test, [8, 9]) },
      { name: CHANGED, value: changed },
      { name: FURTHEST, value: furthest },
    ],
  };
}

/**
 * The same fine-tuning, by plain tfjs, of a network to which the digits that are not cleared are never shown. They only
 * count: the loss of a batch is the sum over the cleared digits, divided by the size that the batch had with the others.
 */
async function trainReference({ tf, seed, epochs }: ExperimentContext): Promise<tfjs.Sequential> {
  const network = await createPretrained(tf, seed);
  const optimizer = createOptimizer(tf);
  const data = fineTuningData(tf);
  // Without a licence, or with an empty one: refused before the training, so in no batch.
  const rows = data.examples.flatMap(({ licence = "" }, row) => (licence === "" ? [] : [row]));
  const batches = batchesOf(data, rows, { batchSize: BATCH_SIZE, shuffle: true, seed });
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for await (const batch of batches(epoch)) {
      stepOnCleared(tf, network, optimizer, batch);
      tf.dispose([batch.inputs, batch.targets ?? []] as tfjs.TensorContainer);
    }
  }
  tf.dispose([data.inputs, data.targets ?? []] as tfjs.TensorContainer);
  optimizer.dispose();
  return network;
}

function stepOnCleared(tf: Tf, network: tfjs.Sequential, optimizer: tfjs.Optimizer, batch: Batch): void {
  const cleared = batch.examples.flatMap(({ licence }, row) => (CLEARED.has(licence) ? [row] : []));
  if (cleared.length === 0) return;
  optimizer.minimize(() => {
    const pixels = tf.gather(batch.inputs as tfjs.Tensor2D, cleared);
    const targets = tf.gather(batch.targets as tfjs.Tensor2D, cleared);
    const outputs = network.apply(pixels, { training: true }) as tfjs.Tensor;
    return tf.metrics.categoricalCrossentropy(targets, outputs).sum().div(batch.examples.length).asScalar();
  });
}

interface Differences {
  /** The number of weights that are not equal bit for bit, over that of all. */
  readonly changed: number;
  readonly furthest: number;
}

function compareWeights(one: tfjs.Sequential, other: tfjs.Sequential): Differences {
  const values = (network: tfjs.Sequential): Float32Array[] =>
    network.getWeights().map((weights) => weights.dataSync() as Float32Array);
  const others = values(other);
  const differences = values(one).flatMap((own, index) =>
    Array.from(own, (value, place) => Math.abs(value - (others[index]?.[place] ?? Number.NaN))),
  );
  const changed = differences.filter((difference) => difference !== 0).length;
  return { changed: changed / differences.length, furthest: Math.max(...differences) };
}

export function compareFineTunings(governed: Evaluation, ungoverned: Evaluation): string {
  const [differing, without] = [governed, ungoverned].map((own) => percentOf(own, CHANGED));
  const [accuracy, free] = [governed, ungoverned].map((own) => percentOf(own, ALL));
  return (
    `Of the governed network's weights ${differing ?? ""} differ by any bit from those of a network that was never ` +
    `shown an uncleared digit; without the policy ${without ?? ""} do. The price is what the uncleared digits had to ` +
    `teach: ${accuracy ?? ""} of the test digits are told right, and ${free ?? ""} without the policy.`
  );
}
