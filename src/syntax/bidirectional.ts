import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { spanAt, type SourceText } from "../source/text.ts";

// The controls of the Unicode bidirectional algorithm: marks, embeddings, overrides and isolates.
const CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function isBidirectionalControl(character: string): boolean {
  return new RegExp(`^${CONTROLS.source}$`).test(character);
}

/** Characters that make a policy look different from what it says ("Trojan Source", CVE-2021-42574). */
export function findBidirectionalControls(source: SourceText): readonly Diagnostic[] {
  return Array.from(source.text.matchAll(CONTROLS), (match) => {
    const span = spanAt(source, match.index, match.index + 1);
    const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return diagnose("GOV1007", span, `bidirectional control character U+${code}`, {
      help: `it can make the line look different from what it says; inside a text write \`\\u{${code.toLowerCase()}}\``,
      fix: { title: "remove the character", edits: [{ span, replacement: "" }] },
    });
  });
}
