import type { Predicate } from "../../check/policy.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Leaf } from "../candidates.ts";
import { not } from "../formulas.ts";
import type { ReviewContext, ReviewRule } from "./context.ts";
import { mentionsParam, ownDeclaration, pairLeaves } from "./syntax.ts";

/** Comparisons that the schema has decided already (GOV5006): `label in 20..30` where `label` is in 0..9. */
export const findDecidedComparisons: ReviewRule = (context) => {
  const { policy, bound } = context;
  return policy.cohorts.flatMap(({ span, predicate }): readonly Diagnostic[] => {
    const declaration = ownDeclaration(span, bound);
    if (declaration?.kind !== "CohortDeclaration") return [];
    return pairLeaves(declaration.predicate, predicate).flatMap(({ node, leaf }) => {
      const outcome = outcomeOf(leaf, context);
      if (outcome === undefined || mentionsParam(node)) return [];
      const text = bound.entry.source.text.slice(node.span.start, node.span.end);
      const isNegated = "negated" in node && node.negated;
      const holds = (outcome === "always") !== isNegated;
      const field = policy.example.fields.find(({ name }) => "field" in leaf && name === leaf.field);
      return [
        diagnose("GOV5006", node.span, `\`${text}\` ${holds ? "always" : "never"} holds`, {
          label: holds ? "every example meets this" : "no example meets this",
          related:
            field === undefined
              ? []
              : [
                  {
                    span: field.span,
                    text: leaf.kind === "has" ? "every example has it" : "the schema admits no other value",
                  },
                ],
        }),
      ];
    });
  });
};

/** Undefined where it depends on the example. */
function outcomeOf(leaf: Leaf, { policy, canHold }: ReviewContext): "never" | "always" | undefined {
  if (canHold(leaf) === "impossible") return "never";
  const isOptional = policy.example.fields.some(
    ({ name, optional }) => optional && "field" in leaf && name === leaf.field,
  );
  // A comparison is only made where the field is there.
  const missed: Predicate =
    isOptional && "field" in leaf && leaf.kind !== "has"
      ? { kind: "and", operands: [{ kind: "has", field: leaf.field }, not(leaf)] }
      : not(leaf);
  return canHold(missed) === "impossible" ? "always" : undefined;
}
