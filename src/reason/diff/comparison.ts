import type { Predicate } from "../../check/policy.ts";
import type { Clock } from "../clock.ts";
import { createSearch, type Search, type SearchResult } from "../search.ts";
import type { Member } from "./difference.ts";
import type { PolicyPair } from "./policy-pair.ts";
import { pairCells, type PairCell } from "./paired-cells.ts";
import { translateCohorts, type TranslatedCohorts } from "./translate.ts";
import { meaningText } from "../meaning.ts";
import { intersectSchemas, type CommonSchema } from "./schemas.ts";

/** Two policies over the same parameters and the same examples. */
export interface Comparison extends PolicyPair {
  readonly schema: CommonSchema;
  readonly cells: readonly PairCell[];
  /** How a cohort of the later policy stands to one of the earlier, over the examples that both admit. */
  readonly relateCohorts: (before: string, after: string) => SetRelation;
  /** How a band of the later policy stands to one of the earlier. */
  readonly relateBands: (before: string, after: string) => SetRelation;
  /** The cohorts of both policies at a moment. */
  readonly cohortsAt: (moment: Clock) => TranslatedCohorts;
  readonly search: (goal: Predicate, cohorts: TranslatedCohorts) => SearchResult;
}

/** What a set gains and loses where it becomes another. */
export interface SetRelation {
  readonly gains: "nothing" | "something" | "undecided";
  readonly loses: "nothing" | "something" | "undecided";
  /** Of cohorts: an example of what is gained, and of what is lost. */
  readonly gained?: Member;
  readonly lost?: Member;
}

export function createComparison(pair: PolicyPair): Comparison {
  const { before, after } = pair;
  const schema = intersectSchemas(before.example, after.example);
  const cells = pairCells(pair);
  const timeless = translateCohorts(pair, undefined);
  const searches = new Map<TranslatedCohorts, Search>();
  const search: Comparison["search"] = (goal, cohorts) => {
    if (schema.conflict !== undefined) return { kind: "none" };
    if (cohorts.readsAny(goal, schema.unclear)) return { kind: "undecided" };
    const known = searches.get(cohorts);
    const own = known ?? createSearch({ fields: schema.fields, cohorts: cohorts.predicates });
    if (known === undefined) searches.set(cohorts, own);
    return own.find(goal, { tries: "declared and dynamic" });
  };

  const relations = new Map<string, SetRelation>();
  const relateCohorts: Comparison["relateCohorts"] = (earlier, later) => {
    const key = meaningText([earlier, later]);
    const known = relations.get(key) ?? findRelation(earlier, later);
    relations.set(key, known);
    return known;
  };
  const findRelation = (earlier: string, later: string): SetRelation => {
    const [old, fresh] = [timeless.memberOf("before", earlier), timeless.memberOf("after", later)];
    if (timeless.textOf(old) === timeless.textOf(fresh)) return SAME;
    const gained = search(withoutOther(fresh, old), timeless);
    const lost = search(withoutOther(old, fresh), timeless);
    return {
      gains: AMOUNTS[gained.kind],
      loses: AMOUNTS[lost.kind],
      ...(gained.kind === "found" && { gained: { example: gained.example, run: gained.run } }),
      ...(lost.kind === "found" && { lost: { example: lost.example, run: lost.run } }),
    };
  };
  return {
    ...pair,
    schema,
    cells,
    relateCohorts,
    relateBands: (earlier, later) => ({
      gains: cells.some((cell) => cell.after.has(later) && !cell.before.has(earlier))
        ? "something"
        : "nothing",
      loses: cells.some((cell) => cell.before.has(earlier) && !cell.after.has(later))
        ? "something"
        : "nothing",
    }),
    cohortsAt: (moment) => translateCohorts(pair, moment),
    search,
  };
}

export function isSame({ gains, loses }: SetRelation): boolean {
  return gains === "nothing" && loses === "nothing";
}

const SAME: SetRelation = { gains: "nothing", loses: "nothing" };

const AMOUNTS = { found: "something", none: "nothing", undecided: "undecided" } as const;

function withoutOther(held: Predicate, other: Predicate): Predicate {
  return { kind: "and", operands: [held, { kind: "not", operand: other }] };
}
