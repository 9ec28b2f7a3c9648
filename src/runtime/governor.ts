/**
 * Training under a policy. Every step is one forward and one backward pass, whatever the number of cohorts: the tape
 * routes the gradients, the bounds measure and decide, the gate keeps still what no example may move, and the claims
 * are held against the weights and against what the update really did. Everything that is decided goes to the
 * recorder, in order, with the line of the policy.
 */
import * as tf from "@tensorflow/tfjs";
import type { Policy } from "../check/policy.ts";
import type { Ir } from "../ir/ir.ts";
import { lowerToTfjs } from "../lower/tfjs/lower.ts";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import { createAblation, type Ablate } from "./ablate.ts";
import { admitExamples, type Admission, type Candidates } from "./admission.ts";
import { registerTileGradient } from "./backends/tile-gradient.ts";
import type { Batch } from "./batch.ts";
import { checkLengths, gatherRows, type TrainingData } from "./data.ts";
import { GovernanceError } from "./error.ts";
import type { Recorder } from "./events.ts";
import { fit, type FitOptions, type FitResult, type BatchSource } from "./fit.ts";
import type { GovernedModel } from "./network/governed-model.ts";
import { compiledLoss, governLayersModel, type LayersLoss } from "./network/layers-model.ts";
import type { PredictiveEntropy } from "./network/output-distribution.ts";
import { governPlainNetwork, type PlainNetwork } from "./network/plain.ts";
import { refuseProbe, tracedBehaviors, type Probes } from "./probes.ts";
import type { FitState, RunState } from "./state/run-state.ts";
import { MECHANISMS, type Mechanisms } from "./mechanisms.ts";
import { restoreSnapshot, takeSnapshot } from "./state/snapshot.ts";
import { createStepper, type StepResult } from "./step.ts";
import type { Clock } from "../reason/clock.ts";

export interface GovernOptions {
  /** A compiled model's own optimizer when left out. */
  readonly optimizer?: tf.Optimizer;
  /** A compiled model's own loss when left out; a plain network has its own. */
  readonly loss?: LayersLoss;
  /** How the predictive entropy of each example, which cohorts read as `entropy`, is had from a layers model's outputs; see `findPredictiveEntropy` for when it need not be said. */
  readonly predictiveEntropy?: PredictiveEntropy;
  /** The examples by which each behaviour that is traced is measured; they stay the caller's. */
  readonly probes?: Probes;
  /** Told everything, in order. */
  readonly recorder?: Recorder;
  /** Every how many steps the measured shares of the routing matrix are taken; 25 when left out, 0 for never. */
  readonly measureRoutingEvery?: number;
  /** Every how many steps weights, gradients and activations are told as histograms; 0, never, when left out. */
  readonly measureDistributionsEvery?: number;
  /** Every how many steps the run can be gone back to, by `rollback` and after a kill; 100 when left out. */
  readonly checkpointEvery?: number;
  /** Every how many steps, the first among them, a step is made a second time by another road; 0, never, when left out. */
  readonly checkEvery?: number;
  /** Told in each step that is checked why its gradients could not be, or undefined where they were. */
  readonly onChecked?: (reason: string | undefined) => void;
  /** For the audit: what carries out the parts of a step. */
  readonly mechanisms?: Mechanisms;
  /** Milliseconds of a monotonic clock; `performance.now` when left out. */
  readonly now?: () => number;
}

export interface Governor {
  readonly plan: TfjsPlan;
  readonly policy: Policy;
  /** The moment of the next step. */
  readonly clock: () => Clock;
  /** One update from one batch, whose tensors stay the caller's. */
  readonly step: (batch: Batch) => StepResult;
  /** Epochs over a data set or a source of batches. */
  readonly fit: (data: TrainingData | BatchSource, options: FitOptions) => Promise<FitResult>;
  /** What `provenance { require … }` and the schema say to these examples; nothing is recorded. */
  readonly admit: (candidates: Candidates) => Admission;
  /** What is measured while every parameter of a band is 0; afterwards they are what they were. */
  readonly ablate: Ablate;
}

/**
 * Puts a model under a policy.
 * @throws GovernanceError when the policy does not fit the model, or asks for what this version cannot carry out.
 */
