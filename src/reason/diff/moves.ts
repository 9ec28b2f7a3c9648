import type { Policy, Predicate } from "../../check/policy.ts";
import type { Clock } from "../clock.ts";
import type { ExampleRecord } from "../example.ts";
import { compileCohorts } from "../predicate.ts";
import type { RunValues } from "../search.ts";
import { weigh, type WeightRule } from "../weights.ts";
import { windowHolds } from "../windows.ts";
import type { Comparison } from "./comparison.ts";
import { meaningText } from "../meaning.ts";
import type { Side, TranslatedCohorts } from "./translate.ts";

/** The rules of one policy that are compared, and the weight where none of them speaks. */
export interface Rulebook<Rule extends WeightRule> {
  readonly rules: readonly Rule[];
  readonly defaultWeight: number;
}

/** Rules in force on some parameters at some moment, in either policy. */
export interface Situation<Rule extends WeightRule> {
  readonly moment: Clock;
  readonly books: Readonly<Record<Side, Rulebook<Rule>>>;
  readonly cohorts: TranslatedCohorts;
  /** The same for situations in which the same is said of the same examples. */
  readonly text: Readonly<Record<Side, string>>;
}

export function situationOf<Rule extends WeightRule>(
  books: Situation<Rule>["books"],
  cohorts: TranslatedCohorts,
  moment: Clock,
): Situation<Rule> {
  const inForce = (side: Side): Rulebook<Rule> => ({
    ...books[side],
    rules: books[side].rules.filter((rule) => windowHolds(rule.window, moment)),
  });
  const current = { before: inForce("before"), after: inForce("after") };
  const textOf = (side: Side): string => {
    const { rules, defaultWeight } = current[side];
    const said = rules.map(
      ({ cohort, weight }) => `${weight} ${cohorts.textOf(cohorts.memberOf(side, cohort))}`,
    );
    return meaningText([defaultWeight, [...new Set(said)].toSorted()]);
  };
  return { moment, books: current, cohorts, text: { before: textOf("before"), after: textOf("after") } };
}

/** An example whose weight changes, and the weights. */
export interface Move {
  readonly before: number;
  readonly after: number;
  readonly example: ExampleRecord;
  readonly run: RunValues;
  /** Whether the example is the one meant; else it stands for ids that a `sample` tells apart and nobody has found. */
  readonly isReal: boolean;
}

export interface Moves {
  readonly moves: readonly Move[];
  readonly isComplete: boolean;
}

/** Every change of weight in a situation: from and to each weight, by each set of rules that decide, with one example. */
export function movesIn<Rule extends WeightRule>(
  situation: Situation<Rule>,
  comparison: Comparison,
  memberships: Memberships,
): Moves {
  const { books, cohorts, moment } = situation;
  const weightsOf = ({ rules, defaultWeight }: Rulebook<Rule>): readonly number[] => [
    ...new Set([defaultWeight, ...rules.map(({ weight }) => weight)]),
  ];
  const moves: Move[] = [];
  let isComplete = true;
  for (const before of weightsOf(books.before))
    for (const after of weightsOf(books.after)) {
      if (before === after) continue;
      const told: Predicate[] = [isWeight("before", before, situation), isWeight("after", after, situation)];
      for (;;) {
        const result = comparison.search({ kind: "and", operands: told }, cohorts);
        if (result.kind === "undecided") isComplete = false;
        if (result.kind !== "found") break;
        const weightOn = (side: Side): number =>
          weigh(
            books[side].rules,
            (cohort) => memberships[side](cohort, result, moment),
            moment,
            books[side].defaultWeight,
          );
        const isReal = weightOn("before") === before && weightOn("after") === after;
        const move = { before, after, example: result.example, run: result.run, isReal };
        moves.push(move);
        if (!isReal) break;
        // INVARIANT: the example is among those that are left out from here on, so that this comes to an end.
        told.push(not(sameRulings(move, situation, memberships)));
      }
    }
  return { moves, isComplete };
}

/** The rules that give the example its weight in one of the policies; where it only stands for others, that may. */
export function rulingOf<Rule extends WeightRule>(
  side: Side,
  move: Move,
  { books, moment }: Situation<Rule>,
  memberships: Memberships,
): readonly Rule[] {
  return books[side].rules.filter(
    (rule) => rule.weight === move[side] && (!move.isReal || memberships[side](rule.cohort, move, moment)),
  );
}

/** Whether a policy's cohort holds an example. */
export type Memberships = Readonly<
  Record<
    Side,
    (cohort: string, subject: { example: ExampleRecord; run: RunValues }, moment: Clock) => boolean
  >
>;

export function membershipsIn(policies: Readonly<Record<Side, Policy>>): Memberships {
  const compileSide = (policy: Policy): Memberships[Side] => {
    const tests = compileCohorts(policy);
    return (cohort, { example, run }, { step, epoch }) =>
      tests.get(cohort)?.(example, { loss: Number.NaN, entropy: Number.NaN, ...run, step, epoch }) ?? false;
  };
  return { before: compileSide(policies.before), after: compileSide(policies.after) };
}

/** That the least weight of the rules that speak is this one, or that none speaks and it is the default. */
function isWeight<Rule extends WeightRule>(
  side: Side,
  weight: number,
  { books, cohorts }: Situation<Rule>,
): Predicate {
  const { rules, defaultWeight } = books[side];
  const speaks = (chosen: readonly Rule[]): Predicate => anyOf(side, chosen, cohorts);
  const said: Predicate = {
    kind: "and",
    operands: [
      speaks(rules.filter((rule) => rule.weight === weight)),
      not(speaks(rules.filter((rule) => rule.weight < weight))),
    ],
  };
  return weight === defaultWeight ? { kind: "or", operands: [said, not(speaks(rules))] } : said;
}

/** That one of the rules that decide this move in either policy speaks about an example, too. */
function sameRulings<Rule extends WeightRule>(
  move: Move,
  situation: Situation<Rule>,
  memberships: Memberships,
): Predicate {
  const sides: readonly Side[] = ["before", "after"];
  return {
    kind: "and",
    operands: sides.flatMap((side) => {
      const rules = rulingOf(side, move, situation, memberships);
      return rules.length === 0 ? [] : [anyOf(side, rules, situation.cohorts)];
    }),
  };
}

function anyOf(side: Side, rules: readonly WeightRule[], cohorts: TranslatedCohorts): Predicate {
  return { kind: "or", operands: rules.map(({ cohort }) => cohorts.memberOf(side, cohort)) };
}

function not(operand: Predicate): Predicate {
  return { kind: "not", operand };
}
