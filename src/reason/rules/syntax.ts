/** From what a policy means back to the text that said it. */
import type { BoundPolicy } from "../../bind/bind.ts";
import { usesIn } from "../../bind/references.ts";
import type { Predicate } from "../../check/policy.ts";
import type { Span } from "../../source/span.ts";
import type { Declaration, PolicyFile, Predicate as PredicateNode } from "../../syntax/ast.ts";
import type { Node } from "../../syntax/walk.ts";
import type { Leaf } from "../candidates.ts";

/** The declaration of the policy's own file at a place; what an `apply` brought in stands elsewhere. */
export function ownDeclaration(span: Span, { entry }: BoundPolicy): Declaration | undefined {
  if (span.file !== entry.source.file) return undefined;
  const { declarations } = entry.file;
  // They stand in the order of the text.
  let [low, high] = [0, declarations.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((declarations[middle]?.span.start ?? 0) < span.start) low = middle + 1;
    else high = middle;
  }
  return declarations[low]?.span.start === span.start ? declarations[low] : undefined;
}

/** The rules of a file, those of its rulesets among them. */
export function rulesIn({ declarations }: PolicyFile): readonly Declaration[] {
  return declarations.flatMap((declaration): readonly Declaration[] =>
    declaration.kind === "RulesetDeclaration" ? declaration.rules : [declaration],
  );
}

/**
 * Whether a param has a say in a part of the text. What holds for one value of it may not hold for the next, and a
 * param that switches a line off is no mistake.
 */
export function mentionsParam(node: Node): boolean {
  return usesIn(node).some(({ expected }) => expected.includes("param"));
}

/** The comparisons of a predicate beside the text of each; `has` and `sample` are among them. */
export function pairLeaves(
  node: PredicateNode,
  predicate: Predicate,
): readonly { readonly node: PredicateNode; readonly leaf: Leaf }[] {
  if (node.kind === "GroupPredicate") return pairLeaves(node.inner, predicate);
  if (node.kind === "NotPredicate" && predicate.kind === "not")
    return pairLeaves(node.operand, predicate.operand);
  if (node.kind === "LogicalPredicate" && (predicate.kind === "and" || predicate.kind === "or"))
    return node.operands.flatMap((operand, index) => {
      const meant = predicate.operands[index];
      return meant === undefined ? [] : pairLeaves(operand, meant);
    });
  switch (predicate.kind) {
    case "not":
      // `label not in 0..4` is one comparison.
      return pairLeaves(node, predicate.operand);
    case "and":
    case "or":
    case "cohort":
    case "all":
      return [];
    default:
      return [{ node, leaf: predicate }];
  }
}
