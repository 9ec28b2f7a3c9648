import { diagnose, type Diagnostic, type Fix } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import { spanAt, type SourceText } from "../../source/text.ts";
import type { NotPredicate, Predicate } from "../../syntax/ast.ts";
import { walk, type Node } from "../../syntax/walk.ts";
import { meaningText } from "../meaning.ts";
import type { ReviewRule } from "./context.ts";

/** Values that stand twice in a list, parts that stand twice in an `and` or an `or`, and `not not` (GOV7007). */
export const findRepeatedPredicates: ReviewRule = ({ bound }) => {
  const { file, source } = bound.entry;
  const found: Diagnostic[] = [];
  for (const declaration of file.declarations)
    if (declaration.kind === "CohortDeclaration")
      walk(declaration.predicate, (node) => {
        if (node.kind === "InSetPredicate") found.push(...repeatedParts(node.values, source));
        if (node.kind === "LogicalPredicate") found.push(...repeatedParts(node.operands, source));
        if (node.kind === "NotPredicate") found.push(...doubleNegation(node, source));
      });
  return found;
};

/** Parts of a list that say what an earlier one says; the fix takes each out with the sign before it. */
function repeatedParts(parts: readonly Node[], source: SourceText): readonly Diagnostic[] {
  const met = new Set<string>();
  const shared = new Set<string>();
  for (const subject of parts.map(subjectOf)) (met.has(subject) ? shared : met).add(subject);
  // Nearly always each part is about something else, and need not be compared in full.
  if (shared.size === 0) return [];
  const said = new Map<string, Node>();
  return parts.flatMap((part, index): readonly Diagnostic[] => {
    if (!shared.has(subjectOf(part))) return [];
    const meaning = meaningText(part);
    const earlier = said.get(meaning);
    const before = parts[index - 1];
    if (earlier === undefined || before === undefined) {
      said.set(meaning, part);
      return [];
    }
    return [
      diagnose("GOV7007", part.span, "this has been said before", {
        related: [{ span: earlier.span, text: "said here" }],
        fix: removal("remove it", [spanAt(source, before.span.end, part.span.end)], source),
      }),
    ];
  });
}

/** What a part is about; of two that say the same it is the same. */
function subjectOf(part: Node): string {
  if ("field" in part) return `${part.kind} ${part.field.text}`;
  return "value" in part ? `${part.kind} ${String(part.value)}` : part.kind;
}

function doubleNegation({ operand, span }: NotPredicate, source: SourceText): readonly Diagnostic[] {
  const inner = withoutGroups(operand);
  if (inner.kind !== "NotPredicate") return [];
  const kept = inner.operand.span;
  const around = [spanAt(source, span.start, kept.start), spanAt(source, kept.end, span.end)];
  return [
    diagnose("GOV7007", span, "`not` twice says nothing", { fix: removal("remove both", around, source) }),
  ];
}

function withoutGroups(predicate: Predicate): Predicate {
  return predicate.kind === "GroupPredicate" ? withoutGroups(predicate.inner) : predicate;
}

/** None where a comment would go with the text. */
function removal(title: string, spans: readonly Span[], { text }: SourceText): Fix | undefined {
  if (spans.some(({ start, end }) => /\/[/*]/.test(text.slice(start, end)))) return undefined;
  return { title, edits: spans.map((span) => ({ span, replacement: "" })) };
}
