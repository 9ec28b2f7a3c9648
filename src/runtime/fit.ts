import * as tf from "@tensorflow/tfjs";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Admission } from "./admission.ts";
import { asList, type Batch } from "./batch.ts";
import { batchesOf, checkLengths, type TrainingData } from "./data.ts";
import type { Recorder } from "./events.ts";
import type { Halt, StepResult } from "./step.ts";
import type { Clock } from "../reason/clock.ts";

/** A source of batches, asked once per epoch; a batch's tensors are disposed after its step. */
export type BatchSource = (epoch: number) => AsyncIterable<Batch> | Iterable<Batch>;

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
  /** Mean loss per epoch begun; undefined where no batch was applied. */
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
}

interface FitRequest {
  readonly data: TrainingData | BatchSource;
  readonly options: FitOptions;
  readonly stepper: Stepper;
  readonly admit: (examples: Batch["examples"]) => Pick<Admission, "rows" | "refusals" | "halt">;
  readonly record: Recorder;
  readonly variables: readonly tf.Variable[];
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
  const { epochs, signal, callbacks } = options;
  if (!Number.isInteger(epochs) || epochs < 1)
    throw new RangeError(`epochs is ${epochs}; it must be a positive integer`);
  const { source, stepsPerEpoch, halt } = openSource(request);
  const losses: (number | undefined)[] = [];
  let steps = 0;
  let updates = 0;
  const end = (outcome: FitResult["outcome"], cause?: Halt, clock = stepper.clock()): FitResult => {
    const result = { outcome, halt: cause, losses, steps, updates, clock };
    callbacks?.onTrainEnd?.(result);
    return result;
  };
  if (halt !== undefined) return end("halted", halt);

  callbacks?.onTrainBegin?.({ epochs, stepsPerEpoch });
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    stepper.beginEpoch(epoch);
    callbacks?.onEpochBegin?.(epoch);
    let sum = 0;
    let count = 0;
    for await (const batch of source(epoch)) {
      const result = stepBatch(stepper, batch);
      steps += 1;
      if (result.updated) updates += 1;
      if (result.loss !== undefined) {
        sum += result.loss;
        count += 1;
      }
      callbacks?.onBatchEnd?.(result);
      if (result.outcome === "halted" || signal?.aborted === true) {
        losses.push(count === 0 ? undefined : sum / count);
        return result.outcome === "halted" ? end("halted", result.halt, result.clock) : end("interrupted");
      }
      // Lets timers, signals and drawing have their turn.
      await tf.nextFrame();
    }
    const loss = count === 0 ? undefined : sum / count;
    losses.push(loss);
    stepper.flush();
    record({
      kind: "epoch_ended",
      clock: stepper.clock(),
      loss: loss !== undefined && Number.isFinite(loss) ? loss : null,
      weightsDigest: digestWeights(request.variables),
    });
    callbacks?.onEpochEnd?.(epoch, { loss });
  }
  return end("finished");
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
  readonly source: BatchSource;
  readonly stepsPerEpoch: number | undefined;
  readonly halt: Halt | undefined;
}

/** A data set is held against `require` once, before training; the batches of a source are, one by one. */
function openSource(request: FitRequest): OpenSource {
  const { data, options } = request;
  if (typeof data === "function") return { source: data, stepsPerEpoch: undefined, halt: undefined };
  checkLengths(data);
  const { rows, refusals, halt } = request.admit(data.examples);
  for (const refusal of refusals) request.record(refusal);
  const batchSize = options.batchSize ?? 32;
  return {
    source: batchesOf(data, rows, { batchSize, shuffle: options.shuffle ?? true, seed: options.seed ?? 0 }),
    stepsPerEpoch: Math.ceil(rows.length / batchSize),
    halt: halt && { span: halt, reason: "examples lack what `require … else halt` asks for" },
  };
}

function stepBatch(stepper: Stepper, batch: Batch): StepResult {
  try {
    return stepper.step(batch);
  } finally {
    for (const tensor of [
      ...asList(batch.inputs),
      ...(batch.targets === undefined ? [] : asList(batch.targets)),
    ])
      tensor.dispose();
  }
}
