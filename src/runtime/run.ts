/** An experiment, made ready and trained: what `gov run` does between reading the files and printing the result. */
import * as tf from "@tensorflow/tfjs";
import type { ExampleSchema } from "../check/policy.ts";
import type { Ir } from "../ir/ir.ts";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import type { Recorder } from "./events.ts";
import { admitExamples, type Admission } from "./admission.ts";
import { createAblation, type Ablate } from "./ablate.ts";
import { modelFiles, type ModelFiles } from "./artifacts.ts";
import { contentProblem } from "./content.ts";
import { dataProblem, lossProblem } from "./data-fit.ts";
import { ExperimentError } from "./error.ts";
import { evaluationProblem, type Evaluation } from "./evaluation.ts";
import type { ExampleRecord } from "../reason/example.ts";
import { DEFAULT_SEED, type Experiment } from "./experiment.ts";
import type { TrainingData } from "./data.ts";
import { fit, type BatchSource, type FitCallbacks, type FitOptions, type FitResult } from "./fit.ts";
import { adaptModel, govern, planFor, type GovernOptions } from "./governor.ts";
import {
  disposeProbe,
  numericProbeReader,
  readProbes,
  tracedBehaviors,
  type ProbeRecord,
  type ProbeText,
} from "./probes.ts";
import { gatherData, type DescribedData, type Metadata } from "./metadata.ts";
import { createUngovernedStepper } from "./twin.ts";
import type { PlainNetwork } from "./network/plain.ts";

/** What may be set from outside, in place of what the experiment says. */
export interface RunSettings {
  /** The files of the probes, by the name of their behaviour. */
  readonly probes?: ReadonlyMap<string, ProbeText>;
  /** The file that the experiment names under `metadata`. */
  readonly metadata?: Metadata;
  readonly seed?: number;
  readonly epochs?: number;
}

export interface PreparedRun {
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Examples in the data, before any is refused. */
  readonly examples: number;
  /** SHA-256 in hex by name: as the experiment gives them, and of the file of its metadata. */
  readonly dataDigests: Readonly<Record<string, string>>;
  readonly train: (watch: RunWatch) => Promise<FitResult>;
  /** @throws ExperimentError when what the experiment gives back is no evaluation. */
  readonly evaluate: () => Promise<Evaluation | undefined>;
  /** The model as it is now. */
  readonly modelFiles: () => Promise<ModelFiles>;
  /** Frees the data and the optimizer. */
  readonly dispose: () => void;
}

export interface GovernedRun extends PreparedRun {
  readonly plan: TfjsPlan;
  /** The metadata of every example, by its row. */
  readonly records: readonly ExampleRecord[];
  /** Which of the examples take part. */
  readonly admission: Admission;
}

export interface RunWatch {
  readonly recorder?: Recorder;
  /** Ends the training after the step under way. */
  readonly signal?: AbortSignal;
  readonly from?: FitOptions["from"];
  readonly onCheckpoint?: FitOptions["onCheckpoint"];
  readonly callbacks?: FitCallbacks;
  /** For the audit: other batches than those of the experiment, and what `govern` is told beside. */
  readonly audit?: Pick<GovernOptions, "checkEvery" | "onChecked" | "mechanisms"> & {
    readonly batches: (data: TrainingData, admission: Admission) => BatchSource;
  };
}

/**
 * Builds the model and the data and lays the policy over them; nothing is trained yet. The backend must be ready.
 * @throws GovernanceError when the policy does not fit the model, or the metadata its schema.
 * @throws ExperimentError when the data does not fit the model.
 */
export async function prepareRun(
  experiment: Experiment,
  ir: Ir,
  settings: RunSettings = {},
): Promise<GovernedRun> {
  const parts = await build(experiment, settings);
  const { model, optimizer, data } = parts;
  const { example, provenance } = ir.policy;
  if (provenance.verifyDigest !== undefined) refuse(contentFault(example, data));
  const reading = readingOf(experiment);
  const governed = adaptModel(model, reading);
  const plan = planFor(governed, ir);
  const { probe } = experiment;
  const read =
    probe === undefined
      ? numericProbeReader(model)
      : (records: readonly ProbeRecord[], behavior: string): ReturnType<typeof probe> =>
          probe(records, behavior, { tf, seed: parts.seed, epochs: parts.epochs });
  const probes = readProbes(tracedBehaviors(ir.policy), settings.probes ?? new Map(), read);
  const admission = admitExamples(data, example, provenance, START);
  const described = describe(experiment, parts, createAblation(plan, governed.variables));
  return {
    ...described,
    plan,
    records: data.examples,
    admission,
    dispose: () => {
      described.dispose();
      Object.values(probes).forEach(disposeProbe);
    },
    train: (watch) => {
      const recorder = watch.recorder === undefined ? {} : { recorder: watch.recorder };
      const { checkpointEvery } = experiment;
      const checkpoints = checkpointEvery === undefined ? {} : { checkpointEvery };
      const measuring = { measureDistributionsEvery: DISTRIBUTIONS_EVERY };
      const { batches, ...checking } = watch.audit ?? {};
      const checks = experiment.checkEvery === undefined ? {} : { checkEvery: experiment.checkEvery };
      const options = {
        ...{ optimizer, probes, ...reading, ...recorder, ...checkpoints, ...measuring, ...checks },
        ...checking,
      };
      const source = batches?.(data, admission) ?? data;
      return govern(model, ir, options).fit(source, { ...fitOptions(experiment, parts, watch), admission });
    },
  };
}

