/** What the measurements of a run come to, taken in one by one, so that a run that goes on is not added up anew. */
import type { Measurement, RunEvaluated, StepMeasured } from "../runtime/events.ts";
import type { Clock } from "../reason/clock.ts";
import { growCurve, NO_CURVE, type Curve, type GrowingCurve } from "./curve.ts";
import { createInfluenceSum, type TracedInfluence } from "./influence-sums.ts";
import { createRoutingSum, type RoutingCell } from "./routing-sums.ts";

export interface History {
  readonly add: (measurement: Measurement) => void;
  readonly steps: () => StepTotals;
  readonly loss: () => Curve;
  /** By the place of the bound in the policy; without samples where it was never measured. */
  readonly bound: (index: number) => Curve;
  readonly routing: () => readonly RoutingCell[];
  readonly influence: () => readonly TracedInfluence[];
  /** Undefined where the run was not evaluated. */
  readonly evaluated: () => RunEvaluated | undefined;
}

export interface StepTotals {
  readonly count: number;
  readonly examples: number;
  readonly milliseconds: number;
  readonly firstLoss: number | null | undefined;
  readonly lastLoss: number | null | undefined;
  /** Of the last step. */
  readonly clock: Clock | undefined;
}

const NO_STEPS: StepTotals = {
  ...{ count: 0, examples: 0, milliseconds: 0 },
  ...{ firstLoss: undefined, lastLoss: undefined, clock: undefined },
};

export function historyOf(measurements: readonly Measurement[]): History {
  const history = createHistory();
  for (const measurement of measurements) history.add(measurement);
  return history;
}

export function createHistory(): History {
  let steps = NO_STEPS;
  let evaluated: RunEvaluated | undefined;
  const loss = growCurve();
  const bounds = new Map<number, GrowingCurve>();
  const routing = createRoutingSum();
  const influence = createInfluenceSum();

  function addStep(event: StepMeasured): void {
    steps = {
      count: steps.count + 1,
      examples: steps.examples + event.examples,
      milliseconds: steps.milliseconds + event.milliseconds,
      firstLoss: steps.count === 0 ? event.loss : steps.firstLoss,
      lastLoss: event.loss,
      clock: event.clock,
    };
    const { step } = event.clock;
    loss.add({ step, value: event.loss, average: event.loss });
    for (const [name, reading] of Object.entries(event.bounds)) {
      const index = Number(name);
      const curve = bounds.get(index) ?? growCurve();
      bounds.set(index, curve);
      curve.add({ step, ...reading });
    }
  }

  return {
    add(event) {
      switch (event.kind) {
        case "step_measured":
          return addStep(event);
        case "routing_measured":
          return routing.add(event);
        case "influence_measured":
          return influence.add(event);
        case "run_evaluated":
          evaluated = event;
          return;
        case "distributions_measured":
          // For trackers, which have pictures for them.
          return;
      }
    },
    steps: () => steps,
    loss: loss.read,
    bound: (index) => bounds.get(index)?.read() ?? NO_CURVE,
    routing: routing.read,
    influence: influence.read,
    evaluated: () => evaluated,
  };
}
