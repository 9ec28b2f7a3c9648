import type { Predicate, RouteRule } from "../../check/policy.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Declaration } from "../../syntax/ast.ts";
import type { Cell } from "../cells.ts";
import type { Clock } from "../clock.ts";
import { windowHolds } from "../windows.ts";
import { inSome, memberOf, not, type ReviewContext, type ReviewRule } from "./context.ts";
import { mentionsParam, ownDeclaration } from "./syntax.ts";

/**
 * Routes that never decide a weight, of any example on any parameter at any time: because others are always at least as
 * strict (GOV5003), or because they say what the default says (GOV7003). A line counts as a whole: that one band of its
 * list or profile is without effect is no mistake.
 */
export const findRoutesWithoutEffect: ReviewRule = (context) => {
  const found: Diagnostic[] = [];
  const idle = new Set<RouteRule>();
  // From the end, so that of two lines that say the same the later one is named.
  for (const { declaration, rules } of linesOf(context).toReversed()) {
    if (rules.some((rule) => context.reach.get(rule.cohort) === "nothing")) continue;
    if (mentionsAnyParam(declaration, context)) continue;
    const others = context.policy.rules.filter((rule) => !rules.includes(rule) && !idle.has(rule));
    const effects = rules.map((rule) => effectOf(rule, others, context));
    if (effects.some((effect) => effect.kind !== "none")) continue;
    for (const rule of rules) idle.add(rule);
    const rivals = effects.flatMap((effect) => (effect.kind === "none" ? effect.rivals : []));
    found.push(rivals.length === 0 ? saysTheDefault(declaration, context) : isShadowed(declaration, rivals));
  }
  return found.toReversed();
};

interface Line {
  readonly declaration: Declaration;
  readonly rules: readonly RouteRule[];
}

/** The routes of the policy's own file with the rules that each comes to; what an `apply` brings is the module's. */
function linesOf({ policy, bound }: ReviewContext): readonly Line[] {
  const lines = new Map<Declaration, RouteRule[]>();
  for (const rule of policy.rules) {
    const declaration = ownDeclaration(rule.span, bound);
    if (declaration?.kind !== "RouteDeclaration") continue;
    lines.set(declaration, [...(lines.get(declaration) ?? []), rule]);
  }
  return [...lines].map(([declaration, rules]) => ({ declaration, rules }));
}

function mentionsAnyParam(declaration: Declaration, { bound }: ReviewContext): boolean {
  if (mentionsParam(declaration)) return true;
  if (declaration.kind !== "RouteDeclaration" || declaration.route.kind !== "RouteThroughProfile")
    return false;
  const profile = bound.definitionOf(declaration.route.profile);
  return profile?.kind === "profile" && mentionsParam(profile.declaration);
}

type Effect =
  | { readonly kind: "some" | "undecided" }
  /** `rivals` are some that decide in its place; empty where the default would as well. */
  | { readonly kind: "none"; readonly rivals: readonly RouteRule[] };

/** Whether a weight is another without the rule. */
function effectOf(rule: RouteRule, others: readonly RouteRule[], context: ReviewContext): Effect {
  const { policy } = context;
  const cells = context.cells.filter((cell) => cell.has(rule.band));
  if (cells.length === 0) return { kind: "undecided" };
  const rivals = new Set<RouteRule>();
  for (const cell of cells) {
    const near = others.filter((other) => cell.has(other.band));
    // Without a network, bands that seem to lie apart may overlap: a weaker rule of another band may speak here too.
    const weaker = (context.resolved === undefined ? others : near).filter(
      ({ weight }) => weight > rule.weight,
    );
    const stricter = near.filter(({ weight }) => weight <= rule.weight);
    for (const moment of context.momentsOf([rule, ...weaker, ...stricter])) {
      if (!windowHolds(rule.window, moment)) continue;
      const inForce = (rules: readonly RouteRule[]): readonly RouteRule[] =>
        rules.filter(({ window }) => windowHolds(window, moment));
      const strict = inForce(stricter);
      const uncovered = [memberOf(rule.cohort), not(inSome(strict))];
      const isLeft = context.canHold({ kind: "and", operands: uncovered }, moment);
      if (isLeft === "undecided") return { kind: "undecided" };
      if (isLeft === "impossible") {
        for (const rival of strict)
          if (rivals.size < MOST_SHOWN && meets(rule.cohort, rival.cohort, moment, context))
            rivals.add(rival);
        continue;
      }
      if (rule.weight !== policy.defaultWeight.weight || isLiftedByBound(rule, cell, context))
        return { kind: "some" };
      const held: Predicate = { kind: "and", operands: [...uncovered, inSome(inForce(weaker))] };
      const holdsDown = context.canHold(held, moment);
      if (holdsDown !== "impossible") return { kind: holdsDown === "possible" ? "some" : "undecided" };
    }
  }
  return { kind: "none", rivals: [...rivals] };
}

/** Whether an example may lie in both cohorts at a moment. */
function meets(left: string, right: string, moment: Clock, { canHold }: ReviewContext): boolean {
  return canHold({ kind: "and", operands: [memberOf(left), memberOf(right)] }, moment) !== "impossible";
}

/** Whether a bound may put a larger weight in force in a run, which this rule would then hold down. */
function isLiftedByBound(rule: RouteRule, cell: Cell, { policy }: ReviewContext): boolean {
  return policy.bounds
    .flatMap(({ arms }) => arms.flatMap(({ ladder }) => ladder))
    .some(
      ({ action }) =>
        (action.kind === "attenuate" || action.kind === "amplify") &&
        cell.has(action.band) &&
        action.to > rule.weight,
    );
}

const MOST_SHOWN = 3;

function isShadowed({ span }: Declaration, rivals: readonly RouteRule[]): Diagnostic {
  const places = new Map(rivals.map((rival) => [`${rival.span.file} ${rival.span.start}`, rival]));
  return diagnose(
    "GOV5003",
    span,
    "this route never decides a weight: others are always at least as strict",
    {
      related: [...places.values()].slice(0, MOST_SHOWN).map((rival) => ({
        span: rival.span,
        text: "the smallest weight counts, and this one is no larger",
      })),
      help: "remove it, or narrow the cohorts or bands of the others",
    },
  );
}

function saysTheDefault(declaration: Declaration, { policy }: ReviewContext): Diagnostic {
  const { weight, span } = policy.defaultWeight;
  const shown = weight === 1 ? "full" : weight === 0 ? "block" : `${weight}`;
  return diagnose("GOV7003", declaration.span, `without this route the weight is \`${shown}\` as well`, {
    related: span === undefined ? [] : [{ span, text: "the default" }],
    help: "where it is meant as a promise, write a claim: `always … -> …` is proved, whatever other rules say",
  });
}
