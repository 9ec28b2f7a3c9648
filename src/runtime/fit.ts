import * as tf from "@tensorflow/tfjs";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Admission, Candidates } from "./admission.ts";
import { batchTensors, type Batch } from "./batch.ts";
import { batchesOf, checkLengths, type TrainingData } from "./data.ts";
import type { Recorder } from "./events.ts";
import type { FitState, RunState } from "./state/run-state.ts";
import type { Halt, StepResult } from "./step.ts";
import type { Clock } from "../reason/clock.ts";

/** A source of batches, asked once per epoch; a batch's tensors are disposed after its step. */
export type BatchSource = (epoch: number) => AsyncIterable<Batch> | Iterable<Batch>;

/** Batches of an epoch from the one with this number on. */
type BatchSequence = (epoch: number, first: number) => AsyncIterable<Batch> | Iterable<Batch>;

export interface FitOptions {
  readonly epochs: number;
  /** Examples per step of a data set; 32 when left out. A batch source has its own batches. */
  readonly batchSize?: number;
  /** Whether every epoch has an order of its own; true when left out. */
  readonly shuffle?: boolean;
  /** Decides the order of the examples; 0 when left out. */
  readonly seed?: number;
  /** Ends the training after the step under way. */
  readonly signal?: AbortSignal;
  /** What `admit` said of the data set, where it was asked before; it is asked again where this is left out. */
  readonly admission?: Admission;
  /** Where the training goes on: what `onCheckpoint` was given, by a model and data like these. */
  readonly from?: RunState;
  /** Told where the training stands, so that it could go on from there; the arrays are whoever's is told. */
  readonly onCheckpoint?: (state: RunState) => void;
  readonly callbacks?: FitCallbacks;
}

/** As in tfjs, with what the step did. */
export interface FitCallbacks {
  readonly onTrainBegin?: (progress: {
    readonly epochs: number;
    readonly stepsPerEpoch: number | undefined;
  }) => void;
  readonly onEpochBegin?: (epoch: number) => void;
  readonly onBatchEnd?: (result: StepResult) => void;
  readonly onEpochEnd?: (epoch: number, logs: { readonly loss: number | undefined }) => void;
  readonly onTrainEnd?: (result: FitResult) => void;
}

export interface FitResult {
  readonly outcome: "finished" | "halted" | "interrupted";
  readonly halt: Halt | undefined;
  /** Mean loss per epoch begun, each example counting once; undefined where no batch was applied. */
  readonly losses: readonly (number | undefined)[];
  /** Steps begun, the one that halted the run included. */
  readonly steps: number;
  /** Those in which the weights were updated. */
  readonly updates: number;
  /** Of the step that halted the run; else of the step that would come next. */
  readonly clock: Clock;
}

/** What `fit` drives: a governed stepper, or that of the ungoverned twin. */
export interface Stepper {
  readonly step: (batch: Batch) => StepResult;
  readonly beginEpoch: (epoch: number) => void;
  readonly clock: () => Clock;
  /** Records what has been counted and not been told yet; called at the end of each epoch and of the training. */
  readonly flush: () => void;
  /** By the bound's index: in how many steps so far its metric was held against its range. */
  readonly judged: () => readonly number[];
}

interface FitRequest {
  readonly data: TrainingData | BatchSource;
  readonly options: FitOptions;
  readonly stepper: Stepper;
  readonly admit: (candidates: Candidates) => Pick<Admission, "rows" | "refusals" | "halt">;
  readonly record: Recorder;
  readonly variables: readonly tf.Variable[];
  /** What a checkpoint holds beside the progress of the training, every so many steps; a twin has none. */
  readonly checkpoints?: {
    readonly every: number;
    readonly take: (progress: FitState) => RunState;
  };
}

/** Epochs of steps until the data, the policy or the signal ends them. */
export async function fit(request: FitRequest): Promise<FitResult> {
  try {
    return await runEpochs(request);
  } finally {
    request.stepper.flush();
  }
}

