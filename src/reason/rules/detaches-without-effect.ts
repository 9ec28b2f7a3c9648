import type { DetachRule } from "../../check/policy.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Declaration } from "../../syntax/ast.ts";
import { windowHolds } from "../windows.ts";
import { inSome, memberOf, not } from "../formulas.ts";
import type { ReviewContext, ReviewRule } from "./context.ts";
import { mentionsParam, ownDeclaration } from "./syntax.ts";

/** Lines of `detach` that cut nothing which others at the same bands leave (GOV5003). */
export const findDetachesWithoutEffect: ReviewRule = (context) => {
  const { policy, bound, reach } = context;
  const lines = new Map<Declaration, DetachRule[]>();
  for (const rule of policy.detaches) {
    const declaration = ownDeclaration(rule.span, bound);
    if (declaration?.kind === "DetachDeclaration")
      lines.set(declaration, [...(lines.get(declaration) ?? []), rule]);
  }
  const idle = new Set<DetachRule>();
  const found: Diagnostic[] = [];
  // From the end, so that of two lines that say the same the later one is named.
  for (const [declaration, rules] of [...lines].toReversed()) {
    if (mentionsParam(declaration) || rules.some(({ cohort }) => reach.get(cohort) === "nothing")) continue;
    const others = policy.detaches.filter((rule) => !rules.includes(rule) && !idle.has(rule));
    if (!rules.every((rule) => isCovered(rule, others, context))) continue;
    for (const rule of rules) idle.add(rule);
    const rivals = new Map(
      others
        .filter(({ band }) => rules.some((rule) => rule.band === band))
        .map(({ span }) => [`${span.file} ${span.start}`, span]),
    );
    found.push(
      diagnose("GOV5003", declaration.span, "this detach cuts nothing that is not cut already", {
        related: [...rivals.values()].slice(0, 3).map((span) => ({ span, text: "cuts it at the same band" })),
        help: "remove it",
      }),
    );
  }
  return found.toReversed();
};

function isCovered(
  rule: DetachRule,
  others: readonly DetachRule[],
  { canHold, momentsOf }: ReviewContext,
): boolean {
  const rivals = others.filter(({ band }) => band === rule.band);
  return momentsOf([rule, ...rivals])
    .filter((moment) => windowHolds(rule.window, moment))
    .every((moment) => {
      const inForce = rivals.filter(({ window }) => windowHolds(window, moment));
      const uncovered = [memberOf(rule.cohort), not(inSome(inForce))];
      const left = canHold({ kind: "and", operands: uncovered }, moment);
      return left === "impossible";
    });
}
