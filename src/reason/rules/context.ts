import type { BoundPolicy } from "../../bind/bind.ts";
import type { CheckedPolicy, Predicate } from "../../check/policy.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import { cellsOf, type Cell, type ResolvedBands } from "../cells.ts";
import type { Clock } from "../clock.ts";
import { momentsOf, type TimedRule } from "../moments.ts";
import { createSearch } from "../search.ts";

/** A policy without errors, with the text that said it and the network where one is at hand. */
export interface Reviewed {
  readonly policy: CheckedPolicy;
  readonly bound: BoundPolicy;
  readonly resolved?: ResolvedBands;
}

/** What every rule of the review works with. */
export interface ReviewContext extends Reviewed {
  readonly cells: readonly Cell[];
  /**
   * INVARIANT: `possible` and `impossible` are exact; what only the run knows may take any value, but for the time
   * where a moment is given.
   */
  readonly canHold: (predicate: Predicate, moment?: Clock) => Possibility;
  /** Moments enough to stand for every moment, as far as these rules and their cohorts tell them apart. */
  readonly momentsOf: (rules: readonly TimedRule[]) => readonly Clock[];
  /** How much of the schema each cohort holds, by name; `all` is not listed. */
  readonly reach: ReadonlyMap<string, Reach>;
}

export type Possibility = "possible" | "impossible" | "undecided";

export type Reach = "nothing" | "something" | "everything" | "undecided";

/** One thing that is looked for; returns what it found. */
export type ReviewRule = (context: ReviewContext) => readonly Diagnostic[];

/** So many searches without an answer are waited for; after them, what takes long is left undecided. */
const MOST_UNDECIDED = 3;

export function createReview(reviewed: Reviewed): ReviewContext {
  const { policy, resolved } = reviewed;
  const fields = new Map(policy.example.fields.map((field) => [field.name, field]));
  const cohorts = new Map(policy.cohorts.map((cohort) => [cohort.name, cohort]));
  const search = createSearch({ fields, cohorts });
  const undecided: Predicate[] = [];
  const canHold: ReviewContext["canHold"] = (predicate, moment) => {
    if (undecided.length >= MOST_UNDECIDED) return "undecided";
    const kind = search.decide(predicate, { tries: "declared and dynamic", ...(moment && { moment }) });
    if (kind === "undecided") undecided.push(predicate);
    return kind === "found" ? "possible" : kind === "none" ? "impossible" : "undecided";
  };
  const reachOf = (name: string): Reach => {
    const [inside, outside] = [canHold(memberOf(name)), canHold(not(memberOf(name)))];
    if (inside === "impossible") return "nothing";
    if (outside === "impossible") return "everything";
    return inside === "undecided" || outside === "undecided" ? "undecided" : "something";
  };
  return {
    ...reviewed,
    cells: cellsOf(policy, resolved),
    canHold,
    momentsOf: (rules) => momentsOf(rules, cohorts),
    reach: new Map(policy.cohorts.map(({ name }) => [name, reachOf(name)])),
  };
}

export function memberOf(cohort: string): Predicate {
  return cohort === "all" ? { kind: "all" } : { kind: "cohort", name: cohort };
}

export function not(operand: Predicate): Predicate {
  return { kind: "not", operand };
}

/** Whether an example lies in one of these cohorts. */
export function inSome(rules: readonly { readonly cohort: string }[]): Predicate {
  return { kind: "or", operands: [...new Set(rules.map(({ cohort }) => cohort))].map(memberOf) };
}

/**
 * Where the policy's own file brings a name into the policy: its declaration there, or the import; undefined for what
 * belongs to a module alone, and is that module's business.
 */
export function placeOfName(
  name: string,
  kind: "band" | "cohort",
  { bound }: Reviewed,
): { readonly span: Span; readonly isOwn: boolean } | undefined {
  const entry = bound.entry.source.file;
  const symbol = bound.scopes.get(entry)?.get(name);
  if (symbol?.kind !== kind) return undefined;
  if (symbol.file === entry) return { span: symbol.declaration.name.span, isOwn: true };
  const imported = bound.entry.file.imports
    .flatMap((declaration) => declaration.names)
    .find((node) => (node.alias ?? node.name).text === name);
  return imported && { span: imported.span, isOwn: false };
}
