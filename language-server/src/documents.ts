/** The texts that the client has open, kept in step with it change by change. */
import { createSourceText, type SourceText } from "../../src/source/text.ts";
import type { TextChange } from "./params.ts";
import { offsetOf } from "./places.ts";

export interface OpenDocument {
  readonly uri: string;
  readonly version: number;
  readonly source: SourceText;
}

/** A document after changes, each of which is about the text that the one before it left. */
export function changeDocument(
  { uri, source }: OpenDocument,
  changes: readonly TextChange[],
  version: number,
): OpenDocument {
  const changed = changes.reduce((current, { range, text }) => {
    if (range === undefined) return createSourceText(source.file, text);
    const ends = [offsetOf(current, range.start), offsetOf(current, range.end)].toSorted((a, b) => a - b);
    const [start = 0, end = 0] = ends;
    return createSourceText(source.file, current.text.slice(0, start) + text + current.text.slice(end));
  }, source);
  return { uri, version, source: changed };
}
