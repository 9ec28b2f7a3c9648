/** How the cohorts of a policy lie to each other, over every example that the schema admits. */
import type { Cohort, Policy } from "../check/policy.ts";
import type { ExampleRecord } from "./example.ts";
import { memberOf, not } from "./formulas.ts";
import { createGrounds } from "./grounds.ts";
import { createKnownExamples } from "./known-examples.ts";

export interface CohortOverlap {
  /** Those that were compared, in the policy's order. */
  readonly cohorts: readonly string[];
  /** Those that hold no example, which is disjoint from any and part of any. */
  readonly empty: readonly string[];
  /** Those that read what only the run knows: loss, entropy, epoch or step. */
  readonly dynamic: readonly string[];
  /** Each two of the compared ones, the one that comes first in the policy on the left. */
  readonly pairs: readonly CohortPair[];
}

export interface CohortPair {
  readonly left: string;
  readonly right: string;
  readonly relation: Relation;
  /** Examples that show it, complete. Where there is none, it is proved that there is none, or nothing is said. */
  readonly examples: {
    readonly both?: ExampleRecord;
    readonly leftOnly?: ExampleRecord;
    readonly rightOnly?: ExampleRecord;
  };
}

/** `inside`: every example of the left one is in the right one, and not the other way round; `around` is the reverse. */
export type Relation = "equal" | "inside" | "around" | "overlapping" | "disjoint" | "undecided";

/**
 * Relates every two cohorts that a policy has names for; those inside of a module are left out.
 *
 * INVARIANT: every relation but `undecided` is exact.
 */
export function relateCohorts(policy: Policy): CohortOverlap {
  const named = policy.cohorts.filter(({ name }) => !name.includes("#"));
  const names = (chosen: readonly Cohort[]): readonly string[] => chosen.map(({ name }) => name);
  const fixed = names(named.filter(({ dynamic }) => !dynamic));
  const find = createFinder(policy, fixed);
  const empty = fixed.filter((name) => find([name], []).kind === "none");
  const cohorts = fixed.filter((name) => !empty.includes(name));
  const pairs = cohorts.flatMap((left, index) =>
    cohorts.slice(index + 1).map((right): CohortPair => {
      const both = find([left, right], []);
      const leftOnly = find([left], [right]);
      const rightOnly = find([right], [left]);
      return {
        ...{ left, right, relation: relationOf(both.kind, leftOnly.kind, rightOnly.kind) },
        examples: {
          ...(both.kind === "found" && { both: both.example }),
          ...(leftOnly.kind === "found" && { leftOnly: leftOnly.example }),
          ...(rightOnly.kind === "found" && { rightOnly: rightOnly.example }),
        },
      };
    }),
  );
  return { cohorts, empty, dynamic: names(named.filter(({ dynamic }) => dynamic)), pairs };
}

/** Finds an example by cohorts that hold it and cohorts that do not. */
function createFinder(
  policy: Policy,
  cohorts: readonly string[],
): (inside: readonly string[], outside: readonly string[]) => Found {
  const { search } = createGrounds(policy);
  const known = createKnownExamples(policy, cohorts);
  return (inside, outside) => {
    const example = known.find(inside, outside);
    if (example !== undefined) return { kind: "found", example };
    const operands = [...inside.map(memberOf), ...outside.map((name) => not(memberOf(name)))];
    const result = search.find({ kind: "and", operands }, { tries: "declared" });
    if (result.kind === "found") known.add(result.example);
    return result;
  };
}

type Found =
  { readonly kind: "found"; readonly example: ExampleRecord } | { readonly kind: "none" | "undecided" };

type Kind = Found["kind"];

function relationOf(both: Kind, leftOnly: Kind, rightOnly: Kind): Relation {
  // Neither holds no example, so that two that share none differ.
  if (both === "none") return "disjoint";
  if ([both, leftOnly, rightOnly].includes("undecided")) return "undecided";
  if (leftOnly === "found") return rightOnly === "found" ? "overlapping" : "around";
  return rightOnly === "found" ? "inside" : "equal";
}
