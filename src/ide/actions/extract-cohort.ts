import type { Predicate } from "../../syntax/ast.ts";
import { walk, type Node } from "../../syntax/walk.ts";
import { freshName, insertAbove, type Action, type ActionSetting } from "./action.ts";

/** A condition within a cohort as a cohort of its own. */
export function offerExtractedCohort({ draft, range }: ActionSetting): readonly Action[] {
  const { source, file } = draft.parsed;
  const cohort = file.declarations.find(
    ({ kind, span }) => kind === "CohortDeclaration" && span.start <= range.start && range.end <= span.end,
  );
  if (cohort?.kind !== "CohortDeclaration" || range.start === range.end) return [];
  const chosen = predicatesIn(cohort.predicate).find((node) => isChosen(node, source.text, range));
  if (chosen === undefined || chosen === cohort.predicate || chosen.kind === "CohortReference") return [];
  const name = freshName(`${cohort.name.text}_part`, draft);
  const inner = chosen.kind === "GroupPredicate" ? chosen.inner : chosen;
  const declaration = `cohort ${name} = ${source.text.slice(inner.span.start, inner.span.end)}\n\n`;
  return [
    {
      title: `extract the condition to a cohort \`${name}\``,
      kind: "refactor.extract",
      edits: [insertAbove(source, cohort.span.start, declaration), { span: chosen.span, replacement: name }],
    },
  ];
}

/** Whether a selection takes in a node and nothing else but space. */
function isChosen({ span }: Node, text: string, { start, end }: ActionSetting["range"]): boolean {
  const chosen = text.slice(start, end);
  const from = start + chosen.length - chosen.trimStart().length;
  return span.start === from && span.end === from + chosen.trim().length;
}

function predicatesIn(predicate: Predicate): readonly Predicate[] {
  const found: Predicate[] = [];
  walk(predicate, (node) => {
    if (PREDICATES.has(node.kind)) found.push(node as Predicate); // The set holds the kinds of predicates alone.
  });
  return found;
}

const PREDICATES: ReadonlySet<Node["kind"]> = new Set<Predicate["kind"]>([
  "LogicalPredicate", "NotPredicate", "GroupPredicate", "ComparisonPredicate", "InRangePredicate", "InSetPredicate",
  "MembershipPredicate", "MatchesPredicate", "HasPredicate", "SamplePredicate", "CohortReference",
]); // prettier-ignore
