/**
 * What a small slip may have meant: candidates that change one token, tried on the parser. The one that lets it
 * read furthest is taken, if it reads beyond the slip.
 */
import { createTokenInstance, type IToken, type TokenType } from "chevrotain";
import {
  BraceClose,
  BraceOpen,
  Comma,
  Identifier,
  keywordTypes,
  lexedTypes,
  Name,
  NumberLiteral,
  ParenthesisClose,
  ParenthesisOpen,
  PercentLiteral,
  StringLiteral,
} from "../../grammar/tokens.ts";
import { nearestName } from "../source/nearest.ts";
import { is, looksLikeUnit, opensLine, startsUnit, type Outline } from "./outline.ts";
import { parseUnit, type UnitParse, type UnitRule } from "./unit.ts";

export type Repair =
  | {
      readonly kind: "replace";
      readonly at: number;
      readonly text: string;
      readonly tokens: readonly IToken[];
    }
  | {
      readonly kind: "insert";
      readonly at: number;
      readonly text: string;
      readonly tokens: readonly IToken[];
    }
  | { readonly kind: "remove"; readonly at: number; readonly tokens: readonly IToken[] };

export function findRepair(
  rule: UnitRule,
  outline: Outline,
  at: number,
  parsed: UnitParse,
): Repair | undefined {
  let best: { readonly repair: Repair; readonly reach: number } | undefined;
  for (const repair of candidates(outline, at, parsed)) {
    const reach = reachOf(rule, outline, repair, at);
    if (reach > (best?.reach ?? 0)) best = { repair, reach };
  }
  return best?.repair;
}

/** How far the parser comes behind the slip, in tokens; 0 when the repair does not help. */
function reachOf(rule: UnitRule, { source }: Outline, repair: Repair, at: number): number {
  const parsed = parseUnit(rule, repair.tokens);
  const shift = repair.kind === "insert" ? 1 : repair.kind === "remove" ? -1 : 0;
  const end = parsed.kind === "whole" ? parsed.end : parsed.at;
  const isSettled = parsed.kind === "whole" && startsUnit({ source, tokens: repair.tokens }, end);
  const gain = end - shift - at;
  if (isSettled && (gain > 0 || repair.kind !== "replace")) return Number.MAX_SAFE_INTEGER;
  return gain >= 2 ? gain : 0;
}

function* candidates(outline: Outline, at: number, parsed: UnitParse): Generator<Repair> {
  const token = outline.tokens[at];
  const expected =
    parsed.kind === "broken" ? /^`([^`]+)`(?: after |$)/.exec(parsed.expected)?.[1] : undefined;
  // Where the next declaration begins, only a missing end can be meant.
  const isCutShort = token === undefined || looksLikeUnit(outline, at);
  if (!isCutShort) {
    if (is(outline, at, Identifier)) {
      for (const near of nearWords(token.image)) yield replace(outline, at, near);
    }
    for (const text of SIGNS_MEANT.get(token.image) ?? []) yield replace(outline, at, text);
  }
  if (expected !== undefined && (!isCutShort || CLOSING.has(expected))) yield insert(outline, at, expected);
  if (isCutShort) return;
  if (opensLine(outline, at - 1)) yield insert(outline, at - 1, "}");
  if (is(outline, at - 1, Comma) && CLOSING.has(token.image)) yield remove(outline, at - 1);
  if (!is(outline, at, ...NEVER_REMOVED)) yield remove(outline, at);
}

const CLOSING: ReadonlySet<string> = new Set(["}", ")"]);
const NEVER_REMOVED = [
  Name, StringLiteral, NumberLiteral, PercentLiteral, BraceOpen, BraceClose, ParenthesisOpen, ParenthesisClose,
]; // prettier-ignore

/** Signs that people bring along from other languages or take for one another, and what Gov writes. */
const SIGNS_MEANT: ReadonlyMap<string, readonly string[]> = new Map([
  ["&&", ["and"]],
  ["&", ["and"]],
  ["||", ["or"]],
  ["|", ["or"]],
  ["!", ["not"]],
  ["=", ["==", ":"]],
  ["==", ["="]],
  ["=>", ["->", ">="]],
  ["->", ["=>"]],
  [":", ["=", "->"]],
  ["...", [".."]],
  ["-", [".."]],
  [";", [","]],
  ["[", ["{", "("]],
  ["]", ["}", ")"]],
  ["(", ["{"]],
  [")", ["}"]],
]);

function* nearWords(written: string): Generator<string> {
  const words = new Set(keywordTypes.keys());
  for (let count = 0; count < 3; count += 1) {
    const near = nearestName(written, words);
    if (near === undefined) return;
    words.delete(near);
    yield near;
  }
}

export function replace(outline: Outline, at: number, text: string): Repair {
  const { tokens } = outline;
  const offset = tokens[at]?.startOffset ?? 0;
  return {
    kind: "replace",
    at,
    text,
    tokens: tokens.with(at, tokenOf(text, offset, tokens[at]?.image.length ?? 0)),
  };
}

export function insert(outline: Outline, at: number, text: string): Repair {
  const { tokens } = outline;
  const before = tokens[at - 1];
  const offset = before === undefined ? 0 : before.startOffset + before.image.length;
  return { kind: "insert", at, text, tokens: tokens.toSpliced(at, 0, tokenOf(text, offset, 0)) };
}

function remove(outline: Outline, at: number): Repair {
  return { kind: "remove", at, tokens: outline.tokens.toSpliced(at, 1) };
}

const SIGN_TYPES: ReadonlyMap<string, TokenType> = new Map(
  lexedTypes.flatMap((type) => (typeof type.PATTERN === "string" ? [[type.PATTERN, type] as const] : [])),
);

// A stand-in covers the text that it stands for, which may be none.
function tokenOf(text: string, offset: number, length: number): IToken {
  const type = SIGN_TYPES.get(text) ?? keywordTypes.get(text);
  if (type === undefined) throw new Error(`\`${text}\` is neither a sign nor a keyword`);
  return createTokenInstance(type, text, offset, offset + length - 1, NaN, NaN, NaN, NaN);
}
