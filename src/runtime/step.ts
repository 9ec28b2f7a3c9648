/** One governed step, in the order in which things must happen; `governor.ts` says what it is part of. */
import type * as tf from "@tensorflow/tfjs";
import type { Bound, Policy } from "../check/policy.ts";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import { sayMetric, sayNumber, sayRange } from "../lower/words.ts";
import { compileCohorts } from "../reason/predicate.ts";
import type { Span } from "../source/span.ts";
import {
  findBrokenClaims,
  findForbiddenUpdates,
  watchForbidden,
  type ClaimInput,
  type SegmentWeightTable,
} from "./assertions.ts";
import { partsOfBands, type BandPart } from "./bands.ts";
import type { Batch } from "./batch.ts";
import { collectEffects, initBounds, updateBounds, type BoundsUpdate } from "../reason/bounds/effects.ts";
import { clipBand } from "./clip.ts";
import { measureDistributions } from "./distributions.ts";
import type { Recorder, StepMeasured, ViolationFound } from "./events.ts";
import type { Stepper } from "./fit.ts";
import { influenceOf } from "./influence-trace.ts";
import { capturedBands, observedLayers, refuseUnmeasured } from "./measurable.ts";
import { measureMetric, type StepEvidence } from "./metrics.ts";
import type { GovernedModel } from "./network/governed-model.ts";
import { learningRateOf } from "./optimizer/learning-rate.ts";
import type { Mechanisms } from "./mechanisms.ts";
import type { SuppliedValues } from "./members.ts";
import { runPass, type Pass } from "./pass.ts";
import type { Probes } from "./probes.ts";
import { createRoutingTally } from "./routing-matrix.ts";
import { violationOf } from "./second-road/discrepancy.ts";
import { createSecondRoad, type SecondRoadOptions } from "./second-road/second-road.ts";
import type { Watch } from "./second-road/still.ts";
import { createGoodMoments } from "./state/good-moments.ts";
import { keepingUntrained } from "./state/untrained.ts";
import type { GoodMoment, StepperState } from "./state/run-state.ts";
import { createTracer } from "./tracer.ts";
import { createSupply } from "./supplied-values.ts";
import { createUpdateMeter } from "./update-ratio.ts";
import type { Clock } from "../reason/clock.ts";

export interface StepResult {
  /** `refused`: no example of the batch may take part. `rolled_back`: the weights are those of an earlier moment. */
  readonly outcome: "applied" | "skipped" | "rolled_back" | "halted" | "refused";
  /** Whether the weights were updated; also where it was the update itself that halted the run. */
  readonly updated: boolean;
  /** The batch's loss before the update; undefined when there was no forward pass. */
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
  /** Of every behaviour that a trace points toward. */
  readonly probes: Probes;
  readonly measureRoutingEvery: number;
  /** 0 for never. */
  readonly measureDistributionsEvery: number;
  /** Steps between the moments that `rollback` can go back to. */
  readonly checkpointEvery: number;
  readonly mechanisms: Mechanisms;
  /** Which steps are held against a second road. */
  readonly checks: Pick<SecondRoadOptions, "every" | "onCompared">;
  readonly now: () => number;
}

export interface GovernedStepper extends Stepper {
  /** Counts a step in which nothing was learnt; halts when given the line that says so. */
  readonly refuse: (halt: Span | undefined) => StepResult;
  readonly state: () => StepperState;
  readonly restore: (state: StepperState, lastGood: GoodMoment | undefined) => void;
  /** What a `rollback` in the next step would go back to; undefined in a policy that has none. */
  readonly lastGood: () => GoodMoment | undefined;
}