const START = { step: 0, epoch: 0, examples: 0 };

/** Seldom enough to cost nothing that counts, often enough for a curve. */
const DISTRIBUTIONS_EVERY = 100;

/**
 * The same experiment without its policy: the twin that `--baseline` compares with. Of the policy it knows the bands, so
 * that what is measured without one is measured without the same parameters here.
 * @throws GovernanceError and ExperimentError as `prepareRun` does.
 */
export async function prepareTwin(
  experiment: Experiment,
  ir: Ir,
  settings: RunSettings = {},
): Promise<PreparedRun> {
  const parts = await build(experiment, settings);
  const governed = adaptModel(parts.model, readingOf(experiment));
  return {
    ...describe(experiment, parts, createAblation(planFor(governed, ir), governed.variables)),
    train: (watch) =>
      fit({
        data: parts.data,
        options: fitOptions(experiment, parts, watch),
        stepper: createUngovernedStepper(governed, parts.optimizer, () => performance.now()),
        admit: ({ examples }) => ({ rows: examples.map((_, row) => row), refusals: [], halt: undefined }),
        record: watch.recorder ?? ((): void => undefined),
        variables: [...governed.variables.values()],
      }),
  };
}

/** How the losses and the predictions of a layers model are read. */
function readingOf({
  loss,
  predictiveEntropy,
}: Experiment): Pick<GovernOptions, "loss" | "predictiveEntropy"> {
  return {
    ...(loss === undefined ? {} : { loss }),
    ...(predictiveEntropy === undefined ? {} : { predictiveEntropy }),
  };
}

interface Parts {
  readonly model: tf.LayersModel | PlainNetwork;
  readonly data: DescribedData;
  readonly optimizer: tf.Optimizer;
  readonly seed: number;
  readonly epochs: number;
}

async function build(experiment: Experiment, settings: RunSettings): Promise<Parts> {
  const seed = settings.seed ?? experiment.seed ?? DEFAULT_SEED;
  const epochs = settings.epochs ?? experiment.epochs;
  const context = { tf, seed, epochs };
  const model = await experiment.model(context);
  refuse(lossProblem(model, experiment.loss));
  const data = await gatherData(experiment, context, settings.metadata);
  refuse(dataProblem(model, data, experiment.loss));
  const optimizer = experiment.optimizer(context);
  return { seed, epochs, model, data, optimizer };
}

function contentFault(schema: ExampleSchema, data: DescribedData): string | undefined {
  const problem = contentProblem(schema, data);
  return problem && `in its \`data\`, ${problem}`;
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new ExperimentError(problem);
}

function describe(experiment: Experiment, parts: Parts, ablate: Ablate): Omit<PreparedRun, "train"> {
  const { model, data, optimizer, seed, epochs } = parts;
  return {
    seed,
    epochs,
    batchSize: batchSizeOf(experiment),
    examples: data.examples.length,
    dataDigests: data.digests,
    evaluate: async () => {
      const evaluation = await experiment.evaluate?.(model, { tf, seed, epochs, ablate });
      refuse(evaluationProblem(evaluation));
      return evaluation;
    },
    modelFiles: () => modelFiles(model),
    dispose: () => {
      tf.dispose([data.inputs, data.targets ?? []] as tf.TensorContainer);
      optimizer.dispose();
    },
  };
}

function fitOptions(experiment: Experiment, { epochs, seed }: Parts, watch: RunWatch): FitOptions {
  return {
    epochs,
    seed,
    batchSize: batchSizeOf(experiment),
    shuffle: experiment.shuffle ?? true,
    ...(watch.signal === undefined ? {} : { signal: watch.signal }),
    ...(watch.from === undefined ? {} : { from: watch.from }),
    ...(watch.onCheckpoint === undefined ? {} : { onCheckpoint: watch.onCheckpoint }),
    ...(watch.callbacks === undefined ? {} : { callbacks: watch.callbacks }),
  };
}

function batchSizeOf(experiment: Experiment): number {
  return experiment.batchSize ?? 32;
}
