import type { Diagnostic } from "../../src/source/diagnostic.ts";
import { formatPlace } from "../../src/source/span.ts";
import { createSourceText } from "../../src/source/text.ts";
import { parse, type ParsedFile } from "../../src/syntax/parse.ts";

export function parseText(text: string): ParsedFile {
  return parse(createSourceText("policy.gov", text));
}

/** A diagnostic as the corpus keeps it: code, place, message, the text that it marks, help and fix. */
export function shown(diagnostic: Diagnostic, text: string): string {
  const [primary, ...related] = diagnostic.labels;
  const { severity, code, message, help, fix } = diagnostic;
  const marked = JSON.stringify(text.slice(primary.span.start, primary.span.end));
  return [
    `${severity} ${code} at ${formatPlace(primary.span)}: ${message}`,
    `  marks ${marked}${primary.text === undefined ? "" : `: ${primary.text}`}`,
    ...related.map(
      (label) => `  see ${formatPlace(label.span)}${label.text === undefined ? "" : `: ${label.text}`}`,
    ),
    ...(help === undefined ? [] : [`  help: ${help}`]),
    ...(fix === undefined ? [] : [`  fix: ${fix.title}`]),
  ].join("\n");
}
