import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { spanAt, type SourceText } from "../source/text.ts";

/** That a text does not stand in its canonical layout (GOV7005), from the first place that differs to the last. */
export function describeLayout(source: SourceText, formatted: string): Diagnostic | undefined {
  const { text } = source;
  if (text === formatted) return undefined;
  const shorter = Math.min(text.length, formatted.length);
  let start = 0;
  while (start < shorter && text[start] === formatted[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && text.at(-1 - tail) === formatted.at(-1 - tail)) tail += 1;
  const span = spanAt(source, start, text.length - tail);
  const replacement = formatted.slice(start, formatted.length - tail);
  return diagnose("GOV7005", span, "the text does not stand in the layout of `gov fmt`", {
    fix: { title: "lay it out", edits: [{ span, replacement }] },
  });
}
