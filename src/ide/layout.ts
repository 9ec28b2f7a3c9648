/** The one layout of `gov fmt` as changes of a text: all of it, a range, or the declaration just finished. */
import { formatFile } from "../format/format.ts";
import type { TextEdit } from "../source/diagnostic.ts";
import { compareTexts } from "../source/line-difference.ts";
import { spanAt, type SourceText } from "../source/text.ts";
import type { ParsedFile } from "../syntax/parse.ts";

export interface Offsets {
  readonly start: number;
  readonly end: number;
}

/** Changes that lay a text out, line by line so that cursors stay where they are; none where it has mistakes. */
export async function layOut(parsed: ParsedFile): Promise<readonly TextEdit[]> {
  const { source } = parsed;
  const { formatted } = await formatFile(parsed);
  return formatted === undefined || formatted === source.text ? [] : lineEdits(source, formatted);
}

/** Those of the changes that touch a range. */
export async function layOutRange(parsed: ParsedFile, range: Offsets): Promise<readonly TextEdit[]> {
  const edits = await layOut(parsed);
  return edits.filter(({ span }) => span.start <= range.end && range.start <= span.end);
}

/** After `}`: the changes in the declaration that it closes, which begins at the last line without an indent. */
export async function layOutClosed(parsed: ParsedFile, offset: number): Promise<readonly TextEdit[]> {
  const before = parsed.source.text.slice(0, offset);
  const start = Math.max(0, ...[...before.matchAll(/(?:^|\n)(?=[^\s}])/g)].map(({ index }) => index));
  return await layOutRange(parsed, { start, end: offset });
}

/** What changes a text into another, line by line. */
export function lineEdits(source: SourceText, formatted: string): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  let offset = 0;
  let open: { start: number; end: number; replacement: string } | undefined;
  const close = (): void => {
    if (open !== undefined)
      edits.push({ span: spanAt(source, open.start, open.end), replacement: open.replacement });
    open = undefined;
  };
  for (const { kind, text } of compareTexts(source.text, formatted)) {
    if (kind === " ") close();
    else {
      open ??= { start: offset, end: offset, replacement: "" };
      if (kind === "+") open.replacement += text;
      else open.end = offset + text.length;
    }
    if (kind !== "+") offset += text.length;
  }
  close();
  return edits;
}