async function runEpochs(request: FitRequest): Promise<FitResult> {
  const { options, stepper, record } = request;
  const { epochs, signal, callbacks, from } = options;
  if (!Number.isInteger(epochs) || epochs < 1)
    throw new RangeError(`epochs is ${epochs}; it must be a positive integer`);
  const { source, stepsPerEpoch, halt } = openSource(request);
  let at: FitState = from?.fit ?? BEGINNING;
  const end = (outcome: FitResult["outcome"], cause?: Halt, clock = stepper.clock()): FitResult => {
    const { steps, updates } = at;
    const begun = outcome === "finished" || at.batches === 0 ? at.losses : [...at.losses, meanLoss(at)];
    const losses = begun.map((loss) => loss ?? undefined);
    const result = { outcome, halt: cause, losses, steps, updates, clock };
    callbacks?.onTrainEnd?.(result);
    return result;
  };
  if (halt !== undefined) return end("halted", halt);

  callbacks?.onTrainBegin?.({ epochs, stepsPerEpoch });
  if (from === undefined) checkpoint(request, at);
  for (let { epoch } = at; epoch < epochs; epoch += 1) {
    stepper.beginEpoch(epoch);
    callbacks?.onEpochBegin?.(epoch);
    for await (const batch of source(epoch, at.batches)) {
      const result = stepBatch(stepper, batch);
      at = afterStep(at, result, stepper.clock().examples - result.clock.examples);
      callbacks?.onBatchEnd?.(result);
      if (result.outcome === "halted") return end("halted", result.halt, result.clock);
      const isInterrupted = signal?.aborted === true;
      if (isInterrupted || isDue(request, result.clock.step + 1)) {
        // What has been counted would else be told twice: by this run, and by one that goes on from here.
        stepper.flush();
        checkpoint(request, at);
      }
      if (isInterrupted) return end("interrupted");
      // Lets timers, signals and drawing have their turn.
      await tf.nextFrame();
    }
    const loss = meanLoss(at);
    at = { ...at, epoch: epoch + 1, batches: 0, losses: [...at.losses, loss], sum: 0, count: 0 };
    stepper.flush();
    record({
      kind: "epoch_ended",
      clock: stepper.clock(),
      loss: loss !== null && Number.isFinite(loss) ? loss : null,
      weightsDigest: digestWeights(request.variables),
      judged: stepper.judged(),
    });
    if (epoch + 1 < epochs) checkpoint(request, at);
    callbacks?.onEpochEnd?.(epoch, { loss: loss ?? undefined });
  }
  return end("finished");
}

const BEGINNING: FitState = { epoch: 0, batches: 0, losses: [], sum: 0, count: 0, steps: 0, updates: 0 };

function afterStep(at: FitState, { loss, updated }: StepResult, examples: number): FitState {
  return {
    ...at,
    batches: at.batches + 1,
    steps: at.steps + 1,
    updates: at.updates + (updated ? 1 : 0),
    ...(loss === undefined ? {} : { sum: at.sum + loss * examples, count: at.count + examples }),
  };
}

/** Of the epoch under way, each example counting once; null where no batch was applied. */
function meanLoss({ sum, count }: FitState): number | null {
  return count === 0 ? null : sum / count;
}

function isDue({ checkpoints }: FitRequest, step: number): boolean {
  return checkpoints !== undefined && step % checkpoints.every === 0;
}

function checkpoint({ checkpoints, options }: FitRequest, at: FitState): void {
  if (checkpoints !== undefined) options.onCheckpoint?.(checkpoints.take(at));
}

/** SHA-256 in hex over the float32 values of the variables, little-endian, in their order. */
export function digestWeights(variables: readonly tf.Variable[]): string {
  const hash = sha256.create();
  for (const variable of variables) {
    const values = variable.dataSync();
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return bytesToHex(hash.digest());
}

interface OpenSource {
  readonly source: BatchSequence;
  readonly stepsPerEpoch: number | undefined;
  readonly halt: Halt | undefined;
}

/** A data set is held against `require` once, before training; the batches of a source are, one by one. */
function openSource(request: FitRequest): OpenSource {
  const { data, options } = request;
  if (typeof data === "function")
    return { source: skipping(data), stepsPerEpoch: undefined, halt: undefined };
  checkLengths(data);
  const { rows, refusals, halt } = options.admission ?? request.admit(data);
  if (options.from === undefined) for (const refusal of refusals) request.record(refusal);
  const batchSize = options.batchSize ?? 32;
  return {
    source: batchesOf(data, rows, { batchSize, shuffle: options.shuffle ?? true, seed: options.seed ?? 0 }),
    stepsPerEpoch: Math.ceil(rows.length / batchSize),
    halt: halt && {
      span: halt,
      reason: "examples lack what `require … else halt` asks for, or are not what their digests say",
    },
  };
}

/** A source of the caller's cannot begin in the middle: what was done is asked for again and let go. */
function skipping(source: BatchSource): BatchSequence {
  return async function* (epoch, first) {
    let number = 0;
    for await (const batch of source(epoch)) {
      if (number >= first) yield batch;
      else batchTensors(batch).forEach((tensor) => tensor.dispose());
      number += 1;
    }
  };
}

function stepBatch(stepper: Stepper, batch: Batch): StepResult {
  try {
    return stepper.step(batch);
  } finally {
    for (const tensor of batchTensors(batch)) tensor.dispose();
  }
}
