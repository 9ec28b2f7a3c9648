import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Declaration, Name } from "../../syntax/ast.ts";
import type { ReviewRule } from "./context.ts";

/** Names that are not in snake case (GOV7001). Fields are let be: they are called what the data calls them. */
export const findOddNames: ReviewRule = ({ bound }) => {
  const { header, declarations } = bound.entry.file;
  const names = [...(header === undefined ? [] : [header.name]), ...declarations.flatMap(namesOf)];
  return names.filter(({ text }) => snakeCase(text) !== text).map(oddName);
};

function namesOf(declaration: Declaration): readonly Name[] {
  if (!("name" in declaration)) return [];
  const parameters = declaration.kind === "RulesetDeclaration" ? declaration.parameters : [];
  return [declaration.name, ...parameters.map(({ name }) => name)];
}

function oddName({ text, span }: Name): Diagnostic {
  return diagnose("GOV7001", span, `\`${text}\` is not in snake case`, {
    help: `the names of this language are: \`${snakeCase(text)}\``,
  });
}

/** `topHalf`, `Top_Half` and `top__half` as `top_half`. */
function snakeCase(text: string): string {
  if (/^[a-z\d]+(?:_[a-z\d]+)*$/.test(text)) return text;
  return text
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1_$2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1_$2")
    .replace(/_+/g, "_")
    .replace(/(.)_$/, "$1")
    .toLowerCase();
}
