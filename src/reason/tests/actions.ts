import type { Action, Duration, PolicyTest } from "../../check/policy.ts";
import type { InterventionOpened } from "../bounds/decisions.ts";
import type { BoundStory } from "./bounds.ts";
import type { ExpectationOf, Failure } from "./result.ts";
import { isSameWeight } from "./weights.ts";

/** Whether the action was taken at some step, or at none where that is expected. */
export function checkAction(
  expectation: ExpectationOf<"action">,
  test: PolicyTest,
  { decisions, fed }: BoundStory,
): Failure | undefined {
  const taken = decisions.find(
    (decision): decision is InterventionOpened =>
      decision.kind === "intervention_opened" && isAsExpected(decision.action, expectation.action),
  );
  if (expectation.negated)
    return taken === undefined ? undefined : { kind: "action_taken", expectation, taken };
  if (taken !== undefined) return undefined;
  const isFed = test.given.some(({ kind }) => kind === "metric");
  const reason = !isFed ? "no metric given" : fed.length === 0 ? "no bound" : "not taken";
  return { kind: "action_missing", expectation, reason };
}

/** Whether an action is what an expectation states; one that states no `for` leaves it open. */
export function isAsExpected(action: Action, expected: Action): boolean {
  if ("for" in expected && expected.for !== undefined) {
    if (!("for" in action) || action.for === undefined || !isSameDuration(action.for, expected.for))
      return false;
  }
  switch (expected.kind) {
    case "log":
    case "warn":
    case "halt":
    case "skip":
    case "rollback":
      return action.kind === expected.kind;
    case "freeze":
      return action.kind === expected.kind && action.band === expected.band;
    case "attenuate":
    case "amplify":
      return (
        action.kind === expected.kind && action.band === expected.band && isSameWeight(action.to, expected.to)
      );
    case "clip":
      return (
        action.kind === expected.kind && action.band === expected.band && isSameWeight(action.at, expected.at)
      );
    case "block":
      return (
        action.kind === expected.kind && action.band === expected.band && action.cohort === expected.cohort
      );
    case "steer":
      return (
        action.kind === expected.kind &&
        action.band === expected.band &&
        isSameWeight(action.toward, expected.toward) &&
        isSameWeight(action.strength, expected.strength)
      );
  }
}

function isSameDuration(left: Duration, right: Duration): boolean {
  return left.count === right.count && left.unit === right.unit;
}
