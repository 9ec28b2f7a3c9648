import type { Policy, Predicate, Window } from "../../check/policy.ts";
import type { TimeUnit } from "../../syntax/ast.ts";
import { periodsOf, type Period } from "../moments.ts";
import type { Time } from "./difference.ts";

/** Stretches of time in which neither a window of the policies nor what their cohorts ask of the time changes. */
export function periodsOfAll(policies: readonly Policy[]): readonly Period[] {
  const windows = policies.flatMap(({ rules, detaches }) =>
    [...rules, ...detaches].map(({ window }) => window),
  );
  return periodsOf([...windows, ...policies.flatMap(({ cohorts }) => cohorts.flatMap(edgesInCohort))]);
}

function edgesInCohort({ predicate }: { readonly predicate: Predicate }): readonly Window[] {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.operands.flatMap((operand) => edgesInCohort({ predicate: operand }));
    case "not":
      return edgesInCohort({ predicate: predicate.operand });
    case "compare":
      return edgesAt(predicate.field, [predicate.value]);
    case "in_range":
      return edgesAt(predicate.field, [predicate.range.low, predicate.range.high]);
    case "in_set":
      return edgesAt(predicate.field, predicate.values);
    default:
      return [];
  }
}

/** A comparison with a number changes at most at that count and at the next. */
function edgesAt(field: string, values: readonly unknown[]): readonly Window[] {
  if (field !== "step" && field !== "epoch") return [];
  const unit = field === "step" ? "steps" : "epochs";
  return values
    .map(Number)
    .flatMap((value) => [Math.ceil(value), Math.floor(value) + 1])
    .filter((count) => Number.isSafeInteger(count) && count > 0)
    .map((count) => ({ from: { count, unit } }));
}

/** Some of the periods in as few words as can be: neighbours are taken together. */
export function describeTimes(chosen: readonly Period[], all: readonly Period[]): readonly Time[] {
  if (all.every((period) => chosen.includes(period))) return [[]];
  return UNITS.reduce(
    mergeAlong,
    chosen.map(({ stretches }) => stretches),
  ).map(windowsOf);
}

type Stretches = Period["stretches"];

const UNITS: readonly TimeUnit[] = ["steps", "examples", "epochs"];

/** Takes periods together that differ in this unit alone and adjoin there. */
function mergeAlong(periods: readonly Stretches[], unit: TimeUnit): readonly Stretches[] {
  const merged: Stretches[] = [];
  for (const period of periods.toSorted((left, right) => left[unit].start - right[unit].start)) {
    const index = merged.findIndex(
      (other) =>
        other[unit].end === period[unit].start &&
        UNITS.every((one) => one === unit || isEqual(other[one], period[one])),
    );
    const neighbour = merged[index];
    if (neighbour === undefined) merged.push(period);
    else merged[index] = { ...neighbour, [unit]: { start: neighbour[unit].start, end: period[unit].end } };
  }
  return merged;
}

function isEqual(left: Stretches[TimeUnit], right: Stretches[TimeUnit]): boolean {
  return left.start === right.start && left.end === right.end;
}

function windowsOf(stretches: Stretches): Time {
  return UNITS.flatMap((unit): readonly Window[] => {
    const { start, end } = stretches[unit];
    if (start === 0 && end === Number.POSITIVE_INFINITY) return [];
    return [
      {
        ...(start > 0 && { from: { count: start, unit } }),
        ...(end < Number.POSITIVE_INFINITY && { until: { count: end, unit } }),
      },
    ];
  });
}
