/** The traces of a policy in a run: when each is due, and whose influence it records toward what. */
import * as tf from "@tensorflow/tfjs";
import type { Trace } from "../check/policy.ts";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import { hasElapsed } from "../reason/bounds/duration.ts";
import type { Clock } from "../reason/clock.ts";
import type { ExampleRecord } from "../reason/example.ts";
import type { BandPart } from "./bands.ts";
import type { InfluenceMeasured } from "./events.ts";
import { traceInfluence } from "./influence-trace.ts";
import type { GovernedModel } from "./network/governed-model.ts";
import type { Pass } from "./pass.ts";
import { probeGradients } from "./probe-gradients.ts";
import type { Probes } from "./probes.ts";

export interface Tracer {
  /** The traces to be taken in this step, which count as taken; the first step is always traced. */
  readonly due: (clock: Clock) => readonly Trace[];
  readonly take: (due: readonly Trace[], step: TracedStep) => readonly InfluenceMeasured[];
  /** When each was last taken, in the order of the policy. */
  readonly state: () => TracerState;
  readonly restore: (state: TracerState) => void;
}

export type TracerState = readonly (Clock | null)[];

export interface TracedStep {
  readonly pass: Pass;
  readonly clock: Clock;
  readonly examples: readonly ExampleRecord[];
  readonly learningRate: number;
}

export interface TracerOptions {
  readonly plan: TfjsPlan;
  readonly parts: ReadonlyMap<string, readonly BandPart[]>;
  readonly model: GovernedModel;
  /** In the order of the plan's parameters. */
  readonly variables: readonly tf.Variable[];
  readonly probes: Probes;
}

export function createTracer({ plan, parts, model, variables, probes }: TracerOptions): Tracer {
  const { parameters } = plan;
  const traces = plan.provenance.trace;
  let last: TracerState = traces.map(() => null);

  return {
    state: () => last,
    restore: (state) => {
      last = state;
    },
    due: (clock) => {
      const isDue = traces.map((trace, index) => {
        const before = last[index] ?? null;
        return before === null || hasElapsed(before, clock, trace.every);
      });
      last = last.map((before, index) => (isDue[index] === true ? clock : before));
      return traces.filter((_, index) => isDue[index]);
    },
    take: (due, step) => [
      ...due.filter(({ behaviors }) => behaviors.length === 0).flatMap((trace) => towardBatch(trace, step)),
      ...[...new Set(due.flatMap(({ behaviors }) => behaviors))].flatMap((behavior) =>
        towardBehavior(
          behavior,
          due.filter(({ behaviors }) => behaviors.includes(behavior)),
          step,
        ),
      ),
    ],
  };

  function towardBatch(trace: Trace, { pass, ...step }: TracedStep): readonly InfluenceMeasured[] {
    const { weights, dots } = pass;
    return traceInfluence(trace, { ...step, parameters, parts, weights, dots, behavior: null });
  }

  function towardBehavior(
    behavior: string,
    wanting: readonly Trace[],
    { pass, ...step }: TracedStep,
  ): readonly InfluenceMeasured[] {
    const bands = wanting.flatMap((trace) => trace.bands);
    const held = new Set(bands.flatMap((band) => parts.get(band) ?? []).map(({ parameter }) => parameter));
    const own = variables.filter((_, index) => held.has(index));
    const probe = probes[behavior];
    if (probe === undefined) throw new Error(`behaviour ${behavior} has no probe`);
    const gradients = probeGradients(model, probe, own);
    const vectors = new Map([...held].toSorted((a, b) => a - b).map((index, at) => [index, gradients[at]]));
    try {
      const dots = (part: BandPart): Float32Array => {
        const vector = vectors.get(part.parameter);
        return vector === undefined ? new Float32Array(step.examples.length) : pass.dotsAlong(part, vector);
      };
      return wanting.flatMap((trace) =>
        traceInfluence(trace, { ...step, parameters, parts, weights: pass.weights, dots, behavior }),
      );
    } finally {
      tf.dispose([...gradients]);
    }
  }
}
