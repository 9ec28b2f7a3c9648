import type { Predicate, RouteRule } from "../../check/policy.ts";
import { inSome, not } from "../formulas.ts";

/** That an example has a weight above 0 on a parameter under the rules in force there. */
export function learnsUnder(
  rules: readonly Pick<RouteRule, "cohort" | "weight">[],
  defaultWeight: number,
): Predicate {
  const blocks = inSome(rules.filter(({ weight }) => weight === 0));
  const teaches = inSome(rules.filter(({ weight }) => weight > 0));
  const isSilent = not({ kind: "or", operands: [blocks, teaches] });
  return {
    kind: "or",
    operands: [{ kind: "and", operands: [teaches, not(blocks)] }, ...(defaultWeight > 0 ? [isSilent] : [])],
  };
}
