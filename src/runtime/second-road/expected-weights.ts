/**
 * w(i, θ) a second time, straight from the policy's rules: example by example and rule by rule, by the names of bands.
 * The first road (`members`, `segment-weights`) goes by columns of cohorts and by the numbers that the plan gives rules.
 */
import type { Policy } from "../../check/policy.ts";
import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import type { Clock } from "../../reason/clock.ts";
import type { ExampleRecord } from "../../reason/example.ts";
import { compileCohorts } from "../../reason/predicate.ts";
import { weigh } from "../../reason/weights.ts";
import type { SegmentWeightTable } from "../assertions.ts";
import type { SuppliedValues } from "../members.ts";
import { lineOf, sayPlace, type Discrepancy } from "./discrepancy.ts";

export interface Moment {
  readonly clock: Clock;
  readonly examples: readonly ExampleRecord[];
  readonly supplied: SuppliedValues;
}

/** By parameter and segment, `[B]`. */
export type ExpectedWeights = readonly (readonly Float32Array[])[];

export function createExpectation(plan: TfjsPlan, policy: Policy): (moment: Moment) => ExpectedWeights {
  const tests = compileCohorts(policy);
  return ({ clock, examples, supplied }) => {
    const known = new Map<string, Float32Array>();
    const weighAll = (bands: readonly string[]): Float32Array => {
      const rules = plan.rules.filter(({ band }) => band === "all" || bands.includes(band));
      return Float32Array.from(examples, (example, row) => {
        const dynamic = {
          loss: supplied.loss?.[row] ?? Number.NaN,
          entropy: supplied.entropy?.[row] ?? Number.NaN,
          epoch: clock.epoch,
          step: clock.step,
        };
        const holds = (cohort: string): boolean => tests.get(cohort)?.(example, dynamic) === true;
        return weigh(rules, holds, clock, plan.defaultWeight);
      });
    };
    return plan.parameters.map(({ segments }) =>
      segments.map(({ bands }) => {
        const key = bands.join(",");
        const weights = known.get(key) ?? weighAll(bands);
        known.set(key, weights);
        return weights;
      }),
    );
  };
}

/** Weights of the step that are not those expected, one for each parameter. */
export function compareWeights(
  plan: TfjsPlan,
  weights: SegmentWeightTable,
  expected: ExpectedWeights,
): readonly Discrepancy[] {
  return plan.parameters.flatMap((_, parameter) => {
    const found = (expected[parameter] ?? []).flatMap((own, segment) => {
      const used = weights[parameter]?.[segment] ?? Number.NaN;
      const row = own.findIndex((value, at) => Math.fround(weightAt(used, at)) !== value);
      return row < 0 ? [] : [{ segment, row, own: own[row] ?? 0, used: weightAt(used, row) }];
    });
    const [first] = found;
    const span = first && lineOf(plan, parameter, first.segment);
    if (first === undefined || span === undefined) return [];
    const place = sayPlace(plan, parameter, first.segment);
    const what = `example ${first.row + 1} of the batch has the weight ${first.used} on ${place}, and the rules give ${first.own}`;
    return [{ assertion: "weights", found: what, span }];
  });
}

export function weightAt(weight: Float32Array | number, row: number): number {
  return typeof weight === "number" ? weight : (weight[row] ?? Number.NaN);
}
