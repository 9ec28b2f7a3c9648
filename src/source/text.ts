import type { Span } from "./span.ts";

/** One file's text with the offsets at which its lines begin. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  readonly lineStarts: readonly number[];
}

/** The files of a compilation: path relative to the project's root (`std/…` for the library) to text. */
export type SourceMap = ReadonlyMap<string, string>;

/** Counted from 1, as people do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function createSourceText(file: string, text: string): SourceText {
  const returns = endsOf("\r", text).filter((end) => text[end] !== "\n");
  const lineStarts = [0, ...endsOf("\n", text), ...returns];
  return { file, text, lineStarts: returns.length === 0 ? lineStarts : lineStarts.sort((a, b) => a - b) };
}

/** Where each of a character ends. */
function endsOf(character: string, text: string): number[] {
  const ends: number[] = [];
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) ends.push(at + 1);
  return ends;
}

/** The position of an offset; an offset past the end is the end. */
export function positionAt(source: SourceText, offset: number): Position {
  const clamped = Math.max(0, Math.min(offset, source.text.length));
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= clamped) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: clamped - (source.lineStarts[low] ?? 0) + 1 };
}

/** The offset of a position; a line or column past the end is the end of the text or line. */
export function offsetAt(source: SourceText, position: Position): number {
  const start = source.lineStarts[position.line - 1];
  if (start === undefined) return source.text.length;
  const next = source.lineStarts[position.line] ?? source.text.length + 1;
  return Math.min(start + position.column - 1, Math.max(start, next - 1));
}

export function spanAt(source: SourceText, start: number, end: number): Span {
  return { file: source.file, start, end, ...positionAt(source, start) };
}

/** The text of a line (counted from 1) without its line break. */
export function lineText(source: SourceText, line: number): string {
  const start = source.lineStarts[line - 1];
  if (start === undefined) return "";
  return source.text.slice(start, source.lineStarts[line] ?? source.text.length).replace(/[\r\n]+$/, "");
}
