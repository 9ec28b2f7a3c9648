/**
 * The rough shape of a text, seen without parsing it: where declarations and the items of their blocks begin, and
 * which braces belong together. Recovery goes by it; text that parses never meets it.
 */
import { createTokenInstance, EOF, tokenMatcher, type IToken, type TokenType } from "chevrotain";
import { startsDeclaration } from "../../grammar/shape.ts";
import {
  BraceClose,
  BraceOpen,
  Colon,
  Comma,
  DeclarationName,
  FatArrow,
  keywords as word,
  Name,
  NumberLiteral,
  SideName,
  StringLiteral,
} from "../../grammar/tokens.ts";
import type { SourceText } from "../source/text.ts";
import { isFirstOnLine } from "./comments.ts";

export interface Outline {
  readonly source: SourceText;
  readonly tokens: readonly IToken[];
}

export type Item = "layerStub" | "field" | "profileEntry" | "arm" | "clause" | "rule" | "testStep";

/** The items of a declaration's block, by the declaration's keyword. */
export const ITEMS: ReadonlyMap<TokenType, Item> = new Map<TokenType, Item>([
  [word.model, "layerStub"],
  [word.example, "field"],
  [word.profile, "profileEntry"],
  [word.bound, "arm"],
  [word.provenance, "clause"],
  [word.ruleset, "rule"],
  [word.test, "testStep"],
]);

export function is(outline: Outline, index: number, ...types: readonly TokenType[]): boolean {
  const token = outline.tokens[index];
  return token !== undefined && types.some((type) => tokenMatcher(token, type));
}

export function opensLine(outline: Outline, index: number): boolean {
  const token = outline.tokens[index];
  return token !== undefined && isFirstOnLine(outline.source, token.startOffset);
}

/** Whether a declaration, the header or an import begins here beyond doubt. */
export function looksLikeUnit(outline: Outline, index: number): boolean {
  return startsDeclaration((distance) => outline.tokens[index + distance - 1] ?? END, 1);
}

/** Whether the text behind a unit may begin here: a declaration, or a line that opens with its keyword. */
export function startsUnit(outline: Outline, index: number): boolean {
  return (
    index >= outline.tokens.length ||
    looksLikeUnit(outline, index) ||
    (is(outline, index, DeclarationName, ...UNIT_WORDS) &&
      opensLine(outline, index) &&
      !is(outline, index + 1, Colon))
  );
}

const UNIT_WORDS = [word.policy, word.module, word.import];
const END = createTokenInstance(EOF, "", NaN, NaN, NaN, NaN, NaN, NaN);

/** Whether an item of a block begins here. */
export function startsItem(outline: Outline, item: Item, index: number): boolean {
  return is(outline, index - 1, BraceOpen) || STARTS[item](outline, index);
}

const STARTS: Readonly<Record<Item, (outline: Outline, index: number) => boolean>> = {
  layerStub: (outline, index) =>
    is(outline, index, word.layer) && (is(outline, index + 1, StringLiteral) || opensLine(outline, index)),
  field: startsEntry,
  profileEntry: startsEntry,
  arm: (outline, index) =>
    (is(outline, index, Name) && is(outline, index + 1, FatArrow)) ||
    (is(outline, index, SideName) && opensLine(outline, index)),
  clause: (outline, index) =>
    is(outline, index, word.require, word.verify, word.trace, word.retain, word.attest) &&
    (opensLine(outline, index) ||
      is(outline, index + 1, word.digest, word.release, word.epoch, word.forever, NumberLiteral)),
  rule: (outline, index) =>
    looksLikeUnit(outline, index) || (is(outline, index, DeclarationName) && opensLine(outline, index)),
  testStep: (outline, index) =>
    is(outline, index, word.given, word.expect, word.at) &&
    (opensLine(outline, index) ||
      is(outline, index + 1, BraceOpen, word.step, word.epoch) ||
      (is(outline, index, word.expect) && is(outline, index + 1, Name))),
};

function startsEntry(outline: Outline, index: number): boolean {
  const begins = is(outline, index + 1, Colon) || is(outline, index - 1, Comma) || opensLine(outline, index);
  return is(outline, index, Name) && begins;
}

