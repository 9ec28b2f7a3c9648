import type { Predicate } from "../../check/policy.ts";
import type { Cell } from "../cells.ts";
import { windowHolds } from "../windows.ts";
import { memberOf } from "../formulas.ts";
import type { ReviewContext } from "./context.ts";
import { learnsUnder } from "./learning.ts";

/** Whether no example, or none of a cohort, has a weight above 0 on these parameters, at any time. */
export function isStarved(
  cell: Cell,
  cohort: string,
  context: Pick<ReviewContext, "policy" | "resolved" | "canHold" | "momentsOf" | "boundWeights">,
): boolean {
  const { policy, resolved, canHold, momentsOf } = context;
  const rules = policy.rules.filter((rule) => cell.has(rule.band));
  // Without a network a rule about another band may speak here as well, and lift what the default withholds.
  const mayBeLifted = (resolved === undefined && policy.rules.length > 0) || isLifted(cell, 0, context);
  const defaultWeight = mayBeLifted ? 1 : policy.defaultWeight.weight;
  return momentsOf([...rules, { cohort, window: {} }]).every((moment) => {
    const inForce = rules.filter((rule) => windowHolds(rule.window, moment));
    const learns = learnsUnder(inForce, defaultWeight);
    const goal: Predicate = cohort === "all" ? learns : { kind: "and", operands: [memberOf(cohort), learns] };
    return canHold(goal, moment) === "impossible";
  });
}

/** Whether a bound may set a weight above this one on these parameters, where it then joins the rules. */
export function isLifted(
  cell: Cell,
  weight: number,
  { boundWeights }: Pick<ReviewContext, "boundWeights">,
): boolean {
  for (const band of cell) if ((boundWeights.get(band) ?? 0) > weight) return true;
  return false;
}
