import type { Bound } from "../../check/policy.ts";
import {
  sayAction,
  sayBound,
  sayDuration,
  sayMany,
  sayMetric,
  sayNumber,
  sayOutcome,
} from "../../lower/words.ts";
import type { BoundDecision } from "../../reason/bounds/decisions.ts";
import type { TestResult } from "../../reason/tests/result.ts";
import type { ShowPlace } from "../../lower/tfjs/print.ts";

// Of a long trace the beginning and the end are shown.
const FIRST = 8;
const LAST = 4;

/** What was given to the bounds, and what they did with it, step by step. */
export function tellTrace(
  { test, story }: TestResult,
  bounds: readonly Bound[],
  showPlace: ShowPlace,
): readonly string[] {
  const given = test.given.flatMap((step) =>
    step.kind === "metric"
      ? [`given ${sayMetric(step.metric)} = ${sayNumber(step.value)} for ${sayDuration(step.for)}`]
      : [],
  );
  const decided = story.decisions.map((decision) => tellDecision(decision, bounds, showPlace));
  const left = decided.length - FIRST - LAST;
  const shown =
    left > 1
      ? [...decided.slice(0, FIRST), `… ${sayMany(left, "decision")} more`, ...decided.slice(-LAST)]
      : decided;
  const quiet = story.decisions.length > 0 ? [] : story.fed.map((index) => tellQuiet(index, story, bounds));
  const end = story.halted === undefined ? [] : [`the run is halted at step ${story.halted.step}`];
  return [...given, ...shown, ...quiet, ...end];
}

function tellDecision(decision: BoundDecision, bounds: readonly Bound[], showPlace: ShowPlace): string {
  const { clock } = decision;
  const when = `step ${clock.step}${clock.epoch > 0 ? `, epoch ${clock.epoch}` : ""}`;
  const bound = bounds[decision.bound];
  switch (decision.kind) {
    case "bound_breached":
      return `${when}: ${bound === undefined ? "the bound" : sayBound(bound)} is breached, ${sayNumber(decision.measured)} is ${decision.side}  ${showPlace(decision.span)}`;
    case "bound_cleared":
      return `${when}: back inside at ${sayNumber(decision.measured)}`;
    case "intervention_opened":
      return `${when}: ${sayAction(decision.action)}  ${showPlace(decision.span)}`;
    case "intervention_closed":
      return `${when}: ${sayOutcome(decision.outcome)}`;
  }
}

/** Why a bound whose metric is given did nothing. */
function tellQuiet(
  index: number,
  { averages, steps }: TestResult["story"],
  bounds: readonly Bound[],
): string {
  const bound = bounds[index];
  if (bound === undefined) return "";
  const average = averages[index];
  return average === undefined
    ? `${sayBound(bound)}: not judged, since its window of ${sayDuration(bound.over)} was not full in ${sayMany(steps, "step")}`
    : `${sayBound(bound)}: not breached, ${sayNumber(average)} at last`;
}
