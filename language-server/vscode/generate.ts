/** The snippets of the extension, from those that the language server offers; `npm run generate` writes them anew. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SNIPPETS } from "../../src/ide/complete/snippets.ts";
import { WORDS } from "../../src/ide/words.ts";

/** `snippets.json`, in the form that VS Code reads: for the time before the server has started. */
export function writeSnippets(): string {
  const entries = [...SNIPPETS].map(([word, snippet]) => [
    word,
    { prefix: word, body: snippet.split("\n"), description: WORDS[word] },
  ]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL("snippets.json", import.meta.url), writeSnippets());
