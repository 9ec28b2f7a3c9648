import type { RouteRule } from "../../check/policy.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Declaration } from "../../syntax/ast.ts";
import type { ReviewContext, ReviewRule } from "./context.ts";
import { effectOf } from "./effect.ts";
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
