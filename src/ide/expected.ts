/** What the grammar expects at an offset, whatever is wrong around it: only the item at hand is looked at. */
import { tokenMatcher, type IToken, type TokenType } from "chevrotain";
import {
  BraceClose,
  BraceOpen,
  Comma,
  keywords as word,
  Name,
  NumberLiteral,
  ParenthesisClose,
  ParenthesisOpen,
  PercentLiteral,
  StringLiteral,
} from "../../grammar/tokens.ts";
import { isFirstOnLine } from "../syntax/comments.ts";
import { is, ITEMS, startsItem, startsUnit, type Outline } from "../syntax/outline.ts";
import type { ParsedFile } from "../syntax/parse.ts";
import type { NextToken } from "../syntax/next-tokens.ts";
import { nextTokens, parseUnit, type UnitRule } from "../syntax/unit.ts";
import { commentAt, endOf, tokensBefore } from "./at.ts";

export interface Place {
  /** The word, number or text that is being written there; empty where none is. */
  readonly start: number;
  readonly end: number;
  /** Whether the cursor is between the quotes of a text; `start` and `end` are then what stands between them. */
  readonly inText: boolean;
  /** The tokens of the item at hand that stand before it. */
  readonly before: readonly IToken[];
  readonly next: readonly NextToken[];
  /** Whether a declaration, the header or an import may begin here. */
  readonly beginsUnit: boolean;
}

/** What may stand at an offset; undefined inside a comment. */
export function placeAt(parsed: ParsedFile, offset: number): Place | undefined {
  if (commentAt(parsed, offset) !== undefined) return undefined;
  const { source, tokens } = parsed;
  const writing = tokenBeingWritten(parsed, offset);
  const count = writing === undefined ? tokensBefore(tokens, offset) : tokens.indexOf(writing);
  const outline: Outline = { source, tokens };
  const start = unitStart(outline, count);
  const unit = start === undefined ? [] : tokens.slice(start, count);
  const rule = ruleOf({ source, tokens: unit });
  const before = rule === undefined ? [] : itemAtHand({ source, tokens: unit });
  const opens = isFirstOnLine(source, writing?.startOffset ?? offset);
  const head = rule === undefined || !opens ? undefined : blockHead({ source, tokens: unit });
  const next = rule === undefined ? [] : expectedAfter(rule, before);
  const others = rule === undefined || head === undefined ? [] : nextTokens(rule, head);
  const isOpen = openBraces(unit) > 0;
  return {
    ...rangeOf(writing, offset),
    before,
    next: [...next, ...others.filter((other) => !next.some((known) => isSame(known, other)))],
    beginsUnit:
      rule === undefined ||
      (!isOpen && (opens || unit.at(-1)?.tokenType === BraceClose || isWhole(rule, unit))),
  };
}

function isSame(left: NextToken, right: NextToken): boolean {
  return left.type === right.type && left.label === right.label && left.rule === right.rule;
}

/** The word or text that a cursor is in, or at the end of. */
function tokenBeingWritten({ tokens }: ParsedFile, offset: number): IToken | undefined {
  const index = tokensBefore(tokens, offset);
  return [tokens[index - 1], tokens[index]].find((token) => {
    if (token === undefined || token.startOffset > offset || endOf(token) < offset) return false;
    const isWord = tokenMatcher(token, Name) && token.startOffset <= offset;
    const isNumber = tokenMatcher(token, NumberLiteral) || tokenMatcher(token, PercentLiteral);
    return isWord || (isNumber && token.startOffset < offset) || isInside(token, offset);
  });
}

/** Whether an offset lies between a text's quotes; a text that is not closed goes on to its end. */
function isInside(token: IToken, offset: number): boolean {
  if (!tokenMatcher(token, StringLiteral)) return false;
  return token.startOffset < offset && (offset < endOf(token) || !isClosed(token));
}