/** The brace that closes the one at `open`, if there is one. */
export function closingBrace(outline: Outline, open: number): number | undefined {
  let depth = 0;
  for (let index = open; index < outline.tokens.length; index += 1) {
    if (is(outline, index, BraceOpen)) depth += 1;
    if (is(outline, index, BraceClose)) depth -= 1;
    if (depth === 0) return index;
  }
  return undefined;
}

/** For each brace from `from` on that is closed, the one that closes it. */
function closingBraces(outline: Outline, from: number): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (let index = from; index < outline.tokens.length; index += 1) {
    if (is(outline, index, BraceOpen)) open.push(index);
    const opened = is(outline, index, BraceClose) ? open.pop() : undefined;
    if (opened !== undefined) closing.set(opened, index);
  }
  return closing;
}

/** The block around a token of a unit: its opening brace, and the first token of the item that was being read. */
export interface Place {
  readonly item: Item;
  readonly open: number;
  readonly start: number;
  /** The first token of the item before, when `start` is between two items; otherwise `start` itself. */
  readonly last: number;
}

/** The place of token `at`; `rule` is the rule that was being read there, the block's own between two items. */
export function placeInBlock(outline: Outline, at: number, rule: string): Place | undefined {
  const item = ITEMS.get(outline.tokens[0]?.tokenType ?? EOF);
  const open = outline.tokens.findIndex((_, index) => is(outline, index, BraceOpen));
  if (item === undefined || open < 0 || at <= open) return undefined;

  const isBetween = rule === outline.tokens[0]?.image;
  let start = at;
  let depth = 1;
  for (let index = open + 1; index < at; index += 1) {
    if (depth === 1 && startsItem(outline, item, index)) start = index;
    if (is(outline, index, BraceOpen)) depth += 1;
    if (is(outline, index, BraceClose)) depth -= 1;
    if (depth === 0) return undefined;
  }
  return { item, open, start: isBetween ? at : start, last: start };
}

/** Where the item that begins at `start` and is broken at `at` ends: at the next item or the end of the block. */
export function itemEnd(outline: Outline, place: Place, at: number): number {
  let depth = 0;
  for (let index = place.start; index < outline.tokens.length; index += 1) {
    const isBehind = index > place.start && index >= at;
    if (depth === 0 && isBehind && (startsItem(outline, place.item, index) || looksLikeUnit(outline, index)))
      return index;
    if (is(outline, index, BraceClose)) {
      if (depth === 0) return index;
      depth -= 1;
    }
    if (is(outline, index, BraceOpen)) depth += 1;
  }
  return outline.tokens.length;
}

/** Where the text that cannot be read from `from` on ends: where the next unit begins, outside closed braces. */
export function unitEnd(outline: Outline, from: number): number {
  const closing = closingBraces(outline, from);
  let index = from;
  while (index < outline.tokens.length) {
    index = (closing.get(index) ?? index) + 1;
    if (startsUnit(outline, index) || opensUnindented(outline, index)) return index;
  }
  return outline.tokens.length;
}

/** Where so many units from `from` on end: where the next begins outside braces, on a line of its own, beyond doubt. */
export function unitsEnd(outline: Outline, from: number, count: number): number {
  const { tokens } = outline;
  let depth = 0;
  let units = 0;
  for (let index = from; index < tokens.length; index += 1) {
    const type = tokens[index]?.tokenType;
    if (type === BraceOpen) depth += 1;
    if (type === BraceClose) depth -= 1;
    if (index === from || depth !== 0 || !looksLikeUnit(outline, index) || !opensLine(outline, index))
      continue;
    units += 1;
    if (units === count) return index;
  }
  return tokens.length;
}

// A word at the very margin is most likely a misspelt declaration, which has its own diagnostic.
function opensUnindented(outline: Outline, index: number): boolean {
  const offset = outline.tokens[index]?.startOffset ?? 0;
  return is(outline, index, Name) && /[\n\r]/.test(outline.source.text.charAt(offset - 1));
}
