import type { Policy, Window } from "../../check/policy.ts";
import type { TimeUnit } from "../../syntax/ast.ts";
import { edgesInPredicate, periodsOf, type Period } from "../moments.ts";
import type { Time } from "./difference.ts";

/** Stretches of time in which neither a window of the policies nor what their cohorts ask of the time changes. */
export function periodsOfAll(policies: readonly Policy[]): readonly Period[] {
  const windows = policies.flatMap(({ rules, detaches }) =>
    [...rules, ...detaches].map(({ window }) => window),
  );
  const cohorts = policies.flatMap((policy) => policy.cohorts);
  return periodsOf([...windows, ...cohorts.flatMap(({ predicate }) => edgesInPredicate(predicate))]);
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
