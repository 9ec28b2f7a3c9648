/**
 * What is made from the tokens and the rules: the types of the parse, the reference grammar, the highlighting and the
 * configuration of editors. `npx jiti grammar/generate.ts` writes the files anew; a test compares them.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generateCstDts, type Rule } from "chevrotain";
import { writeEbnf } from "./ebnf.ts";
import { writeLanguageConfiguration } from "./language-configuration.ts";
import { GovParser } from "./parser.ts";
import { writeTmLanguage } from "./tm-language.ts";

/** The generated files of this folder: name to text. */
export function generate(): ReadonlyMap<string, string> {
  const rules = new GovParser({ validate: true }).getGAstProductions();
  return new Map([
    ["cst.gen.ts", cstTypes(rules)],
    ["gov.ebnf", writeEbnf(Object.values(rules))],
    ["gov.tmLanguage.json", writeTmLanguage()],
    ["language-configuration.json", writeLanguageConfiguration()],
  ]);
}

// Without the interface of a visitor its import has no use, but Chevrotain writes it all the same.
function cstTypes(rules: Readonly<Record<string, Rule>>): string {
  return generateCstDts(rules, { includeVisitorInterface: false }).replace(" ICstVisitor,", "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of generate()) writeFileSync(new URL(name, import.meta.url), text);
}
