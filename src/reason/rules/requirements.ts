import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Name, RequireClause } from "../../syntax/ast.ts";
import type { ReviewRule } from "./context.ts";

/** Fields that `require` names more than once (GOV6005): an example that lacks one is met by the most severe. */
export const findRepeatedRequirements: ReviewRule = ({ bound }) => {
  const first = new Map<string, { readonly name: Name; readonly clause: RequireClause }>();
  const clauses = bound.entry.file.declarations
    .flatMap((declaration) => (declaration.kind === "ProvenanceDeclaration" ? declaration.clauses : []))
    .filter((clause) => clause.kind === "RequireClause");
  return clauses.flatMap((clause) =>
    clause.fields.flatMap((name): readonly Diagnostic[] => {
      const earlier = first.get(name.text);
      if (earlier === undefined) {
        first.set(name.text, { name, clause });
        return [];
      }
      const [mine, other] = [clause, earlier.clause].map(({ otherwise }) => otherwise ?? "reject");
      return [
        diagnose("GOV6005", name.span, `\`${name.text}\` is required twice`, {
          related: [{ span: earlier.name.span, text: "first required here" }],
          help:
            mine === other
              ? "remove one of the two"
              : `of \`${mine}\` and \`${other}\` the more severe would count: keep that one`,
        }),
      ];
    }),
  );
};
