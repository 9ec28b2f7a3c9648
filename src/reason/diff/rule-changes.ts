/** How the weights of examples on parameters change from one policy to the other, with an example of each change. */
import type { Period } from "../moments.ts";
import type { Comparison } from "./comparison.ts";
import type { Direction, RuleChange, WeightedRule } from "./difference.ts";
import { meaningText } from "../meaning.ts";
import {
  membershipsIn,
  movesIn,
  rulingOf,
  situationOf,
  type Move,
  type Moves,
  type Rulebook,
} from "./moves.ts";
import type { PairCell } from "./paired-cells.ts";
import { describePlaces } from "./places.ts";
import { describeTimes } from "./times.ts";
import type { Side } from "./translate.ts";

export interface RuleChanges {
  readonly changes: readonly RuleChange[];
  /** Parameters on which not every change may have been found. */
  readonly undecided: readonly PairCell[];
}

/** INVARIANT: no weight changes but by one of the changes, save on parameters that are `undecided`. */
export function findRuleChanges(
  books: Readonly<Record<Side, Rulebook<WeightedRule>>>,
  comparison: Comparison,
  periods: readonly Period[],
): RuleChanges {
  const memberships = membershipsIn(comparison);
  const known = new Map<string, Moves>();
  const spots: Spot[] = [];
  const undecided = new Set<PairCell>();
  for (const period of periods) {
    const moment = period.clock;
    const cohorts = comparison.cohortsAt(moment);
    for (const cell of comparison.cells) {
      const on = (side: Side): Rulebook<WeightedRule> => ({
        ...books[side],
        rules: books[side].rules.filter((rule) => cell[side].has(rule.band)),
      });
      const situation = situationOf({ before: on("before"), after: on("after") }, cohorts, moment);
      const { before, after } = situation.text;
      if (before === after) continue;
      const found = known.get(meaningText([before, after])) ?? movesIn(situation, comparison, memberships);
      known.set(meaningText([before, after]), found);
      if (!found.isComplete) undecided.add(cell);
      for (const move of found.moves) {
        const ruling = (side: Side): readonly WeightedRule[] => rulingOf(side, move, situation, memberships);
        spots.push({ cell, period, move, before: ruling("before"), after: ruling("after") });
      }
    }
  }
  return { changes: groupSpots(spots, comparison, periods), undecided: [...undecided] };
}

/** One change on one cell in one period. */
interface Spot extends Readonly<Record<Side, readonly WeightedRule[]>> {
  readonly cell: PairCell;
  readonly period: Period;
  readonly move: Move;
}

/** What the same lines decide in the same way is one change, wherever it is at the same times. */
function groupSpots(
  spots: readonly Spot[],
  comparison: Comparison,
  periods: readonly Period[],
): readonly RuleChange[] {
  const lines = (rules: readonly WeightedRule[]): unknown =>
    rules.map(({ span, band, cohort }) => [span.file, span.start, cohort, band]);
  const byLines = groupBy(spots, ({ move, before, after }) =>
    meaningText([move.before, move.after, lines(before), lines(after)]),
  );
  return byLines.flatMap((group) => {
    const byCell = groupBy(group, ({ cell }) => cell);
    const byTime = groupBy(byCell, (own) => meaningText(own.map(({ period }) => period.clock)));
    return byTime.map((parts) => describeChange(parts.flat(), comparison, periods));
  });
}

function describeChange(
  spots: readonly Spot[],
  comparison: Comparison,
  periods: readonly Period[],
): RuleChange {
  const [first] = spots;
  if (first === undefined) throw new Error("a change has a spot at which it was found");
  const { move, cell, before, after } = first;
  const own = new Set(spots.map(({ period }) => period));
  const withoutId = Object.fromEntries(Object.entries(move.example).filter(([name]) => name !== "id"));
  return {
    direction: directionOfMove(move),
    before: { weight: move.before, rules: before },
    after: { weight: move.after, rules: after },
    places: describePlaces([...new Set(spots.map((spot) => spot.cell))], comparison),
    times: describeTimes([...own], periods),
    witness: {
      example: move.isReal ? move.example : withoutId,
      run: move.run,
      moment: first.period.clock,
      cell: { before: [...cell.before], after: [...cell.after] },
    },
  };
}

/** Where a ruleset says nothing, a policy may let more or less through than any weight above 0. */
function directionOfMove({ before, after }: Move): Direction {
  const [least, most] = before < after ? [before, after] : [after, before];
  if (most === Number.POSITIVE_INFINITY && least > 0) return "different";
  return after < before ? "stricter" : "looser";
}

function groupBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): readonly (readonly Item[])[] {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    groups.set(keyOf(item), [...group, item]);
  }
  return [...groups.values()];
}
