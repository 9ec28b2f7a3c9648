import type { Bound } from "../../check/policy.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import { attainableValues, type Attainable } from "./attainable.ts";
import type { ReviewContext, ReviewRule } from "./context.ts";
import { mentionsParam, ownDeclaration } from "./syntax.ts";

/**
 * Bounds, or arms of them, that no value which the metric can have is able to breach (GOV5007). An arm for `outside` is
 * let be: whatever the range, it is the guard against values that are not finite.
 */
export const findVacuousBounds: ReviewRule = (context) =>
  boundsToJudge(context).flatMap(({ bound, place, attainable }): readonly Diagnostic[] => {
    if (isUnattainable(bound.range, attainable)) return [];
    const idle = bound.arms.filter(({ side }) => side !== "outside" && !canBreach(side, bound, attainable));
    if (idle.length === 0) return [];
    const help = "only a value that is not finite could breach it; write `outside` where that is meant";
    if (idle.length === bound.arms.length)
      return [
        diagnose("GOV5007", place, `this bound is never breached: ${sayAttainable(bound, attainable)}`, {
          related: appliedFrom(bound),
          help,
        }),
      ];
    return idle.map(({ side, span }) =>
      diagnose(
        "GOV5007",
        bound.via[0] ?? span,
        `this bound is never breached \`${side}\`: ${sayAttainable(bound, attainable)}`,
        { related: appliedFrom(bound), help },
      ),
    );
  });

/** Bounds that every value which the metric can have breaches (GOV5008). */
export const findUnattainableBounds: ReviewRule = (context) =>
  boundsToJudge(context).flatMap(({ bound, place, attainable }): readonly Diagnostic[] =>
    isUnattainable(bound.range, attainable)
      ? [
          diagnose("GOV5008", place, `this bound is always breached: ${sayAttainable(bound, attainable)}`, {
            related: appliedFrom(bound),
            help: "move the range to where the metric can be",
          }),
        ]
      : [],
  );

interface Judged {
  readonly bound: Bound;
  /** The bound, or the `apply` that brings it in. */
  readonly place: Span;
  readonly attainable: Attainable;
}

/** The bounds of the policy's own text, and those that it applies with arguments of its own. */
function boundsToJudge(context: ReviewContext): readonly Judged[] {
  const { policy, bound: text } = context;
  return policy.bounds.flatMap((bound): readonly Judged[] => {
    const place = bound.via[0] ?? bound.span;
    const declaration = ownDeclaration(place, text);
    if (declaration === undefined) return [];
    const said = declaration.kind === "BoundDeclaration" ? declaration.limit : declaration;
    // A param that moves a limit out of the way is no mistake; the names of bands among arguments are no params.
    if (declaration.kind === "BoundDeclaration" && mentionsParam(said)) return [];
    return [{ bound, place, attainable: attainableValues(bound.metric, context) }];
  });
}

function canBreach(side: "below" | "above", { range }: Bound, { low, high }: Attainable): boolean {
  if (side === "below") return range.low !== undefined && low < range.low;
  return range.high !== undefined && (high > range.high || (range.excludesHigh && high >= range.high));
}

/** Whether a metric has no value in a range. */
export function isUnattainable({ low, high, excludesHigh }: Bound["range"], attainable: Attainable): boolean {
  if (low !== undefined && low > attainable.high) return true;
  return high !== undefined && (high < attainable.low || (excludesHigh && high <= attainable.low));
}

function sayAttainable({ metric }: Bound, { low, high, because }: Attainable): string {
  if (because !== undefined) return because;
  const unit = metric.kind === "entropy" && metric.unit !== "normalized" ? ` ${metric.unit}` : "";
  const name = metric.kind === "entropy" && metric.unit === "normalized" ? "normalized entropy" : metric.kind;
  const shown = metric.kind === "entropy" ? name : `\`${name}\``;
  if (high === Number.POSITIVE_INFINITY) return `${shown} is never below ${low}`;
  return `${shown} lies in ${low}..${Number(high.toFixed(3))}${unit} here`;
}

/** The line of a bound that an `apply` brings in. */
export function appliedFrom({ via, span }: Bound): readonly { readonly span: Span; readonly text: string }[] {
  return via.length === 0 ? [] : [{ span, text: "this bound" }];
}