function isClosed({ image }: IToken): boolean {
  return image.length > 1 && /["'\u201c\u201d]$/.test(image);
}

function rangeOf(writing: IToken | undefined, offset: number): Pick<Place, "start" | "end" | "inText"> {
  if (writing === undefined) return { start: offset, end: offset, inText: false };
  if (!tokenMatcher(writing, StringLiteral))
    return { start: writing.startOffset, end: endOf(writing), inText: false };
  const end = endOf(writing) - (isClosed(writing) ? 1 : 0);
  return { start: writing.startOffset + 1, end, inText: true };
}

/** Where the unit begins that a token belongs to: outside of braces, or at the margin, whatever is open. */
function unitStart(outline: Outline, end: number): number | undefined {
  let found: number | undefined;
  let depth = 0;
  for (let index = 0; index < end; index += 1) {
    const atMargin = isAtMargin(outline, index);
    if ((depth === 0 || atMargin) && startsUnit(outline, index) && index < end) {
      found = index;
      depth = 0;
    }
    if (is(outline, index, BraceOpen)) depth += 1;
    if (is(outline, index, BraceClose)) depth = Math.max(0, depth - 1);
  }
  return found;
}

function isAtMargin({ source, tokens }: Outline, index: number): boolean {
  const offset = tokens[index]?.startOffset ?? 0;
  return offset === 0 || /[\n\r]/.test(source.text.charAt(offset - 1));
}

function ruleOf({ tokens: [first] }: Outline): UnitRule | undefined {
  if (first === undefined) return undefined;
  if (first.tokenType === word.policy || first.tokenType === word.module) return "header";
  return first.tokenType === word.import ? "import" : "declaration";
}

/** A unit without the items of its block that are over: what is wrong in them is no matter. */
function itemAtHand(outline: Outline): readonly IToken[] {
  const { source, tokens } = outline;
  const item = ITEMS.get(tokens[0]?.tokenType ?? Name);
  const open = tokens.findIndex((token) => token.tokenType === BraceOpen);
  if (item === undefined || open < 0) return tokens;
  let start = open + 1;
  let depth = 1;
  for (let index = open + 1; index < tokens.length; index += 1) {
    if (depth === 1 && startsItem(outline, item, index)) start = index;
    if (is(outline, index, BraceOpen)) depth += 1;
    if (is(outline, index, BraceClose)) depth -= 1;
    if (depth === 0) return tokens;
  }
  // A rule of a ruleset may be a bound, which has a block of its own.
  return [...tokens.slice(0, open + 1), ...itemAtHand({ source, tokens: tokens.slice(start) })];
}

/** The unit up to the innermost block of items that is open, where the cursor may begin another item. */
function blockHead(outline: Outline): readonly IToken[] | undefined {
  const before = itemAtHand(outline);
  const opens = before.flatMap((token, index) => (token.tokenType === BraceOpen ? [index] : []));
  const open = opens.findLast((index) => openBraces(before.slice(index)) > 0);
  return open === undefined || openBraces(outline.tokens) === 0 ? undefined : before.slice(0, open + 1);
}

function openBraces(tokens: readonly IToken[]): number {
  return tokens.reduce(
    (depth, { tokenType }) =>
      tokenType === BraceOpen ? depth + 1 : tokenType === BraceClose ? Math.max(0, depth - 1) : depth,
    0,
  );
}

/** As the grammar has it; where the elements of a list are broken, as it has it for the list's next. */
function expectedAfter(rule: UnitRule, before: readonly IToken[]): readonly NextToken[] {
  const next = nextTokens(rule, before);
  if (next.length > 0 || isWhole(rule, before)) return next;
  const open = before.findLastIndex((token, index) => isOpening(token) && isUnclosed(before.slice(index)));
  const comma = before.findLastIndex(({ tokenType }) => tokenType === Comma);
  if (open < 0 || comma < open) return [];
  return nextTokens(rule, [...before.slice(0, open + 1), ...before.slice(comma + 1)]);
}

function isOpening({ tokenType }: IToken): boolean {
  return tokenType === BraceOpen || tokenType === ParenthesisOpen;
}

function isUnclosed(tokens: readonly IToken[]): boolean {
  const depth = tokens.reduce((sum, token) => {
    if (isOpening(token)) return sum + 1;
    return token.tokenType === BraceClose || token.tokenType === ParenthesisClose ? sum - 1 : sum;
  }, 0);
  return depth > 0;
}

function isWhole(rule: UnitRule, tokens: readonly IToken[]): boolean {
  const parsed = parseUnit(rule, tokens);
  return parsed.kind === "whole" && parsed.end === tokens.length;
}

export function isType(token: IToken | undefined, ...types: readonly TokenType[]): boolean {
  return token !== undefined && types.some((type) => tokenMatcher(token, type));
}
