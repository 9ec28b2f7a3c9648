/** What clients send, read with care: what is malformed is refused as such, before anything is done with it. */
import { ErrorCodes, ResponseError, type Position, type Range } from "vscode-languageserver/node";

export interface TextChange {
  readonly range?: Range;
  readonly text: string;
}

export type Json = Readonly<Record<string, unknown>>;

export function readObject(value: unknown, what = "params"): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(what, "an object");
  return value as Json; // Its properties are unknown.
}

export function readText(value: unknown, what: string): string {
  if (typeof value !== "string") throw malformed(what, "a text");
  return value;
}

export function readCount(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw malformed(what, "a whole number");
  return value;
}

export function readList<Item>(value: unknown, what: string, read: (item: unknown) => Item): readonly Item[] {
  if (!Array.isArray(value)) throw malformed(what, "a list");
  return value.map(read);
}

export function readPosition(value: unknown, what = "position"): Position {
  const { line, character } = readObject(value, what);
  const place = {
    line: readCount(line, `${what}.line`),
    character: readCount(character, `${what}.character`),
  };
  if (place.line < 0 || place.character < 0) throw malformed(what, "a position that is not negative");
  return place;
}

export function readRange(value: unknown, what = "range"): Range {
  const { start, end } = readObject(value, what);
  return { start: readPosition(start, `${what}.start`), end: readPosition(end, `${what}.end`) };
}

/** `textDocument.uri` */
export function readDocument(params: unknown): { readonly uri: string; readonly params: Json } {
  const object = readObject(params);
  const { uri } = readObject(object["textDocument"], "textDocument");
  return { uri: readText(uri, "textDocument.uri"), params: object };
}

export function readChange(value: unknown): TextChange {
  const { range, text } = readObject(value, "contentChanges");
  const written = readText(text, "contentChanges.text");
  return range === undefined ? { text: written } : { range: readRange(range), text: written };
}

export function malformed(what: string, wanted: string): ResponseError {
  return new ResponseError(ErrorCodes.InvalidParams, `\`${what}\` is not ${wanted}`);
}
