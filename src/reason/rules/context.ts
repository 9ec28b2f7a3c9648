import type { BoundPolicy } from "../../bind/bind.ts";
import type { Policy, Predicate } from "../../check/policy.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import type { Cell } from "../cells.ts";
import type { Clock } from "../clock.ts";
import type { Grounds } from "../grounds.ts";
import { memberOf, not } from "../formulas.ts";
import { isStarved } from "./starved.ts";

/** What every rule of the review works with. */
export interface ReviewContext extends Grounds {
  /** The text that said it. */
  readonly bound: BoundPolicy;
  /**
   * INVARIANT: `possible` and `impossible` are exact; what only the run knows may take any value, but for the time
   * where a moment is given.
   */
  readonly canHold: (predicate: Predicate, moment?: Clock) => Possibility;
  /** How much of the schema each cohort holds, by name; `all` is not listed. */
  readonly reach: ReadonlyMap<string, Reach>;
  /** The largest weight that a bound may set in a run, by band. */
  readonly boundWeights: ReadonlyMap<string, number>;
  /** Whether no example, or none of a cohort, has a weight above 0 on these parameters, at any time. */
  readonly isStarved: (cell: Cell, cohort?: string) => boolean;
}

export type Possibility = "possible" | "impossible" | "undecided";

export type Reach = "nothing" | "something" | "everything" | "undecided";

/** One thing that is looked for; returns what it found. */
export type ReviewRule = (context: ReviewContext) => readonly Diagnostic[];

/** So many searches without an answer are waited for; after them, what takes long is left undecided. */
const MOST_UNDECIDED = 3;

export function createReview(grounds: Grounds, bound: BoundPolicy): ReviewContext {
  const { policy, search } = grounds;
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
  const known = { ...grounds, canHold, boundWeights: boundWeightsOf(policy) };
  const starved = new Map<string, boolean>();
  return {
    ...known,
    bound,
    isStarved: (cell, cohort = "all") => {
      const key = [cohort, ...[...cell].sort()].join("\n");
      const answer = starved.get(key) ?? isStarved(cell, cohort, known);
      starved.set(key, answer);
      return answer;
    },
    reach: new Map(policy.cohorts.map(({ name }) => [name, reachOf(name)])),
  };
}

function boundWeightsOf({ bounds }: Policy): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const { action } of bounds.flatMap(({ arms }) => arms.flatMap(({ ladder }) => ladder)))
    if (action.kind === "attenuate" || action.kind === "amplify")
      weights.set(action.band, Math.max(action.to, weights.get(action.band) ?? 0));
  return weights;
}

/**
 * Where the policy's own file brings a name into the policy: its declaration there, or the import; undefined for what
 * belongs to a module alone, and is that module's business.
 */
export function placeOfName(
  name: string,
  kind: "band" | "cohort",
  { bound }: ReviewContext,
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
