import type { Policy, Predicate, RouteRule } from "../../check/policy.ts";
import type { Cell } from "../cells.ts";
import { memberOf } from "../formulas.ts";
import { compileCohorts } from "../predicate.ts";
import { weigh } from "../weights.ts";
import { windowHolds } from "../windows.ts";
import type { TestCase, Witness } from "./case.ts";
import type { ExpectationOf, Failure } from "./result.ts";

/** Whether every example of the test has the weight on every parameter of the band; the first that has not. */
export function checkWeight(
  expectation: ExpectationOf<"weight">,
  testCase: TestCase,
  { policy, cells }: { readonly policy: Policy; readonly cells: readonly Cell[] },
): Failure | undefined {
  const parts = cells.filter((cell) => cell.has(expectation.band));
  const isWhole = parts.length === 1;
  for (const cell of parts) {
    const rules = policy.rules.filter(
      (rule) => cell.has(rule.band) && windowHolds(rule.window, testCase.moment),
    );
    const hasWeight = weightIs(expectation.weight, rules, policy.defaultWeight.weight);
    const found = testCase.find({ kind: "not", operand: hasWeight });
    if (found.kind === "undecided") return { kind: "undecided", expectation };
    if (found.kind === "found") {
      const { witness } = found;
      return { kind: "weight", expectation, witness, cell, isWhole, ...weighWitness(witness, rules, policy) };
    }
  }
  return undefined;
}

/** Examples of which the least weight among the rules that speak is this one; the default where none speaks. */
export function weightIs(weight: number, rules: readonly RouteRule[], defaultWeight: number): Predicate {
  const speaks = (chosen: readonly RouteRule[]): Predicate => ({
    kind: "or",
    operands: chosen.map(({ cohort }) => memberOf(cohort)),
  });
  const says = speaks(rules.filter((rule) => isSameWeight(rule.weight, weight)));
  const saysLess = speaks(rules.filter((rule) => rule.weight < weight && !isSameWeight(rule.weight, weight)));
  const isSaid: Predicate = { kind: "and", operands: [says, { kind: "not", operand: saysLess }] };
  if (!isSameWeight(defaultWeight, weight)) return isSaid;
  return { kind: "or", operands: [isSaid, { kind: "not", operand: speaks(rules) }] };
}

/** `33.3%` and `0.333` are one weight, and not one float. */
export function isSameWeight(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right));
}

function weighWitness(
  { example, run, moment }: Witness,
  rules: readonly RouteRule[],
  policy: Policy,
): { readonly weight: number; readonly deciding: readonly RouteRule[] } {
  const tests = compileCohorts(policy);
  const dynamic = { loss: Number.NaN, entropy: Number.NaN, ...run, step: moment.step, epoch: moment.epoch };
  const holds = (cohort: string): boolean => tests.get(cohort)?.(example, dynamic) ?? false;
  const weight = weigh(rules, holds, moment, policy.defaultWeight.weight);
  return { weight, deciding: rules.filter((rule) => rule.weight === weight && holds(rule.cohort)) };
}
