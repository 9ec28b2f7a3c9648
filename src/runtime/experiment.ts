import type * as tf from "@tensorflow/tfjs";
import type { ExampleRecord } from "../reason/example.ts";
import type { Ablate } from "./ablate.ts";
import type { Batch } from "./batch.ts";
import type { TrainingData } from "./data.ts";
import type { Evaluation } from "./evaluation.ts";
import type { LayersLoss } from "./network/layers-model.ts";
import type { PredictiveEntropy } from "./network/output-distribution.ts";
import type { ProbeRecord } from "./probes.ts";
import type { PlainNetwork } from "./network/plain.ts";
import { suggestName } from "../source/nearest.ts";

/** Not 0, which tfjs takes for no seed at all. */
export const DEFAULT_SEED = 1;

/** What `gov run` trains: a model, data with metadata, and how to train; the policy says under which rules. */
export interface Experiment<Model extends tf.LayersModel | PlainNetwork = tf.LayersModel | PlainNetwork> {
  readonly name: string;
  /** Path of the policy, relative to the experiment's file. */
  readonly policy: string;
  /** Decides the order of the examples, and whatever `model` and `data` draw from `context.seed`; 1 when left out. */
  readonly seed?: number;
  readonly epochs: number;
  /** 32 when left out. */
  readonly batchSize?: number;
  /** Whether every epoch has an order of its own; true when left out. */
  readonly shuffle?: boolean;
  /** Every how many steps the run can be gone back to, by `rollback` and `gov run --resume`; 100 when left out. */
  readonly checkpointEvery?: number;
  /**
   * Every how many steps, the first among them, weights and gradients are had a second time by another road, and the run
   * is halted where they differ; 0, never, when left out. See `docs/audit.md`.
   */
  readonly checkEvery?: number;
  readonly model: (context: ExperimentContext) => Model | Promise<Model>;
  /**
   * A file of JSONL, CSV or Parquet with a record of metadata for each example, relative to the experiment's file. Its
   * values are read as the policy's `example { … }` types them.
   */
  readonly metadata?: string;
  readonly data: (context: DataContext) => ExperimentData | Promise<ExperimentData>;
  /** Needed for a layers model; a plain network has its own. */
  readonly loss?: LayersLoss;
  /** The predictive entropy of each example from the outputs of a layers model, `[B]` in nats, where it cannot be seen. */
  readonly predictiveEntropy?: PredictiveEntropy;
  /**
   * Turns the lines of a behaviour's probe into tensors; numbers in `input` and `target` are read without it. Axis 0
   * counts the lines.
   */
  readonly probe?: (
    records: readonly ProbeRecord[],
    behavior: string,
    context: ExperimentContext,
  ) => Pick<Batch, "inputs" | "targets">;
  readonly optimizer: (context: ExperimentContext) => tf.Optimizer;
  /** What the training came to; `gov run` prints it, and with `--baseline` beside that of the ungoverned twin. */
  readonly evaluate?: (model: Model, context: EvaluationContext) => Evaluation | Promise<Evaluation>;
  /** What the figures of a governed run say next to those of its ungoverned twin, in a sentence or two. */
  readonly compare?: (governed: Evaluation, ungoverned: Evaluation) => string;
}

export interface ExperimentContext {
  /** The one copy of tfjs that the run uses, its backend ready. */
  readonly tf: typeof tf;
  readonly seed: number;
  /** Those of this run: the experiment's own, or what `--epochs` says. */
  readonly epochs: number;
}

export interface EvaluationContext extends ExperimentContext {
  /** Measures the model without one of the policy's bands; for the ungoverned twin, without the same parameters. */
  readonly ablate: Ablate;
}

export interface DataContext extends ExperimentContext {
  /** The records of the experiment's `metadata` in the file's order; none where it names no file. */
  readonly metadata: readonly ExampleRecord[];
}

export interface ExperimentData extends Omit<TrainingData, "examples" | "placeOf"> {
  /** One record for each row of the tensors. Left out where the file of `metadata` has them: in its order, or by `ids`. */
  readonly examples?: readonly ExampleRecord[];
  /** The `id` of each row of the tensors, by which it finds its record in the file of `metadata`. */
  readonly ids?: readonly (string | number)[];
  /** SHA-256 in hex of what the data was read from, by name: bound into the record of the run. */
  readonly digests?: Readonly<Record<string, string>>;
}

/** Types an experiment; the default export of the file that `gov run` is given. */
export function defineExperiment<Model extends tf.LayersModel | PlainNetwork>(
  experiment: Experiment<Model>,
): Experiment<Model> {
  return experiment;
}

/** What is wrong with the default export of an experiment's file, or nothing. */
export function experimentProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null)
    return "its default export is not an experiment: write `export default defineExperiment({ … })`";
  const experiment = value as Readonly<Record<string, unknown>>;
  const expected = {
    name: "string",
    policy: "string",
    epochs: "number",
    model: "function",
    data: "function",
    optimizer: "function",
  };
  for (const key of Object.keys(experiment)) {
    const near = Object.hasOwn(SETTINGS, key) ? undefined : suggestName(key, Object.keys(SETTINGS));
    if (near !== undefined) return `it has no setting \`${key}\`: ${near}`;
  }
  const wrong = Object.entries(expected).find(([key, type]) => typeof experiment[key] !== type);
  if (wrong !== undefined)
    return `its \`${wrong[0]}\` must be a ${wrong[1]}, and is ${describe(experiment[wrong[0]])}`;
  const { epochs, batchSize, checkpointEvery, metadata } = experiment;
  if (metadata !== undefined && typeof metadata !== "string")
    return `its \`metadata\` must be the path of a file, and is ${describe(metadata)}`;
  if (!Number.isInteger(epochs) || Number(epochs) < 1) return "its `epochs` must be a whole number above 0";
  if (batchSize !== undefined && (!Number.isInteger(batchSize) || Number(batchSize) < 1))
    return "its `batchSize` must be a whole number above 0";
  if (checkpointEvery !== undefined && (!Number.isInteger(checkpointEvery) || Number(checkpointEvery) < 1))
    return "its `checkpointEvery` must be a whole number above 0";
  const { checkEvery } = experiment;
  if (checkEvery !== undefined && (!Number.isInteger(checkEvery) || Number(checkEvery) < 0))
    return "its `checkEvery` must be a whole number, or 0 for never";
  return undefined;
}

const SETTINGS: Readonly<Record<keyof Experiment, true>> = {
  ...{ name: true, policy: true, seed: true, epochs: true, batchSize: true, shuffle: true },
  ...{ checkpointEvery: true, checkEvery: true, model: true, metadata: true, data: true, loss: true },
  ...{ predictiveEntropy: true, probe: true, optimizer: true, evaluate: true, compare: true },
};

function describe(value: unknown): string {
  return value === undefined ? "missing" : value === null ? "null" : `a ${typeof value}`;
}
