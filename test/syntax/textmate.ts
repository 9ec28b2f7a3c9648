/** The TextMate grammar in the engine that VS Code has. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import oniguruma from "vscode-oniguruma";
import textmate, { type IGrammar } from "vscode-textmate";

export interface Highlighted {
  readonly line: number;
  /** From 0, in UTF-16 units. */
  readonly start: number;
  readonly text: string;
  /** The innermost; that of the whole file is not said. */
  readonly scope: string;
}

/** Gov's grammar, from the text of its JSON. */
export async function loadGrammar(text: string): Promise<IGrammar> {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (line) => new oniguruma.OnigString(line),
    }),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(text, "gov.tmLanguage.json")),
  });
  const grammar = await registry.loadGrammar("source.gov");
  if (grammar === null) throw new Error("the grammar was not loaded");
  return grammar;
}

/** What an editor colours; neighbours of one scope are one. */
export function highlight(grammar: IGrammar, text: string): readonly Highlighted[] {
  const found: Highlighted[] = [];
  let stack = textmate.INITIAL;
  for (const [number, line] of text.split("\n").entries()) {
    const { tokens, ruleStack, stoppedEarly } = grammar.tokenizeLine(line, stack);
    if (stoppedEarly) throw new Error(`line ${number + 1} takes too long`);
    stack = ruleStack;
    for (const { startIndex, endIndex, scopes } of tokens) {
      const scope = scopes.at(-1);
      if (scope === undefined || scopes.length < 2) continue;
      const part = line.slice(startIndex, endIndex);
      const last = found.at(-1);
      const isNext = last?.scope === scope && last.line === number + 1;
      if (isNext && last.start + last.text.length === startIndex)
        found.splice(-1, 1, { ...last, text: last.text + part });
      else found.push({ line: number + 1, start: startIndex, text: part, scope });
    }
  }
  return found;
}
