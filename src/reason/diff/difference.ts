/** What is said of how two policies differ in meaning. Plain data, fit for JSON; `before` and `after` are the policies. */
import type { RouteRule, Scalar, Window } from "../../check/policy.ts";
import type { Span } from "../../source/span.ts";
import type { Clock } from "../clock.ts";
import type { ExampleRecord } from "../example.ts";
import type { RunValues } from "../search.ts";

export interface PolicyDifference {
  readonly verdict: Verdict;
  /** Changes of weight: what bands' own parameters may learn (absorption). */
  readonly weights: readonly RuleChange[];
  /** Changes of where the error of examples stops (flow). */
  readonly detaches: readonly RuleChange[];
  /** Changes of everything else that a policy declares. */
  readonly parts: readonly PartChange[];
  /** Changes of what modules offer to be applied: rulesets and profiles. */
  readonly rulesets: readonly RulesetChange[];
  /** What could not be told; it makes the verdict `different`. */
  readonly undecided: readonly Undecided[];
  /** Where the bands were laid out to be compared; absent where they were taken by what their selectors say. */
  readonly network?: string;
}

/** Of the later policy, held against the earlier one. `different` is stricter here and looser there, or unclear. */
export type Verdict = "equivalent" | "stricter" | "looser" | "different";

/** Of one change; `none` is one that has no effect by itself. */
export type Direction = "stricter" | "looser" | "different" | "none";

/** Examples of one kind that get another weight, or are cut where they were not. */
export interface RuleChange {
  readonly direction: Direction;
  readonly before: Ruling;
  readonly after: Ruling;
  readonly places: readonly Place[];
  /** The times at which it is so; one without limits is all of the training. */
  readonly times: readonly Time[];
  readonly witness: Witness;
}

/** What one of the policies says about the witness there. */
export interface Ruling {
  /** Of a detach: 0 where the error is cut, 1 where it passes. Of a ruleset: infinite where none of its rules speaks. */
  readonly weight: number;
  /** The rules that decide it; empty where none speaks. */
  readonly rules: readonly WeightedRule[];
}

/** What has a weight: a route, or a detach as a weight of 0 on the error that passes. */
export type WeightedRule = Pick<RouteRule, "cohort" | "band" | "weight" | "window" | "span" | "via">;

/** Parameters by the bands that hold them. */
export type Place =
  /** All of a band that holds the same in both policies, or that only one of them has. */
  | { readonly kind: "band"; readonly band: string }
  /** What lies in all of these bands and no others, `all` left out. */
  | { readonly kind: "part"; readonly before: readonly string[]; readonly after: readonly string[] };

/** A time in which all of these windows are open. */
export type Time = readonly Window[];

/** One example that shows a change, at one moment of its time and on the parameters of one place. */
export interface Witness extends Member {
  readonly moment: Clock;
  /** The bands of each policy that hold the parameters, `all` among them. */
  readonly cell: { readonly before: readonly string[]; readonly after: readonly string[] };
}

export type PolicyPart =
  | "field"
  | "model"
  | "param"
  | "band"
  | "cohort"
  | "behavior"
  | "default"
  | "bound"
  | "claim"
  | "require"
  | "verify"
  | "trace"
  | "retain"
  | "attest";

/** A declaration that is there in one policy only, or means something else in the other. */
export interface PartChange {
  readonly part: PolicyPart;
  readonly change: "added" | "removed" | "changed";
  readonly direction: Direction;
  readonly name?: string;
  readonly before?: PartPlace;
  readonly after?: PartPlace;
  /** What about it changed, in a few words each; what a policy says stands in backticks. */
  readonly notes: readonly string[];
  /** Of a cohort: an example that it holds now, and one that it held. */
  readonly gained?: Member;
  readonly lost?: Member;
}

/** A ruleset, or a profile, that is there in one module only, or gives something else to those who apply it. */
export interface RulesetChange extends Omit<PartChange, "part" | "name" | "gained" | "lost"> {
  readonly kind: "ruleset" | "profile";
  readonly name: string;
  /**
   * What stood for its parameters where the changes below were found; those that were left out are not listed. A band, a
   * cohort or a profile is any one, under the parameter's name.
   */
  readonly given: readonly { readonly name: string; readonly value: Scalar }[];
  readonly weights: readonly RuleChange[];
  readonly detaches: readonly RuleChange[];
  /** Bounds and claims. */
  readonly parts: readonly PartChange[];
  readonly undecided: readonly Undecided[];
}

/** An example, with values of what only the run knows where they matter. */
export interface Member {
  readonly example: ExampleRecord;
  readonly run: RunValues;
}

export interface PartPlace {
  readonly span: Span;
  /** Outermost first; empty when the policy says it itself. */
  readonly via: readonly Span[];
}

/** The place of a declaration, and nothing else of it. */
export function placeOf({
  span,
  via = [],
}: {
  readonly span: Span;
  readonly via?: readonly Span[];
}): PartPlace {
  return { span, via };
}

export interface Undecided {
  readonly about: "weights" | "detaches" | "examples" | "params";
  readonly places: readonly Place[];
  /** In words that can follow a colon. */
  readonly reason: string;
}

/** Several changes taken together. */
export function combineDirections(directions: readonly Direction[]): Direction {
  const [first, ...others] = [...new Set(directions)].filter((direction) => direction !== "none");
  if (first === undefined) return "none";
  return others.length === 0 ? first : "different";
}

/** The direction of something that can be at least as strict on either side. */
export function directionOf(order: {
  readonly isAtLeastAsStrict: boolean;
  readonly isAtLeastAsLoose: boolean;
}): Direction {
  if (order.isAtLeastAsStrict) return order.isAtLeastAsLoose ? "none" : "stricter";
  return order.isAtLeastAsLoose ? "looser" : "different";
}
