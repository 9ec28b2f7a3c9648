/** Which of two actions, and of two ladders of them, holds a training back more. */
import type { Action, BoundArm, Duration } from "../../check/policy.ts";
import type { Comparison } from "./comparison.ts";
import { meaningText } from "../meaning.ts";
import type { Side } from "./translate.ts";

type Ladder = BoundArm["ladder"];

/** An action as the policy means it whose bands and cohorts it names. */
interface Said {
  readonly side: Side;
  readonly action: Action;
}

/** Whether an action does no more than hold back or say: `amplify` and `steer` ask for more or for something else. */
export function isRestraining({ kind }: Action): boolean {
  return kind !== "amplify" && kind !== "steer";
}

/**
 * Whether one ladder is at least as strong as another at every time of a breach. Where their steps come at different
 * times, this can be said of durations in one unit alone.
 */
export function isLadderAtLeast(
  stronger: { readonly side: Side; readonly ladder: Ladder },
  weaker: { readonly side: Side; readonly ladder: Ladder },
  comparison: Comparison,
): boolean {
  if (weaker.ladder.length === 0) return stronger.ladder.every(({ action }) => isRestraining(action));
  const times = joinTimes(stronger.ladder, weaker.ladder);
  return (
    times?.every(([strong, weak]) => {
      const [more, less] = [stronger.ladder[strong], weaker.ladder[weak]];
      if (more === undefined || less === undefined) return false;
      return isAtLeast(
        { side: stronger.side, action: more.action },
        { side: weaker.side, action: less.action },
        comparison,
      );
    }) ?? false
  );
}

/** The steps of two ladders that are taken at one time; undefined where that is not known. */
function joinTimes(left: Ladder, right: Ladder): readonly (readonly [number, number])[] | undefined {
  const waits = (ladder: Ladder): readonly (Duration | undefined)[] =>
    ladder.slice(1).map(({ after }) => after);
  const [first, second] = [waits(left), waits(right)];
  const shared = Math.min(first.length, second.length);
  const isInStep = meaningText(first.slice(0, shared)) === meaningText(second.slice(0, shared));
  if (isInStep)
    return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [
      Math.min(index, left.length - 1),
      Math.min(index, right.length - 1),
    ]);
  const units = new Set([...first, ...second].map((wait) => wait?.unit));
  if (units.size !== 1) return undefined;
  const [starts, others] = [first, second].map((list) =>
    list.reduce<readonly number[]>((sums, wait) => [...sums, (sums.at(-1) ?? 0) + (wait?.count ?? 0)], [0]),
  );
  if (starts === undefined || others === undefined) return undefined;
  const reached = (list: readonly number[], time: number): number =>
    list.filter((start) => start <= time).length - 1;
  return [...new Set([...starts, ...others])].map((time) => [reached(starts, time), reached(others, time)]);
}

/**
 * INVARIANT: a partial order. `log` is below `warn`, and that below all that holds back; `halt` is above it. In between,
 * an action is above another of its kind, or of one below it, that reaches no further, no harder and no longer.
 */
export function isAtLeast(stronger: Said, weaker: Said, comparison: Comparison): boolean {
  const [more, less] = [stronger.action, weaker.action];
  if (!isRestraining(more) || !isRestraining(less)) return isSameAction(stronger, weaker, comparison);
  const [high, low] = [RANKS[more.kind], RANKS[less.kind]];
  if (high !== low) return high > low;
  if (more.kind === less.kind && !("band" in more)) return true;
  if (!("band" in more) || !("band" in less)) return false;
  return (
    isForAtLeast(more.for, less.for) &&
    reaches("band", [stronger.side, more.band], [weaker.side, less.band], comparison) &&
    isAsHard(stronger, weaker, comparison)
  );
}

/** What the reach of which is settled does to the weights of examples, and to the size of a gradient. */
function isAsHard(stronger: Said, weaker: Said, comparison: Comparison): boolean {
  const [more, less] = [stronger.action, weaker.action];
  const kept = keptShare(more);
  // Without any gradient there is nothing to clip and nothing to block.
  if (kept === 0 && (less.kind === "clip" || less.kind === "block")) return true;
  if (more.kind === "clip" && less.kind === "clip") return more.at <= less.at;
  if (more.kind === "block" && less.kind === "block")
    return reaches("cohort", [stronger.side, more.cohort], [weaker.side, less.cohort], comparison);
  const other = keptShare(less);
  return kept !== undefined && other !== undefined && kept <= other;
}

function keptShare(action: Action): number | undefined {
  if (action.kind === "freeze") return 0;
  return action.kind === "attenuate" ? action.to : undefined;
}

/** `skip`, `rollback` and what acts on bands stand beside each other: none of them is more than another. */
const RANKS: Readonly<Record<Action["kind"], number>> = {
  log: 0,
  warn: 1,
  skip: 2,
  rollback: 2,
  freeze: 2,
  attenuate: 2,
  amplify: 2,
  clip: 2,
  block: 2,
  steer: 2,
  halt: 3,
};

/** Without `for`, as long as the breach asks for: neither longer nor shorter than a fixed time. */
function isForAtLeast(more: Duration | undefined, less: Duration | undefined): boolean {
  if (more === undefined || less === undefined) return more === less;
  return more.unit === less.unit && more.count >= less.count;
}

/** Whether a band or cohort of one policy holds all of one of the other. */
function reaches(
  what: "band" | "cohort",
  [side, wide]: readonly [Side, string],
  [, narrow]: readonly [Side, string],
  { relateBands, relateCohorts }: Comparison,
): boolean {
  const relate = what === "band" ? relateBands : relateCohorts;
  const relation = side === "after" ? relate(narrow, wide) : relate(wide, narrow);
  return (side === "after" ? relation.loses : relation.gains) === "nothing";
}

function isSameAction(left: Said, right: Said, comparison: Comparison): boolean {
  const [one, other] = [left.action, right.action];
  const names = { band: "", cohort: "" };
  if (meaningText({ ...one, ...names }) !== meaningText({ ...other, ...names })) return false;
  if (!("band" in one) || !("band" in other)) return true;
  const isSame = (what: "band" | "cohort", mine: string, theirs: string): boolean =>
    reaches(what, [left.side, mine], [right.side, theirs], comparison) &&
    reaches(what, [right.side, theirs], [left.side, mine], comparison);
  if (!isSame("band", one.band, other.band)) return false;
  return one.kind !== "block" || other.kind !== "block" || isSame("cohort", one.cohort, other.cohort);
}
