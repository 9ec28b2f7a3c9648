/**
 * What of a policy its tests have looked at: its decisions about weights, one for each group of examples that the rules
 * on a part of the network tell apart, and the moves of its bounds, the opening of each step of a ladder and the
 * clearing. A test covers what it looks at whether it passes or not.
 */
import type { Bound, BoundArm, BoundStep, Policy, Predicate, RouteRule } from "../check/policy.ts";
import type { BoundDecision } from "./bounds/decisions.ts";
import type { Cell, ResolvedBands } from "./cells.ts";
import type { ExampleRecord } from "./example.ts";
import type { Search, SearchResult } from "./search.ts";
import { readCase } from "./tests/case.ts";
import type { TestResult } from "./tests/result.ts";
import { memberOf } from "./formulas.ts";
import { createGrounds } from "./grounds.ts";

export interface Coverage {
  readonly decisions: readonly CoveredDecision[];
  readonly moves: readonly CoveredMove[];
}

/** The weight of some examples on some parameters. */
export interface CoveredDecision extends ExampleGroup {
  readonly isCovered: boolean;
  /** The bands that hold the parameters, `all` among them. */
  readonly cell: Cell;
  /** Those that hold the examples. */
  readonly rules: readonly RouteRule[];
}

/** The examples that are in some cohorts and outside of others. */
export interface ExampleGroup {
  readonly inside: readonly string[];
  readonly outside: readonly string[];
  /** One of them; absent where none was looked for with success. */
  readonly example?: ExampleRecord;
}

/** What a bound may do. */
export interface CoveredMove {
  readonly isCovered: boolean;
  readonly bound: Bound;
  readonly arm: BoundArm;
  /** The step of the ladder that is opened, or that the metric comes back inside. */
  readonly move: { readonly kind: "opened"; readonly step: BoundStep } | { readonly kind: "cleared" };
}

export function coverTests(
  policy: Policy,
  results: readonly TestResult[],
  resolved?: ResolvedBands,
): Coverage {
  return { decisions: coverDecisions(policy, results, resolved), moves: coverMoves(policy.bounds, results) };
}

/** The share of what there is that is covered; 1 where there is nothing. */
export function coverageRatio(coverages: readonly Coverage[]): number {
  const all = coverages.flatMap(({ decisions, moves }) => [...decisions, ...moves]);
  return all.length === 0 ? 1 : all.filter(({ isCovered }) => isCovered).length / all.length;
}

// ── decisions about weights ────────────────────────────────────────────────────────────────────────────────────

function coverDecisions(
  policy: Policy,
  results: readonly TestResult[],
  resolved: ResolvedBands | undefined,
): readonly CoveredDecision[] {
  const looks = results.flatMap(({ test }) => {
    const bands = test.expect.flatMap((expectation) =>
      expectation.kind === "weight" ? [expectation.band] : [],
    );
    return bands.length === 0 ? [] : [{ bands, find: readCase(policy, test).find }];
  });
  const { cells, search } = createGrounds(policy, resolved);
  return cells.flatMap((cell): readonly CoveredDecision[] => {
    const rules = policy.rules.filter((rule) => cell.has(rule.band));
    // What no band names is nobody's decision, and where no rule speaks there is none.
    if (cell.size === 1 || rules.length === 0) return [];
    const named = [...new Set(rules.map(({ cohort }) => cohort))].filter((cohort) => cohort !== "all");
    const onCell = looks.filter(({ bands }) => bands.some((band) => cell.has(band)));
    return groupExamples(named, search).map((group) => ({
      ...group,
      cell,
      rules: rules.filter(({ cohort }) => cohort === "all" || group.inside.includes(cohort)),
      isCovered: onCell.some(({ find }) => find(predicateOf(group)).kind === "found"),
    }));
  });
}

// Beyond this, cohorts are counted one by one instead of in their combinations.
const MOST_GROUPS = 64;

/** The combinations of cohorts that some example can be in. */
function groupExamples(cohorts: readonly string[], search: Search): readonly ExampleGroup[] {
  const first: readonly ExampleGroup[] = [{ inside: [], outside: [], ...lookFor([], search) }];
  const groups = cohorts.reduce<readonly ExampleGroup[] | undefined>((known, cohort) => {
    const split = known?.flatMap(({ inside, outside }) => [
      { inside: [...inside, cohort], outside },
      { inside, outside: [...outside, cohort] },
    ]);
    const found = split?.map((group) => ({ group, result: searchIn(group, search) }));
    if (found === undefined || found.some(({ result }) => result.kind === "undecided")) return undefined;
    const possible = found.flatMap(({ group, result }) =>
      result.kind === "found" ? [{ ...group, example: result.example }] : [],
    );
    return possible.length > MOST_GROUPS ? undefined : possible;
  }, first);
  return groups ?? cohorts.map((cohort) => ({ inside: [cohort], outside: [], ...lookFor([cohort], search) }));
}

function lookFor(inside: readonly string[], search: Search): Pick<ExampleGroup, "example"> {
  const result = searchIn({ inside, outside: [] }, search);
  return result.kind === "found" ? { example: result.example } : {};
}

function searchIn(group: ExampleGroup, search: Search): SearchResult {
  return search.find(predicateOf(group), { tries: "declared and dynamic" });
}

function predicateOf({ inside, outside }: ExampleGroup): Predicate {
  return {
    kind: "and",
    operands: [
      ...inside.map(memberOf),
      ...outside.map((cohort): Predicate => ({ kind: "not", operand: memberOf(cohort) })),
    ],
  };
}

// ── moves of bounds ────────────────────────────────────────────────────────────────────────────────────────────

function coverMoves(bounds: readonly Bound[], results: readonly TestResult[]): readonly CoveredMove[] {
  // A test that feeds a bound and expects nothing of it has not looked at what it does.
  const looked = results.filter(({ test }) => test.expect.some(({ kind }) => kind === "action"));
  const decisions = looked.flatMap(({ story }) => story.decisions);
  return bounds.flatMap((bound, index) => {
    const own = decisions.filter((decision) => decision.bound === index);
    return bound.arms.flatMap((arm) =>
      movesOf(arm).map((move) => ({
        bound,
        arm,
        move,
        isCovered: own.some((decision) => isMove(decision, move, arm)),
      })),
    );
  });
}

function movesOf({ ladder }: BoundArm): readonly CoveredMove["move"][] {
  const opened = ladder.map((step): CoveredMove["move"] => ({ kind: "opened", step }));
  // Nothing comes back inside once the run is halted.
  return ladder[0]?.action.kind === "halt" ? opened : [...opened, { kind: "cleared" }];
}

function isMove(decision: BoundDecision, move: CoveredMove["move"], { ladder }: BoundArm): boolean {
  if (move.kind === "opened")
    return decision.kind === "intervention_opened" && decision.span.start === move.step.span.start;
  return (
    decision.kind === "intervention_closed" &&
    decision.outcome === "achieved" &&
    ladder.some(({ span }) => span.start === decision.span.start)
  );
}
