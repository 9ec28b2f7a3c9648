import type { Bound, BoundArm, Metric } from "../../check/policy.ts";
import { isLadderAtLeast, isRestraining } from "./actions.ts";
import { isSame, type Comparison } from "./comparison.ts";
import { combineDirections, directionOf, placeOf, type Direction, type PartChange } from "./difference.ts";
import { meaningText } from "../meaning.ts";
import type { Side } from "./translate.ts";

/** Bounds that come, go, or measure, limit or act otherwise. */
export function compareBounds(comparison: Comparison): readonly PartChange[] {
  const left = [...comparison.after.bounds];
  const pairs = new Map<Bound, Bound>();
  // Of several bounds on one metric, those that say the same belong together.
  for (const isPair of [isUnchanged, hasSameMetric])
    for (const old of comparison.before.bounds) {
      const index = pairs.has(old) ? -1 : left.findIndex((fresh) => isPair(old, fresh, comparison));
      const [found] = index < 0 ? [] : left.splice(index, 1);
      if (found !== undefined) pairs.set(old, found);
    }
  return [
    ...comparison.before.bounds.flatMap((old): readonly PartChange[] => {
      const fresh = pairs.get(old);
      if (fresh !== undefined) return describeChange(old, fresh, comparison);
      const direction = restrains(old) ? "looser" : "different";
      return [{ part: "bound", change: "removed", direction, before: placeOf(old), notes: [] }];
    }),
    ...left.map((fresh): PartChange => ({
      ...{ part: "bound", change: "added", direction: restrains(fresh) ? "stricter" : "different" },
      ...{ after: placeOf(fresh), notes: [] },
    })),
  ];
}

function isUnchanged(before: Bound, after: Bound, comparison: Comparison): boolean {
  return hasSameMetric(before, after, comparison) && describeChange(before, after, comparison).length === 0;
}

function describeChange(before: Bound, after: Bound, comparison: Comparison): readonly PartChange[] {
  const range = compareRanges(before.range, after.range);
  const over: Direction = meaningText(before.over) === meaningText(after.over) ? "none" : "different";
  const arms = combineDirections(
    SITUATIONS.map((situation) => compareArms(situation, before, after, comparison)),
  );
  // Where an action asks for more learning, a breach that comes sooner is no stricter.
  const ofRange = range === "none" || (restrains(before) && restrains(after)) ? range : "different";
  const direction = combineDirections([ofRange, over, arms]);
  if (direction === "none") return [];
  const notes = [
    ...(range === "none"
      ? []
      : [
          `the range \`${showLimits(before.range)}\` becomes \`${showLimits(after.range)}\`, ${RANGE_WORDS[range]}`,
        ]),
    ...(over === "none"
      ? []
      : [`it is averaged over ${showTime(after.over)} instead of ${showTime(before.over)}`]),
    ...(arms === "none" ? [] : [`the actions are ${ACTION_WORDS[arms]}`]),
  ];
  return [
    { part: "bound", change: "changed", direction, before: placeOf(before), after: placeOf(after), notes },
  ];
}

const RANGE_WORDS = {
  stricter: "which is narrower",
  looser: "which is wider",
  different: "another",
} as const;
const ACTION_WORDS = { stricter: "stronger", looser: "weaker", different: "others" } as const;

type Range = Bound["range"];

function showLimits({ low, high, excludesHigh }: Range): string {
  return `${low === undefined ? "" : String(low)}${excludesHigh ? "..<" : ".."}${high === undefined ? "" : String(high)}`;
}

function showTime({ count, unit }: Bound["over"]): string {
  return `${String(count)} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

function compareRanges(before: Range, after: Range): Direction {
  return directionOf({
    isAtLeastAsStrict: isInside(after, before),
    isAtLeastAsLoose: isInside(before, after),
  });
}

function isInside(inner: Range, outer: Range): boolean {
  const isAbove = (outer.low ?? Number.NEGATIVE_INFINITY) <= (inner.low ?? Number.NEGATIVE_INFINITY);
  const [most, least] = [outer.high ?? Number.POSITIVE_INFINITY, inner.high ?? Number.POSITIVE_INFINITY];
  return isAbove && (least < most || (least === most && (inner.excludesHigh || !outer.excludesHigh)));
}

type Situation = "below" | "above" | "not a number";

const SITUATIONS: readonly Situation[] = ["below", "above", "not a number"];

function compareArms(situation: Situation, before: Bound, after: Bound, comparison: Comparison): Direction {
  const on = (side: Side, bound: Bound): { readonly side: Side; readonly ladder: BoundArm["ladder"] } => ({
    side,
    ladder: armFor(situation, bound)?.ladder ?? [],
  });
  const [old, fresh] = [on("before", before), on("after", after)];
  return directionOf({
    isAtLeastAsStrict: isLadderAtLeast(fresh, old, comparison),
    isAtLeastAsLoose: isLadderAtLeast(old, fresh, comparison),
  });
}

/** As the control loop picks it; what is not a number breaches above. */
function armFor(situation: Situation, { arms }: Bound): BoundArm | undefined {
  const side = situation === "below" ? "below" : "above";
  const own = arms.find((arm) => arm.side === side || arm.side === "outside");
  return own ?? (situation === "not a number" ? arms[0] : undefined);
}

function restrains({ arms }: Bound): boolean {
  return arms.every(({ ladder }) => ladder.every(({ action }) => isRestraining(action)));
}

function hasSameMetric(before: Bound, after: Bound, comparison: Comparison): boolean {
  const [old, fresh] = [before.metric, after.metric];
  const named = ["band", "cohort", "left", "right"] as const;
  const bare = (metric: Metric): string =>
    meaningText({ ...metric, ...Object.fromEntries(named.map((name) => [name, ""])) });
  if (bare(old) !== bare(fresh)) return false;
  const isSameCohort = (one: string, other: string): boolean => isSame(comparison.relateCohorts(one, other));
  if ("band" in old && "band" in fresh && !isSame(comparison.relateBands(old.band, fresh.band))) return false;
  if ("cohort" in old && "cohort" in fresh) return isSameCohort(old.cohort, fresh.cohort);
  if ("left" in old && "left" in fresh)
    return isSameCohort(old.left, fresh.left) && isSameCohort(old.right, fresh.right);
  return true;
}