export function govern(network: PlainNetwork, ir: Ir, options?: GovernOptions): Governor;
// eslint-disable-next-line @typescript-eslint/unified-signatures -- a union alone does not type a network's callbacks
export function govern(model: tf.LayersModel | PlainNetwork, ir: Ir, options?: GovernOptions): Governor;
export function govern(model: tf.LayersModel | PlainNetwork, ir: Ir, options: GovernOptions = {}): Governor {
  // Who chose a backend of tfjs's alone, such as WebGL in a page, has not met ours.
  registerTileGradient();
  const governed = adaptModel(model, options);
  const plan = planFor(governed, ir);
  const record = options.recorder ?? ((): void => undefined);
  const optimizer = findOptimizer(model, options);
  const subject = { state: governed.state, optimizer };
  const checkpointEvery = checkpointSteps(options.checkpointEvery);
  const stepper = createStepper({
    plan,
    policy: ir.policy,
    model: governed,
    optimizer,
    record,
    probes: probesFor(ir.policy, options.probes ?? {}),
    checkpointEvery,
    measureRoutingEvery: options.measureRoutingEvery ?? 25,
    measureDistributionsEvery: options.measureDistributionsEvery ?? 0,
    mechanisms: options.mechanisms ?? MECHANISMS,
    checks: {
      every: options.checkEvery ?? 0,
      ...(options.onChecked === undefined ? {} : { onCompared: options.onChecked }),
    },
    now: options.now ?? ((): number => performance.now()),
  });
  const admit = (candidates: Candidates): Admission =>
    admitExamples(candidates, ir.policy.example, ir.policy.provenance, stepper.clock());

  const takeState = (progress: FitState): RunState => {
    const at = stepper.state();
    const good = stepper.lastGood();
    return {
      ...{ fit: progress, stepper: at, model: takeSnapshot(subject) },
      ...(good === undefined || good.clock.step === at.clock.step ? {} : { lastGood: good }),
    };
  };

  return {
    plan,
    policy: ir.policy,
    clock: stepper.clock,
    admit,
    ablate: createAblation(plan, governed.variables),
    step: (batch) => {
      checkLengths(batch);
      const admission = admit(batch);
      for (const refusal of admission.refusals) record(refusal);
      if (admission.halt !== undefined) return stepper.refuse(admission.halt);
      if (admission.rows.length === batch.examples.length) return stepper.step(batch);
      if (admission.rows.length === 0) return stepper.refuse(undefined);
      const kept = gatherRows(batch, admission.rows);
      try {
        return stepper.step(kept);
      } finally {
        tf.dispose([kept.inputs, kept.targets ?? []] as tf.TensorContainer);
      }
    },
    fit: (data, fitOptions) => {
      const { from } = fitOptions;
      if (from !== undefined) {
        restoreSnapshot(subject, from.model);
        const { model: own, stepper: at, lastGood } = from;
        stepper.restore(at, lastGood ?? { clock: at.clock, model: own });
      }
      return fit({
        ...{ data, options: fitOptions, stepper, admit, record },
        variables: [...governed.variables.values()],
        checkpoints: { every: checkpointEvery, take: takeState },
      });
    },
  };
}

function checkpointSteps(steps = 100): number {
  if (!Number.isInteger(steps) || steps < 1)
    throw new RangeError(`checkpointEvery is ${steps}; it must be a positive integer`);
  return steps;
}

/** @throws GovernanceError (GOV6002) where a behaviour that is traced has none. */
function probesFor(policy: Policy, probes: Probes): Probes {
  for (const behavior of tracedBehaviors(policy))
    if (!Object.hasOwn(probes, behavior.name))
      refuseProbe(behavior, "none was given to `govern` as `probes`");
  for (const probe of Object.values(probes)) checkLengths(probe);
  return probes;
}

/**
 * The policy laid over a model that is there.
 * @throws GovernanceError as `govern` does.
 */
export function planFor(model: GovernedModel, ir: Ir): TfjsPlan {
  const { plan, diagnostics } = lowerToTfjs(ir, model.network);
  if (plan === undefined) throw new GovernanceError(diagnostics);
  return plan;
}

/** A layers model needs a loss: that of the options, else the one it was compiled with. */
export function adaptModel(
  model: tf.LayersModel | PlainNetwork,
  options: Pick<GovernOptions, "loss" | "predictiveEntropy">,
): GovernedModel {
  if (!(model instanceof tf.LayersModel)) return governPlainNetwork(model);
  const loss = options.loss ?? compiledLoss(model);
  if (loss === undefined)
    throw new TypeError("a layers model needs a loss: pass `loss` to govern(), or compile the model");
  return governLayersModel(model, loss, options.predictiveEntropy);
}

function findOptimizer(model: tf.LayersModel | PlainNetwork, options: GovernOptions): tf.Optimizer {
  const optimizer = options.optimizer ?? (model instanceof tf.LayersModel ? model.optimizer : undefined);
  if (optimizer === undefined)
    throw new TypeError("govern() needs an optimizer: pass `optimizer`, or compile the model");
  return optimizer;
}
