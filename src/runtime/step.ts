/** One governed step, in the order in which things must happen; see `governor.ts` for what it is part of. */
import * as tf from "@tensorflow/tfjs";
import type { Policy } from "../check/policy.ts";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import { compileCohorts } from "../reason/predicate.ts";
import type { Span } from "../source/span.ts";
import { findBrokenClaims, findForbiddenUpdates, watchForbidden } from "./assertions.ts";
import { cutPart, partsOfBands, squaredNorm } from "./bands.ts";
import { batchTensors, type Batch } from "./batch.ts";
import { initBounds, updateBounds } from "./bounds/effects.ts";
import { clipBand } from "./clip.ts";
import type { Clock, Recorder, RunEvent, StepMeasured } from "./events.ts";
import { createTraceSchedule, traceInfluence } from "./influence-trace.ts";
import { measureMetric, type StepEvidence } from "./metrics.ts";
import type { GovernedModel } from "./network/governed-model.ts";
import { createRoutingTally } from "./routing-matrix.ts";

export interface StepResult {
  /** `refused`: no example of the batch may take part. */
  readonly outcome: "applied" | "skipped" | "halted" | "refused";
  /** The batch's loss before the update; undefined when the batch was refused. */
  readonly loss: number | undefined;
  /** The moment of this step. */
  readonly clock: Clock;
  readonly milliseconds: number;
  readonly halt: Halt | undefined;
}

/** Why a run was halted: the line of the policy, and what happened. */
export interface Halt {
  readonly span: Span;
  readonly reason: string;
}

export interface StepperOptions {
  readonly plan: TfjsPlan;
  readonly policy: Policy;
  readonly model: GovernedModel;
  readonly optimizer: tf.Optimizer;
  readonly record: Recorder;
  readonly measureRoutingEvery: number;
  readonly now: () => number;
}

export interface GovernedStepper {
  readonly step: (batch: Batch) => StepResult;
  /** Counts a step in which nothing was learnt; halts when given the line that says so. */
  readonly refuse: (halt: Span | undefined) => StepResult;
  readonly beginEpoch: (epoch: number) => void;
  readonly clock: () => Clock;
  readonly dispose: () => void;
}

export function createStepper(options: StepperOptions): GovernedStepper {
  const { plan, policy, model, optimizer, record, now } = options;
  const parts = partsOfBands(plan);
  const tests = compileCohorts(policy);
  const governed = plan.parameters.map((parameter) => ({
    variable: variableOf(model, parameter.name),
    plan: parameter,
  }));
  const variables = governed.map(({ variable }) => variable);
  const observed = observedLayers(plan);
  const tally = createRoutingTally(plan, parts, ["all", ...policy.cohorts.map((cohort) => cohort.name)]);
  const schedule = createTraceSchedule(plan.provenance.trace);
  let clock: Clock = { step: 0, epoch: 0, examples: 0 };
  let bounds = initBounds(plan.bounds);
  let temporaryRules: readonly TemporaryRule[] = [];
  let updateRatios: ReadonlyMap<string, number> = new Map();

  return { step, refuse, beginEpoch, clock: () => clock, dispose };

  function step(batch: Batch): StepResult {
    const began = now();
    const at = clock;
    const members = readMembers(tests, batch.examples, at);
    const weights = weighSegments({
      plan,
      temporaryRules,
      members,
      clock: at,
      batchSize: batch.examples.length,
    });
    const claims = { plan, parts, members, clock: at };
    const broken = findBrokenClaims(claims, weights);
    if (broken[0] !== undefined) return stop(broken, { span: broken[0].span, reason: broken[0].message });

    const traces = schedule.due(at);
    const samplesRouting = options.measureRoutingEvery > 0 && at.step % options.measureRoutingEvery === 0;
    const pass = runPass(batch, weights, members, capturedParameters(traces, samplesRouting));
    try {
      const evidence: StepEvidence = {
        plan,
        parts,
        members,
        variables,
        ...pass,
        updateRatio: (band) => updateRatios.get(band),
      };
    } finally {
      pass.dispose();
    }
  }
}
