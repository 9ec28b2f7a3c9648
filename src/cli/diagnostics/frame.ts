import type { Label } from "../../source/diagnostic.ts";
import { lineText, positionAt, type SourceText } from "../../source/text.ts";

/** A part of one source line with what is said beneath it. */
export interface Mark {
  readonly label: Label;
  readonly line: number;
  /** UTF-16 offsets in the line. */
  readonly start: number;
  readonly end: number;
  readonly text: string | undefined;
}

/** The marked lines of one file, ascending, each with its marks from left to right. */
export function markLines(
  labels: readonly Label[],
  source: SourceText,
): readonly { readonly line: number; readonly marks: readonly Mark[] }[] {
  const marks = labels.flatMap((label) => markLabel(label, source));
  const lines = [...new Set(marks.map(({ line }) => line))].toSorted((left, right) => left - right);
  return lines.map((line) => ({
    line,
    marks: marks.filter((mark) => mark.line === line).toSorted((left, right) => left.start - right.start),
  }));
}

/** A label over several lines marks the first and the last of them, and is said beneath the last. */
function markLabel(label: Label, source: SourceText): readonly Mark[] {
  const { span, text } = label;
  const first = positionAt(source, span.start);
  // The end is the first character after the span: one step back is the last line that has a part in it.
  const last = positionAt(source, Math.max(span.start, span.end - 1));
  const start = first.column - 1;
  if (first.line === last.line)
    return [{ label, line: first.line, start, end: start + span.end - span.start, text }];
  const indent = /^\s*/.exec(lineText(source, last.line))?.[0].length ?? 0;
  return [
    { label, line: first.line, start, end: lineText(source, first.line).length, text: undefined },
    { label, line: last.line, start: indent, end: last.column, text },
  ];
}
