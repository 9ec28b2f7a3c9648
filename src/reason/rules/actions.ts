import type { Action, Bound, BoundStep } from "../../check/policy.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import { attainableValues } from "./attainable.ts";
import { appliedFrom } from "./bounds.ts";
import type { ReviewContext, ReviewRule } from "./context.ts";
import { effectOf, type Weighing } from "./effect.ts";
import { mentionsParam, ownDeclaration } from "./syntax.ts";

/** Actions of bounds that change no weight when they are taken (GOV5012). */
export const findIdleActions: ReviewRule = (context) =>
  stepsToJudge(context).flatMap(({ bound, step, place }): readonly Diagnostic[] => {
    const weighing = weighingOf(step.action);
    if (weighing === undefined || effectOf(weighing, context.policy.rules, context).kind !== "none")
      return [];
    return [
      diagnose("GOV5012", place, "this action changes no weight: the rules are at least as strict", {
        related: appliedFrom(bound),
        help: "an action joins the rules, and the smallest weight counts",
      }),
    ];
  });

/** Pulls toward an entropy at which the bound would still be breached, or that cannot be had (GOV5013). */
export const findMisdirectedSteering: ReviewRule = (context) =>
  stepsToJudge(context).flatMap(({ bound, step: { action }, place }): readonly Diagnostic[] => {
    if (action.kind !== "steer") return [];
    const { metric, range } = bound;
    const isOwnMetric =
      metric.kind === "entropy" && metric.of === "representation" && metric.band === action.band;
    const unit = metric.kind === "entropy" ? metric.unit : "normalized";
    const { low, high } = attainableValues(
      { kind: "entropy", band: action.band, of: "representation", unit },
      context,
    );
    if (action.toward < low || action.toward > high)
      return [
        diagnose("GOV5013", place, `the entropy of \`${action.band}\` is never ${action.toward}`, {
          label: `it lies in ${low}..${Number(high.toFixed(3))}${unit === "normalized" ? "" : ` ${unit}`}`,
          related: appliedFrom(bound),
          help: "steer toward a value that it can have",
        }),
      ];
    const isBelow = range.low !== undefined && action.toward < range.low;
    const isAbove = range.high !== undefined && action.toward > range.high;
    if (!isOwnMetric || !(isBelow || isAbove)) return [];
    return [
      diagnose(
        "GOV5013",
        place,
        `an entropy of ${action.toward} is ${isBelow ? "below" : "above"} the range`,
        {
          label: "where this pulls to, the bound is breached",
          related: appliedFrom(bound),
          help: "steer toward a value inside the range",
        },
      ),
    ];
  });

interface JudgedStep {
  readonly bound: Bound;
  readonly step: BoundStep;
  /** The action, or the `apply` that brings its bound in. */
  readonly place: Span;
}

/** What the bounds of the policy's own file do, and those that it applies; where a param has a say, nothing is said. */
function stepsToJudge({ policy, bound: text }: ReviewContext): readonly JudgedStep[] {
  return policy.bounds.flatMap((bound): readonly JudgedStep[] => {
    const declaration = ownDeclaration(bound.via[0] ?? bound.span, text);
    if (declaration === undefined) return [];
    if (declaration.kind === "BoundDeclaration" && mentionsParam(declaration)) return [];
    return bound.arms.flatMap(({ ladder }) =>
      ladder.map((step) => ({ bound, step, place: bound.via[0] ?? step.span })),
    );
  });
}

/** What an action puts in force beside the rules; undefined where it does something else. */
function weighingOf(action: Action): Weighing | undefined {
  switch (action.kind) {
    case "freeze":
      return { cohort: "all", band: action.band, weight: 0, window: {} };
    case "attenuate":
    case "amplify":
      return { cohort: "all", band: action.band, weight: action.to, window: {} };
    case "block":
      return { cohort: action.cohort, band: action.band, weight: 0, window: {} };
    default:
      return undefined;
  }
}
