import type { Predicate, RouteRule } from "../../check/policy.ts";
import type { Clock } from "../clock.ts";
import { windowHolds } from "../windows.ts";
import { inSome, memberOf, not } from "../formulas.ts";
import type { ReviewContext } from "./context.ts";
import { isLifted } from "./starved.ts";

/** What becomes of the weights by a rule. */
export type Effect =
  | { readonly kind: "some" | "undecided" }
  /** `rivals` are some that decide in its place; empty where the default would as well. */
  | { readonly kind: "none"; readonly rivals: readonly RouteRule[] };

/** A rule, or what an action of a bound puts in force like one. */
export type Weighing = Pick<RouteRule, "cohort" | "band" | "weight" | "window">;

/** Whether a weight is another without the rule: of some example on some parameter, at some time. */
export function effectOf(rule: Weighing, others: readonly RouteRule[], context: ReviewContext): Effect {
  const { policy } = context;
  const cells = context.cells.filter((cell) => cell.has(rule.band));
  if (cells.length === 0) return { kind: "undecided" };
  const rivals = new Set<RouteRule>();
  for (const cell of cells) {
    const near = others.filter((other) => cell.has(other.band));
    // Without a network, bands that seem to lie apart may overlap: a weaker rule of another band may speak here too.
    const weaker = (context.resolved === undefined ? others : near).filter(
      ({ weight }) => weight > rule.weight,
    );
    const stricter = near.filter(({ weight }) => weight <= rule.weight);
    for (const moment of context.momentsOf([rule, ...weaker, ...stricter])) {
      if (!windowHolds(rule.window, moment)) continue;
      const inForce = (rules: readonly RouteRule[]): readonly RouteRule[] =>
        rules.filter(({ window }) => windowHolds(window, moment));
      const strict = inForce(stricter);
      const uncovered = [memberOf(rule.cohort), not(inSome(strict))];
      const isLeft = context.canHold({ kind: "and", operands: uncovered }, moment);
      if (isLeft === "undecided") return { kind: "undecided" };
      if (isLeft === "impossible") {
        for (const rival of strict)
          if (rivals.size < MOST_SHOWN && meets(rule.cohort, rival.cohort, moment, context))
            rivals.add(rival);
        continue;
      }
      // What a bound puts in force in a run, this rule would hold down.
      if (rule.weight !== policy.defaultWeight.weight || isLifted(cell, rule.weight, context))
        return { kind: "some" };
      const held: Predicate = { kind: "and", operands: [...uncovered, inSome(inForce(weaker))] };
      const holdsDown = context.canHold(held, moment);
      if (holdsDown !== "impossible") return { kind: holdsDown === "possible" ? "some" : "undecided" };
    }
  }
  return { kind: "none", rivals: [...rivals] };
}

/** Whether an example may lie in both cohorts at a moment. */
function meets(left: string, right: string, moment: Clock, { canHold }: ReviewContext): boolean {
  return canHold({ kind: "and", operands: [memberOf(left), memberOf(right)] }, moment) !== "impossible";
}

const MOST_SHOWN = 3;
