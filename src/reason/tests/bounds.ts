/** The bounds of a policy, fed with the metrics that a test gives: the same machines that act in a run. */
import type { Bound, Duration, GivenStep, Metric, PolicyTest } from "../../check/policy.ts";
import type { BoundDecision } from "../bounds/decisions.ts";
import { initBounds, updateBounds } from "../bounds/effects.ts";
import type { Clock } from "../clock.ts";

export interface BoundStory {
  /** What the bounds decided, in order. */
  readonly decisions: readonly BoundDecision[];
  /** The bounds whose metric is given, by index. */
  readonly fed: readonly number[];
  /** Per bound: the last average over its window; undefined where that never was full. */
  readonly averages: readonly (number | undefined)[];
  /** Where the run was halted: what is given beyond that does not happen. */
  readonly halted: Clock | undefined;
  /** How many steps were gone through. */
  readonly steps: number;
}

type GivenMetric = Extract<GivenStep, { readonly kind: "metric" }>;

/** Goes through the given metrics in order, each continuing in time where the one before it ended. */
export function tellStory(bounds: readonly Bound[], test: Pick<PolicyTest, "given">): BoundStory {
  const given = test.given.filter((step) => step.kind === "metric");
  const fed = bounds.flatMap((bound, index) =>
    given.some(({ metric }) => isSameMetric(metric, bound.metric)) ? [index] : [],
  );
  const pace = paceOf(bounds, given);
  const decisions: BoundDecision[] = [];
  let state = initBounds(bounds);
  let averages: readonly (number | undefined)[] = bounds.map(() => undefined);
  let steps = 0;
  let start: Clock = { step: 0, epoch: 0, examples: 0 };
  for (const one of given) {
    const values = bounds.map((bound) => (isSameMetric(one.metric, bound.metric) ? one.value : undefined));
    const { clocks, end } = layOutTime(start, one.for, pace);
    for (const clock of clocks) {
      const update = updateBounds(bounds, state, clock, values);
      state = update.state;
      averages = update.averages;
      decisions.push(...update.decisions);
      steps += 1;
      if (update.effects.halt !== undefined) return { decisions, fed, averages, halted: clock, steps };
    }
    start = end;
  }
  return { decisions, fed, averages, halted: undefined, steps };
}

/** Whether two metrics measure the same; the value of an entropy is in the unit of the bound that takes it. */
export function isSameMetric(left: Metric, right: Metric): boolean {
  return metricKey(left) === metricKey(right);
}

function metricKey(metric: Metric): string {
  switch (metric.kind) {
    case "entropy":
      return JSON.stringify([metric.kind, metric.band, metric.of]);
    case "gradient_norm":
    case "update_ratio":
    case "dead_units":
      return JSON.stringify([metric.kind, metric.band]);
    case "influence":
      return JSON.stringify([metric.kind, metric.cohort, metric.band]);
    case "loss":
      return JSON.stringify([metric.kind, metric.cohort]);
    case "loss_gap":
      return JSON.stringify([metric.kind, metric.left, metric.right]);
  }
}

/** How the units of time go together, which only the data of a run would say. */
interface Pace {
  readonly stepsPerEpoch: number;
  readonly examplesPerStep: number;
}

/**
 * An epoch is as many steps long as the durations in steps that any one bound names take together, so that each of
 * them has gone by within one. A step has as many examples as every duration in examples is a multiple of.
 */
function paceOf(bounds: readonly Bound[], given: readonly GivenMetric[]): Pace {
  const countsOf = (unit: Duration["unit"], durations: readonly Duration[]): readonly number[] =>
    durations.flatMap((duration) => (duration.unit === unit ? [duration.count] : []));
  const sums = bounds.map((bound) =>
    countsOf("steps", durationsOf(bound)).reduce((sum, count) => sum + count, 0),
  );
  const all = [...bounds.flatMap(durationsOf), ...given.map((one) => one.for)];
  return {
    stepsPerEpoch: Math.max(1, ...sums),
    examplesPerStep: countsOf("examples", all).reduce(greatestCommonDivisor, 0) || 1,
  };
}

function durationsOf({ over, arms }: Bound): readonly Duration[] {
  const ladder = arms.flatMap((arm) => arm.ladder);
  return [
    over,
    ...ladder.flatMap(({ action, after }) => [after, "for" in action ? action.for : undefined]),
  ].filter((duration) => duration !== undefined);
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

/**
 * The moments of the steps that a duration takes. Time moves in the unit of the duration: n steps end no epoch. Epochs
 * and examples last until the first step after them, with which they have gone by.
 */
function layOutTime(
  start: Clock,
  { count, unit }: Duration,
  { stepsPerEpoch, examplesPerStep }: Pace,
): { readonly clocks: Iterable<Clock>; readonly end: Clock } {
  const at = (index: number): Clock => {
    const step = start.step + index;
    switch (unit) {
      case "steps":
        return { ...start, step };
      case "epochs":
        return { ...start, step, epoch: start.epoch + Math.floor(index / stepsPerEpoch) };
      case "examples":
        return { ...start, step, examples: start.examples + index * examplesPerStep };
    }
  };
  const LENGTHS: Readonly<Record<Duration["unit"], number>> = {
    steps: count,
    epochs: count * stepsPerEpoch + 1,
    examples: count / examplesPerStep + 1,
  };
  const length = LENGTHS[unit];
  const end = { ...at(length - 1), step: start.step + length };
  return { clocks: clocksOf(length, at), end };
}

function* clocksOf(length: number, at: (index: number) => Clock): Iterable<Clock> {
  for (let index = 0; index < length; index += 1) yield at(index);
}
