import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { StringLiteral } from "../../syntax/ast.ts";
import type { ReviewRule } from "./context.ts";

/** Tests of one file that reports and filters cannot tell apart (GOV7006). */
export const findRepeatedTitles: ReviewRule = ({ bound }) => {
  const first = new Map<string, StringLiteral>();
  return bound.entry.file.declarations.flatMap((declaration): readonly Diagnostic[] => {
    if (declaration.kind !== "TestDeclaration") return [];
    const { title } = declaration;
    const earlier = first.get(title.value);
    if (earlier === undefined) {
      first.set(title.value, title);
      return [];
    }
    return [
      diagnose("GOV7006", title.span, "another test has this title", {
        related: [{ span: earlier.span, text: "first used here" }],
        help: "say what is different about the two",
      }),
    ];
  });
};
