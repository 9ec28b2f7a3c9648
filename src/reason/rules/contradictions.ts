import type { Bound, Claim, Predicate } from "../../check/policy.ts";
import { diagnose } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import { meaningText } from "../meaning.ts";
import { attainableValues } from "./attainable.ts";
import { isUnattainable } from "./bounds.ts";
import { memberOf } from "../formulas.ts";
import type { ReviewContext, ReviewRule } from "./context.ts";
import { ownDeclaration } from "./syntax.ts";

/**
 * Lines that cannot both hold (GOV5011): bounds on one metric whose ranges have no value in common, and a `never` and an
 * `always` that some example would be under at once. (Of claims that are decided, one is refuted already.)
 */
export const findContradictions: ReviewRule = (context) => [
  ...rivalsOf(context.policy.bounds, context, BOUNDS).map(({ place, rivals }) =>
    diagnose("GOV5011", place, "no value of the metric lies in the range of this bound and of another", {
      label: "one of the two is always breached",
      related: rivals.map((span) => ({ span, text: "the other bound" })),
      help: "let the ranges meet, or keep one of the two",
    }),
  ),
  ...rivalsOf(context.policy.claims, context, CLAIMS).map(({ place, rivals }) =>
    diagnose("GOV5011", place, "this claim and another cannot both hold", {
      label: "an example of both cohorts would break one of the two",
      related: rivals.map((span) => ({ span, text: "the other claim" })),
      help: "let their cohorts, or their bands, have nothing in common",
    }),
  ),
];

interface Contradicted {
  /** The line of the policy's own file that says the part, or brings it in. */
  readonly place: Span;
  /** Lines before it that contradict it. */
  readonly rivals: readonly Span[];
}

/** The lines of the policy's own file that contradict earlier ones; only parts of one kind are held against each other. */
function rivalsOf<Part extends Bound | Claim>(
  parts: readonly Part[],
  context: ReviewContext,
  { kindOf, contradict }: Opposition<Part>,
): readonly Contradicted[] {
  const own = parts
    .map((part) => ({ part, place: part.via[0] ?? part.span }))
    .filter(({ place }) => ownDeclaration(place, context.bound) !== undefined)
    .toSorted((left, right) => left.place.start - right.place.start);
  const met = new Map<string, typeof own>();
  const found = new Map<number, Contradicted>();
  for (const later of own) {
    const kind = kindOf(later.part);
    const same = met.get(kind) ?? [];
    met.set(kind, [...same, later]);
    const rivals = same.filter(({ part }) => contradict(part, later.part, context)).map(({ place }) => place);
    if (rivals.length === 0) continue;
    const { place } = later;
    const known = found.get(place.start)?.rivals ?? [];
    const distinct = new Map([...known, ...rivals].map((span) => [span.start, span]));
    found.set(place.start, { place, rivals: [...distinct.values()].slice(0, MOST_SHOWN) });
  }
  return [...found.values()];
}

const MOST_SHOWN = 3;

interface Opposition<Part> {
  readonly kindOf: (part: Part) => string;
  readonly contradict: (earlier: Part, later: Part, context: ReviewContext) => boolean;
}

const BOUNDS: Opposition<Bound> = {
  kindOf: ({ metric }) => meaningText(metric),
  contradict: (earlier, later, context) => {
    if (!isAbove(earlier.range, later.range) && !isAbove(later.range, earlier.range)) return false;
    // What cannot be met by itself is said of that bound alone.
    const attainable = attainableValues(later.metric, context);
    return ![earlier, later].some(({ range }) => isUnattainable(range, attainable));
  },
};

const CLAIMS: Opposition<Claim> = {
  kindOf: () => "claim",
  contradict: (earlier, later, { policy, cells, canHold, momentsOf }) => {
    // Where nothing is left to the run, both are proved, and have nothing in common.
    if (earlier.claim === later.claim || !policy.cohorts.some(({ dynamic }) => dynamic)) return false;
    if (!cells.some((cell) => cell.has(earlier.band) && cell.has(later.band))) return false;
    const both: Predicate = { kind: "and", operands: [memberOf(earlier.cohort), memberOf(later.cohort)] };
    const timed = [earlier, later].map(({ cohort }) => ({ cohort, window: {} }));
    return momentsOf(timed).some((moment) => canHold(both, moment) === "possible");
  },
};

/** Whether everything in one range is larger than everything in another. */
function isAbove({ low }: Bound["range"], { high, excludesHigh }: Bound["range"]): boolean {
  return low !== undefined && high !== undefined && (low > high || (excludesHigh && low === high));
}
