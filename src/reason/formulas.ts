/** Predicates about cohorts, put together for a question. */
import type { Predicate } from "../check/policy.ts";

export function memberOf(cohort: string): Predicate {
  return cohort === "all" ? { kind: "all" } : { kind: "cohort", name: cohort };
}

export function not(operand: Predicate): Predicate {
  return { kind: "not", operand };
}

/** Whether an example lies in one of these cohorts. */
export function inSome(rules: readonly { readonly cohort: string }[]): Predicate {
  return { kind: "or", operands: [...new Set(rules.map(({ cohort }) => cohort))].map(memberOf) };
}