export function createStepper(options: StepperOptions): GovernedStepper {
  const { plan, policy, model, optimizer, record, mechanisms, now } = options;
  const parts = partsOfBands(plan);
  const partsOf = (band: string): readonly BandPart[] => parts.get(band) ?? [];
  const tests = compileCohorts(policy);
  const supply = createSupply(policy);
  const governed = plan.parameters.map((parameter) => ({
    variable: variableOf(model, parameter.name),
    plan: parameter,
  }));
  const variables = governed.map(({ variable }) => variable);
  const road = createSecondRoad({ plan, policy, model, optimizer, variables, ...options.checks });
  const tally = createRoutingTally(plan, parts, ["all", ...policy.cohorts.map((cohort) => cohort.name)]);
  const tracer = createTracer({ plan, parts, model, variables, probes: options.probes });
  const updates = createUpdateMeter(plan, parts, variables);
  const observed = new Set(plan.bounds.flatMap((bound) => observedLayers(plan, bound)));
  const outputs = plan.bands.flatMap((band) => band.output?.layer ?? []);
  const measuredBands = plan.bounds.flatMap(({ metric }) => capturedBands(metric));
  const unmeasurable = new Set<number>();
  let clock: Clock = { step: 0, epoch: 0, examples: 0 };
  let counted = clock;
  let bounds = initBounds(plan.bounds);
  const goods = createGoodMoments(plan, { state: model.state, optimizer }, options.checkpointEvery);

  return {
    lastGood: goods.last,
    state: () => ({
      clock,
      counted,
      bounds,
      tracer: tracer.state(),
      routing: tally.state(),
      updateRatios: updates.state(),
      unmeasurable: [...unmeasurable],
    }),
    restore: (state, lastGood) => {
      ({ clock, counted, bounds } = state);
      tracer.restore(state.tracer);
      tally.restore(state.routing);
      updates.restore(state.updateRatios);
      state.unmeasurable.forEach((index) => unmeasurable.add(index));
      goods.restore(lastGood);
    },
    clock: () => clock,
    beginEpoch: (epoch) => {
      clock = { ...clock, epoch };
    },
    judged: () => bounds.states.map(({ judged }) => judged),
    flush: () => {
      const cells = options.measureRoutingEvery > 0 ? tally.takeRest() : undefined;
      if (cells !== undefined) record({ kind: "routing_measured", clock: counted, cells });
    },
    refuse: (span) => {
      const halt = span && { span, reason: "examples lack what `require … else halt` asks for" };
      const outcome = halt === undefined ? "refused" : "halted";
      return advance({ outcome, updated: false, halt }, undefined, 0, now());
    },
    step: (batch) =>
      keepingUntrained(
        model,
        () => takeStep(batch),
        ({ updated, outcome }) => updated || outcome === "rolled_back",
      ),
  };

  function takeStep(batch: Batch): StepResult {
    const began = now();
    const size = batch.examples.length;
    goods.notice(clock);
    const standing = collectEffects(plan.bounds, bounds.states);
    const traces = tracer.due(clock);
    const isSampled = options.measureRoutingEvery > 0 && clock.step % options.measureRoutingEvery === 0;
    const { measureDistributionsEvery: every } = options;
    const isSpreadMeasured = every > 0 && clock.step % every === 0;
    let supplied: SuppliedValues = {};
    const pass = runPass({
      governedGradients: mechanisms.governedGradients,
      plan,
      governed,
      model,
      batch,
      decide: (readings) => {
        supplied = supply(readings);
        const members = mechanisms.membersOf(tests, batch.examples, clock, supplied);
        return { members, weights: mechanisms.weighSegments(plan, standing.rules, members, clock, size) };
      },
      steers: standing.steers,
      clock,
      observed: isSpreadMeasured ? new Set([...observed, ...outputs]) : observed,
      captured: parametersOf([...measuredBands, ...traces.flatMap((trace) => trace.bands)]),
      sampled: isSampled ? parametersOf(plan.bands.map((band) => band.name)) : [],
      unmeasurable,
    });
    try {
      const { members, weights } = pass;
      const claims = { plan, parts, members, clock };
      const broken = findBrokenClaims(claims, weights);
      if (broken.length > 0) return advance({ ...haltFor(broken), updated: false }, pass.loss, size, began);
      const isChecked = road.isDue(clock);
      if (isChecked) {
        const interventions =
          standing.steers.length > 0 ? "loss" : standing.rules.length > 0 ? "weights" : "none";
        const apart = road.compare({ pass, batch, clock, supplied, interventions });
        if (apart.length > 0) {
          const violations = apart.map((one) => violationOf(one, clock));
          return advance({ ...haltFor(violations), updated: false }, pass.loss, size, began);
        }
      }
      refuseUnmeasured(plan, pass);
      tally.add(weights, members, size);
      counted = clock;
      const evidence: StepEvidence = {
        plan,
        parts,
        members,
        weights: variables,
        meanLoss: pass.meanLoss,
        losses: pass.losses,
        activation: pass.activation,
        activations: pass.activations,
        gradients: pass.gradients(),
        energies: (band) => pass.energies(partsOf(band)),
        influence: (band) => influenceOf(partsOf(band), pass, size),
        updateRatio: updates.ratio,
      };
      const values = plan.bounds.map((bound) => measureMetric(bound.metric, evidence));
      const update = updateBounds(plan.bounds, bounds, clock, values);
      bounds = update.state;
      goods.judge(bounds);
      update.decisions.forEach(record);
      const learningRate = learningRateOf(optimizer);
      tracer.take(traces, { pass, clock, examples: batch.examples, learningRate }).forEach(record);
      if (isSampled) {
        record({ kind: "routing_measured", clock, cells: tally.take(evidence.energies, members) });
      }
      if (isSpreadMeasured)
        record({ kind: "distributions_measured", clock, distributions: measureDistributions(evidence) });
      const outcome = act(update, pass, claims, isChecked ? () => road.watch(pass) : undefined);
      record(stepMeasured(pass.loss, size, now() - began, values, update.averages));
      return advance(outcome, pass.loss, size, began);
    } finally {
      pass.dispose();
    }
  }

  /** Carries out what the bounds ask of this step, then the update, then looks whether it kept to the claims. */
  function act(
    { effects, averages }: Pick<BoundsUpdate, "effects" | "averages">,
    pass: Pass,
    claims: ClaimInput,
    watch: (() => Watch) | undefined,
  ): Outcome {
    if (effects.halt !== undefined) {
      const { bound, span } = effects.halt;
      const reason = describeBreach(plan.bounds[bound], averages[bound]);
      return { outcome: "halted", updated: false, halt: { span, reason } };
    }
    if (effects.rollback !== undefined) {
      record({ kind: "weights_restored", clock, from: goods.rollBack(), ...effects.rollback });
      // No update has led to these weights from any that the next step could see.
      updates.restore([]);
      return { outcome: "rolled_back", updated: false, halt: undefined };
    }
    if (effects.skip !== undefined) {
      record({ kind: "step_skipped", clock, ...effects.skip });
      updates.measure(() => undefined);
      return { outcome: "skipped", updated: false, halt: undefined };
    }
    for (const { band, at } of effects.clips) {
      pass.replaceGradients((gradients) => clipBand(gradients, partsOf(band), plan.parameters, at));
    }
    const watched = watchForbidden(claims, variables);
    const moved = watch?.();
    updates.measure(() => {
      mechanisms.applyGated(optimizer, governed, pass.gradients(), gatesOf(pass.weights));
    });
    const violations = [
      ...findForbiddenUpdates(claims, watched, variables),
      ...(moved?.() ?? []).map((one) => violationOf(one, clock)),
    ];
    return violations.length > 0
      ? { ...haltFor(violations), updated: true }
      : { outcome: "applied", updated: true, halt: undefined };
  }

  function haltFor(violations: readonly ViolationFound[]): Omit<Outcome, "updated"> {
    violations.forEach(record);
    const [first] = violations;
    return { outcome: "halted", halt: first && { span: first.span, reason: first.message } };
  }

  function parametersOf(bands: readonly string[]): readonly number[] {
    return [...new Set(bands.flatMap((band) => partsOf(band).map((part) => part.parameter)))];
  }

  function stepMeasured(
    loss: number,
    examples: number,
    milliseconds: number,
    values: readonly (number | undefined)[],
    averages: readonly (number | undefined)[],
  ): StepMeasured {
    const measured = values.map((value, index) => [
      index,
      { value: finite(value), average: finite(averages[index]) },
    ]);
    return {
      kind: "step_measured",
      clock,
      loss: finite(loss),
      milliseconds,
      examples,
      bounds: Object.fromEntries(measured) as StepMeasured["bounds"],
    };
  }

  function advance(outcome: Outcome, loss: number | undefined, examples: number, began: number): StepResult {
    const at = clock;
    clock = { ...at, step: at.step + 1, examples: at.examples + examples };
    return { ...outcome, loss, clock: at, milliseconds: now() - began };
  }
}

type Outcome = Pick<StepResult, "outcome" | "updated" | "halt">;

function variableOf(model: GovernedModel, name: string): tf.Variable {
  const variable = model.variables.get(name);
  if (variable === undefined) throw new Error(`the plan governs ${name}, and the model has no such variable`);
  return variable;
}

/** Whether each segment may change: some example of the batch has a weight above 0 on it. */
function gatesOf(weights: SegmentWeightTable): readonly (readonly boolean[])[] {
  return weights.map((segments) =>
    segments.map((weight) => (typeof weight === "number" ? weight > 0 : weight.some((value) => value > 0))),
  );
}

/** `` `loss(all)` left `in 0..10`: measured 12.3 ``. */
function describeBreach(bound: Bound | undefined, average: number | undefined): string {
  if (bound === undefined) return "a bound was breached";
  const left = `\`${sayMetric(bound.metric)}\` left \`${sayRange(bound.range)}\``;
  return average === undefined ? left : `${left}: measured ${sayNumber(finite(average))}`;
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
