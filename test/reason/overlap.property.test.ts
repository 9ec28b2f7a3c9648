import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../src/compile.ts";
import type { ExampleRecord } from "../../src/reason/example.ts";
import { validateExample } from "../../src/reason/example.ts";
import { relateCohorts, type CohortPair, type Relation } from "../../src/reason/overlap.ts";
import { finitePolicies } from "../generators/finite-policies.ts";
import { cases, runs } from "../generators/runs.ts";
import { interpret, type OracleExample } from "../oracle/interpreter.ts";

it(
  "relates the cohorts of random policies as trying every example does",
  () => {
    const met = new Set<Relation>();
    fc.assert(
      fc.property(finitePolicies(), ({ text, examples }) => {
        const { policy } = compile({ entry: "policy.gov", sources: new Map([["policy.gov", text]]) });
        if (policy === undefined) throw new Error(text);
        const { isInCohort } = interpret(text);
        const start = { step: 0, epoch: 0, examples: 0 };
        const holds = (cohort: string, example: OracleExample | ExampleRecord): boolean =>
          isInCohort(cohort, example as OracleExample, start);
        const { cohorts, empty, dynamic, pairs } = relateCohorts(policy);
        expect([...cohorts, ...empty, ...dynamic].toSorted()).toEqual(
          policy.cohorts.map(({ name }) => name).toSorted(),
        );
        for (const name of empty)
          expect(
            examples.some((example) => holds(name, example)),
            text,
          ).toBe(false);
        expect(pairs.length * 2).toBe(cohorts.length * Math.max(0, cohorts.length - 1));
        for (const pair of pairs) {
          const { left, right, relation } = pair;
          const meant = relate(
            examples.map((example) => [holds(left, example), holds(right, example)] as const),
          );
          expect(relation, `${left}, ${right} of\n${text}`).toBe(meant);
          met.add(relation);
          for (const [example, inLeft, inRight] of examplesOf(pair)) {
            expect(validateExample(policy.example, example), text).toEqual([]);
            expect([holds(left, example), holds(right, example)], text).toEqual([inLeft, inRight]);
          }
        }
      }),
      cases(300),
    );
    expect([...met].toSorted()).toEqual(["around", "disjoint", "equal", "inside", "overlapping"]);
  },
  runs(180_000),
);

/** By the definitions of sets; neither is empty. */
function relate(memberships: readonly (readonly [boolean, boolean])[]): Relation {
  const some = (left: boolean, right: boolean): boolean =>
    memberships.some(([inLeft, inRight]) => inLeft === left && inRight === right);
  if (!some(true, true)) return "disjoint";
  if (!some(true, false) && !some(false, true)) return "equal";
  if (!some(true, false)) return "inside";
  return some(false, true) ? "overlapping" : "around";
}

function examplesOf({
  examples,
  relation,
}: CohortPair): readonly (readonly [ExampleRecord, boolean, boolean])[] {
  const { both, leftOnly, rightOnly } = examples;
  const shown = [
    ...(both ? [[both, true, true] as const] : []),
    ...(leftOnly ? [[leftOnly, true, false] as const] : []),
    ...(rightOnly ? [[rightOnly, false, true] as const] : []),
  ];
  const wanted: Readonly<Record<Relation, number>> = {
    ...{ equal: 1, inside: 2, around: 2, overlapping: 3, disjoint: 2, undecided: 0 },
  };
  expect(shown.length).toBe(wanted[relation]);
  return shown;
}
