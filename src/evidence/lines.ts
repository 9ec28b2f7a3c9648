import { type Shape } from "./shape.ts";

/** A line of a file with its place, its bytes without the line break. */
export interface RawLine {
  /** Counted from 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

const LINE_BREAK = 0x0a;

/** The whole lines of a file, and how many bytes of a line without its end follow them. */
export function splitLines(bytes: Uint8Array): { readonly lines: readonly RawLine[]; readonly torn: number } {
  const lines: RawLine[] = [];
  let start = 0;
  for (let end = bytes.indexOf(LINE_BREAK); end !== -1; end = bytes.indexOf(LINE_BREAK, start)) {
    lines.push({ number: lines.length + 1, bytes: bytes.subarray(start, end) });
    start = end + 1;
  }
  return { lines, torn: bytes.length - start };
}

export type ParsedLine<Value> =
  | { readonly value: Value; readonly text: string; readonly problem?: undefined }
  | { readonly problem: string };

/** A line of JSON of a given shape. */
export function parseLine<Value>(line: RawLine, shape: Shape<Value>): ParsedLine<Value> {
  return parseJson(line.bytes, shape, "the line");
}

/** JSON of a given shape in UTF-8; `subject` begins the message that says why not. */
export function parseJson<Value>(bytes: Uint8Array, shape: Shape<Value>, subject: string): ParsedLine<Value> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (shape(value)) return { value, text };
    return { problem: `${subject} holds something else than expected` };
  } catch (cause) {
    const fault = cause instanceof SyntaxError ? "is not JSON" : "is not text in UTF-8";
    return { problem: `${subject} ${fault}` };
  }
}
