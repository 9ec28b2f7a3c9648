/**
 * The tests that a policy carries, run on its meaning alone: no data, no training. What a test leaves open may be
 * anything, and what it expects must hold all the same.
 */
import type { CheckedPolicy, PolicyTest } from "../../check/policy.ts";
import { cellsOf, type Cell, type ResolvedBands } from "../cells.ts";
import { checkAction } from "./actions.ts";
import { tellStory } from "./bounds.ts";
import { readCase } from "./case.ts";
import type { Failure, TestResult } from "./result.ts";
import { memberOf } from "../formulas.ts";
import { checkWeight } from "./weights.ts";

/** Runs tests of a policy, in order; with a network at hand, bands overlap as they do there. */
export function runTests(
  policy: CheckedPolicy,
  resolved?: ResolvedBands,
  tests: readonly PolicyTest[] = policy.tests,
): readonly TestResult[] {
  const cells = cellsOf(policy, resolved);
  return tests.map((test) => runTest(test, policy, cells));
}

function runTest(test: PolicyTest, policy: CheckedPolicy, cells: readonly Cell[]): TestResult {
  const testCase = readCase(policy, test);
  const story = tellStory(policy.bounds, test);
  const failures = test.expect.flatMap((expectation): readonly Failure[] => {
    switch (expectation.kind) {
      case "weight":
        return list(checkWeight(expectation, testCase, { policy, cells }));
      case "cohort": {
        const member = memberOf(expectation.cohort);
        const found = testCase.find(expectation.negated ? member : { kind: "not", operand: member });
        if (found.kind === "none") return [];
        return [
          found.kind === "undecided"
            ? { kind: "undecided", expectation }
            : { kind: "cohort", expectation, witness: found.witness },
        ];
      }
      case "action":
        return list(checkAction(expectation, test, story));
    }
  });
  return { test, failures, story };
}

function list(failure: Failure | undefined): readonly Failure[] {
  return failure === undefined ? [] : [failure];
}
