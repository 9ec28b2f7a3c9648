import assert from "node:assert/strict";
import type { Trial } from "./case.ts";
import { learningStages } from "./networks.ts";

/** What a random trial may hold that could go wrong in a way of its own. */
const KINDS: Readonly<Record<string, (trial: Trial) => boolean>> = {
  "layers model": ({ network }) => network.writing === "layers",
  "plain code": ({ network }) => network.writing === "plain",
  "plain sum": ({ network }) => network.reduction === "sum",
  bias: (trial) => learningStages(trial.network).some(({ hasBias }) => hasBias),
  "no bias": (trial) => learningStages(trial.network).some(({ hasBias }) => !hasBias),
  deep: (trial) => learningStages(trial.network).length > 2,
  skip: (trial) => learningStages(trial.network).some(({ hasSkip }) => hasSkip),
  "unit slices": ({ policy }) => policy.bands.some(({ kind }) => kind === "units"),
  rest: ({ policy }) => policy.bands.some(({ kind }) => kind === "rest"),
  "band algebra": ({ policy }) => policy.bands.some(({ kind }) => kind === "algebra"),
  "overlapping bands": (trial) =>
    units(trial).some(
      ([layer, unit]) => trial.policy.bands.filter(({ holds }) => holds(layer, unit)).length > 1,
    ),
  "several cohorts": ({ policy }) => new Set(policy.routes.map(({ cohort }) => cohort)).size > 2,
  "default weight": ({ policy }) => policy.defaultWeight !== 1,
  "fractional weight": (trial) => weights(trial).some((weight) => weight > 0 && weight < 1),
  "amplifying weight": (trial) => weights(trial).some((weight) => weight > 1),
  "weights that differ by example and unit": (trial) =>
    learningStages(trial.network).some(({ name, units: count }) => {
      const rows = trial.facts.map((facts) =>
        Array.from({ length: count }, (_, unit) => trial.policy.weigh(facts, name, unit, 0)).join(),
      );
      return new Set(rows).size > 1 && rows.some((row) => new Set(row.split(",")).size > 1);
    }),
  "held whole": (trial) =>
    learningStages(trial.network).some(({ name }) =>
      units(trial).every(([layer, unit]) => layer !== name || isHeld(trial, layer, unit)),
    ),
  "held units": (trial) => units(trial).some(([layer, unit]) => isHeld(trial, layer, unit)),
  window: ({ policy }) => / (from|until) /.test(policy.text),
  detach: ({ policy }) => policy.detaches.length > 0,
  "detach that cuts some examples only": (trial) =>
    new Set(trial.facts.map((facts) => trial.policy.cutsOf(facts, 0).length > 0)).size > 1,
  "detach of unit slices": (trial) =>
    trial.facts.some((facts) =>
      trial.policy
        .cutsOf(facts, 0)
        .some((holds) =>
          learningStages(trial.network).some(
            ({ name, units: count }) => holds(name, 0) !== holds(name, count - 1),
          ),
        ),
    ),
  "two detaches on one example": (trial) =>
    trial.facts.some((facts) => trial.policy.cutsOf(facts, 0).length > 1),
};

/** Counts what the trials hold; at the end everything must have been there often enough to mean something. */
export interface Coverage {
  readonly count: (trial: Trial) => void;
  readonly expectAll: (atLeast: number, but?: readonly string[]) => void;
}

export function createCoverage(): Coverage {
  const counts = new Map(Object.keys(KINDS).map((kind) => [kind, 0]));
  return {
    count: (trial) => {
      for (const [kind, holds] of Object.entries(KINDS))
        if (holds(trial)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    },
    expectAll: (atLeast, but = []) => {
      const rare = [...counts].filter(([kind, count]) => count < atLeast && !but.includes(kind));
      assert.deepEqual(Object.fromEntries(rare), {}, "too rare to mean something");
    },
  };
}

function units({ network }: Trial): readonly (readonly [string, number])[] {
  return learningStages(network).flatMap(({ name, units: count }) =>
    Array.from({ length: count }, (_, unit) => [name, unit] as const),
  );
}

function weights(trial: Trial): readonly number[] {
  return trial.facts.flatMap((facts) =>
    units(trial).map(([layer, unit]) => trial.policy.weigh(facts, layer, unit, 0)),
  );
}

function isHeld({ facts, policy }: Trial, layer: string, unit: number): boolean {
  return facts.every((example) => policy.weigh(example, layer, unit, 0) === 0);
}
