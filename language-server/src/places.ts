/** Offsets and spans to the protocol's positions and back: lines and UTF-16 units, both counted from 0. */
import type { Position, Range } from "vscode-languageserver/node";
import type { Span } from "../../src/source/span.ts";
import { positionAt, type SourceText } from "../../src/source/text.ts";

/** A character past the end of its line is the end of the line, a line past the last the end of the text. */
export function offsetOf({ text, lineStarts }: SourceText, { line, character }: Position): number {
  const start = lineStarts[line];
  if (start === undefined) return text.length;
  let end = lineStarts[line + 1] ?? text.length;
  if (line + 1 < lineStarts.length) {
    if (text[end - 1] === "\n") end -= 1;
    if (end > start && text[end - 1] === "\r") end -= 1;
  }
  return Math.min(start + character, end);
}

export function positionOf(source: SourceText, offset: number): Position {
  const { line, column } = positionAt(source, offset);
  return { line: line - 1, character: column - 1 };
}

export function rangeOf(source: SourceText, { start, end }: Pick<Span, "start" | "end">): Range {
  return { start: positionOf(source, start), end: positionOf(source, end) };
}
