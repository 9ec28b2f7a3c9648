/**
 * What a small slip may have meant: candidates that change one token, tried on the parser. The one that lets it
 * read furthest is taken, if it reads beyond the slip.
 */
import { createTokenInstance, type IToken, type TokenType } from "chevrotain";
import {
  BraceClose,
  BraceOpen,
  Comma,
  ForeignSign,
  Identifier,
  keywords as word,
  keywordTypes,
  lexedTypes,
  Minus,
  Name,
  NumberLiteral,
  ParenthesisClose,
  ParenthesisOpen,
  PercentLiteral,
  StringLiteral,
} from "../../grammar/tokens.ts";
import { nearestName } from "../source/nearest.ts";
import { fractionOf } from "../source/percent.ts";
import { is, looksLikeUnit, opensLine, placeInBlock, startsUnit, type Outline } from "./outline.ts";
import { HINTS } from "./samples.ts";
import { parseUnit, type UnitParse, type UnitRule } from "./unit.ts";

export interface Repair {
  readonly kind: "replace" | "insert" | "remove";
  /** What changes, as indices of the tokens before: one token, or a bracket and its partner. */
  readonly changes: readonly [Change, ...Change[]];
  readonly tokens: readonly IToken[];
}

export interface Change {
  readonly at: number;
  /** What comes there; nothing when a token is removed. */
  readonly text: string;
}

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
function reachOf(rule: UnitRule, outline: Outline, repair: Repair, at: number): number {
  const isForeign = is(outline, at, ForeignSign);
  const parsed = parseUnit(rule, repair.tokens);
  const mended: Outline = { ...outline, tokens: repair.tokens };
  const end = parsed.kind === "whole" ? parsed.end : parsed.at;
  const gain = end - at - (repair.kind === "insert" ? 1 : 0);
  const isSettled = parsed.kind === "whole" && startsUnit(mended, end);
  if (isSettled && (gain > 0 || repair.kind !== "replace")) return Number.MAX_SAFE_INTEGER;
  // An opening bracket that only moves the trouble to the closing one was not what was missing.
  if (OPENING.has(repair.changes[0].text) && repair.kind === "insert") return 0;
  // A sign of another language, or a word that ends its line and what was read there, is read alone.
  const endsLine =
    opensLine(mended, end) &&
    (parsed.kind === "whole" || placeInBlock(mended, end, parsed.rule)?.start === end);
  const isEnough = gain > 0 && repair.kind === "replace" && (isForeign || endsLine);
  return gain >= 2 || isEnough ? gain : 0;
}

function* candidates(outline: Outline, at: number, parsed: UnitParse): Generator<Repair> {
  const token = outline.tokens[at];
  const expected = parsed.kind === "broken" ? parsed.expected : "";
  const missing = /^`([^`]+)`(?: after |$)/.exec(expected)?.[1];
  // Where the next declaration begins, only a missing end can be meant.
  if (token === undefined || looksLikeUnit(outline, at)) {
    if (missing !== undefined && CLOSING.has(missing)) yield insert(outline, at, missing);
    return;
  }
  if (is(outline, at, Identifier)) yield* respelt(outline, at);
  if (is(outline, at, Name) && expected.includes("in double quotes"))
    yield replace(outline, at, `"${token.image}"`);
  for (const first of [at - 1, at]) yield* together(outline, first);
  for (const text of SIGNS_MEANT.get(token.image) ?? []) yield replace(outline, at, text);
  if (is(outline, at, PercentLiteral) && BEFORE_NUMBERS.has(outline.tokens[at - 1]?.image ?? ""))
    yield replace(outline, at, decimalOf(token.image));
  if (is(outline, at, ParenthesisOpen) && is(outline, at - 1, word.set)) yield replace(outline, at, "<");
  yield* forgotten(outline, at);
  if (missing !== undefined) yield insert(outline, at, missing);
  if (is(outline, at - 1, Name)) yield* respelt(outline, at - 1);
  if (opensLine(outline, at - 1)) yield insert(outline, at - 1, "}");
  if (is(outline, at - 1, Comma) && BEHIND_LISTS.has(token.image)) yield remove(outline, at - 1);
  if (!is(outline, at, ...NEVER_REMOVED) && !ARITHMETIC.has(token.image)) yield remove(outline, at);
}

/** What the parser does not ask for where it could stand. */
function* forgotten(outline: Outline, at: number): Generator<Repair> {
  const isBehindValue = is(outline, at - 1, StringLiteral, NumberLiteral);
  const isBehindArgument = is(outline, 0, word.apply) && is(outline, at - 1, Name);
  if (is(outline, at, StringLiteral, NumberLiteral, Name) && (isBehindValue || isBehindArgument))
    yield insert(outline, at, ",");
  if (!is(outline, at, NumberLiteral)) return;
  if (is(outline, 0, word.example, word.param)) yield insert(outline, at, "in");
  if (is(outline, 0, word.bound)) yield insert(outline, at, "for");
}

/** Without it something else would be said. */
const ARITHMETIC: ReadonlySet<string> = new Set(["*", "/", "%", "+", "<", ">"]);

/** What stands before a number that is measured, not counted: a percentage says the same there, but is not read. */
const BEFORE_NUMBERS: ReadonlySet<string> = new Set(["=", "at", "toward", "strength", "-"]);

function decimalOf(percent: string): string {
  return String(fractionOf(percent.replace(/[_\s%]/g, "")));
}

const BEHIND_LISTS: ReadonlySet<string> = new Set(["}", ")", ":"]);
const OPENING: ReadonlySet<string> = new Set(["{", "("]);
const CLOSING: ReadonlySet<string> = new Set(["}", ")"]);
const NEVER_REMOVED = [
  Minus,
  Name, StringLiteral, NumberLiteral, PercentLiteral, BraceOpen, BraceClose, ParenthesisOpen, ParenthesisClose,
]; // prettier-ignore

/** Signs and words that people bring along from other languages or take for one another, and what Gov writes. */
const SIGNS_MEANT: ReadonlyMap<string, readonly string[]> = new Map([
  ["&&", ["and"]],
  ["&", ["and"]],
  ["||", ["or"]],
  ["|", ["or"]],
  ["!", ["not"]],
  ["+", ["|"]],
  ["=", ["==", ":"]],
  ["==", ["=", ":"]],
  ["=>", ["->", ">="]],
  ["->", ["=>", ":", "at"]],
  ["<", ["<="]],
  [">", [">="]],
  [":", ["=", "->", "=>"]],
  ["...", [".."]],
  ["-", [".."]],
  [";", [","]],
  ["[", ["{", "("]],
  ["]", ["}", ")"]],
  ["(", ["{"]],
  [")", ["}"]],
  ["is", ["=="]],
  ["equals", ["=="]],
  ["like", ["matches"]],
  ["match", ["matches"]],
  ["to", ["..", "until", "toward", "at"]],
  ["by", ["to"]],
  ["after", ["from"]],
  ["since", ["from"]],
  ["before", ["until"]],
  ["for", ["until"]],
  ["from", ["at"]],
  ["each", ["every"]],
  ["every", ["over"]],
  ["or", ["else", "|"]],
  ["else", ["then"]],
  ["stop", ["halt"]],
  ["abort", ["halt"]],
  ["drop", ["reject"]],
  ["discard", ["reject"]],
  ["assert", ["expect"]],
  ["str", ["string"]],
  ["text", ["string"]],
  ["boolean", ["bool"]],
  ["integer", ["int"]],
  ["number", ["float"]],
  ["double", ["float"]],
  ["list", ["set"]],
  ["array", ["set"]],
]);

/** Signs of two tokens, and what they mean as one. */
const SIGNS_TOGETHER: ReadonlyMap<string, string> = new Map([
  ["<>", "!="],
  ["===", "=="],
  ["!==", "!="],
  ["->", "->"],
  ["=>", "=>"],
  ["..<", "..<"],
]);

/** The keywords that a word may be a misspelling of. */
function* respelt(outline: Outline, at: number): Generator<Repair> {
  const written = outline.tokens[at]?.image ?? "";
  if (HINTS.has(written)) return;
  const words = new Set(keywordTypes.keys());
  words.delete(written);
  for (let count = 0; count < 3; count += 1) {
    const near = nearestName(written, words);
    if (near === undefined) return;
    words.delete(near);
    yield replace(outline, at, near);
  }
}

export function replace(outline: Outline, at: number, text: string): Repair {
  const changes = withPartner(outline, { at, text });
  const tokens = [...outline.tokens];
  for (const change of changes) {
    const { startOffset = 0, image = "" } = tokens[change.at] ?? {};
    tokens[change.at] = tokenOf(change.text, startOffset, image.length);
  }
  return { kind: "replace", changes, tokens };
}

/** Two tokens as the one that they mean. */
function* together(outline: Outline, at: number): Generator<Repair> {
  const [first, second] = outline.tokens.slice(Math.max(0, at), at + 2);
  if (first === undefined || second === undefined) return;
  const text = SIGNS_TOGETHER.get(first.image + second.image);
  if (text === undefined) return;
  const end = (second.endOffset ?? second.startOffset) + 1;
  yield {
    kind: "replace",
    changes: [
      { at, text },
      { at: at + 1, text: "" },
    ],
    tokens: outline.tokens.toSpliced(at, 2, tokenOf(text, first.startOffset, end - first.startOffset)),
  };
}

/** A change of an opening bracket changes its partner too. */
function withPartner(outline: Outline, change: Change): [Change, ...Change[]] {
  const partner = PARTNERS.get(`${outline.tokens[change.at]?.image ?? ""}${change.text}`);
  if (partner === undefined) return [change];
  const close = outline.tokens.findIndex(({ image }, index) => index > change.at && image === partner.found);
  return close < 0 ? [change] : [change, { at: close, text: partner.meant }];
}

/** A bracket that stands for another one, and what its partner then is. */
const PARTNERS: ReadonlyMap<string, { readonly found: string; readonly meant: string }> = new Map([
  ["[{", { found: "]", meant: "}" }],
  ["[(", { found: "]", meant: ")" }],
  ["({", { found: ")", meant: "}" }],
  ["(<", { found: ")", meant: ">" }],
  ["[", { found: "]", meant: "" }],
]);

export function insert(outline: Outline, at: number, text: string): Repair {
  const { tokens } = outline;
  const before = tokens[at - 1];
  const offset = before === undefined ? 0 : (before.endOffset ?? before.startOffset) + 1;
  return {
    kind: "insert",
    changes: [{ at, text }],
    tokens: tokens.toSpliced(at, 0, tokenOf(text, offset, 0)),
  };
}

/** The tokens with some name before one of them. */
export function withName({ tokens }: Outline, at: number): readonly IToken[] {
  const { startOffset = 0 } = tokens[at] ?? {};
  const name = createTokenInstance(Identifier, "some", startOffset, startOffset - 1, NaN, NaN, NaN, NaN);
  return tokens.toSpliced(at, 0, name);
}

function remove(outline: Outline, at: number): Repair {
  const changes = withPartner(outline, { at, text: "" });
  const removed = new Set(changes.map((change) => change.at));
  return { kind: "remove", changes, tokens: outline.tokens.filter((_, index) => !removed.has(index)) };
}

const SIGN_TYPES: ReadonlyMap<string, TokenType> = new Map(
  lexedTypes.flatMap((type) => (typeof type.PATTERN === "string" ? [[type.PATTERN, type] as const] : [])),
);

// A stand-in covers the text that it stands for, which may be none.
function tokenOf(text: string, offset: number, length: number): IToken {
  const type = text.startsWith('"')
    ? StringLiteral
    : /^\d/.test(text)
      ? NumberLiteral
      : (SIGN_TYPES.get(text) ?? keywordTypes.get(text));
  if (type === undefined) throw new Error(`\`${text}\` is neither a sign nor a keyword`);
  return createTokenInstance(type, text, offset, offset + length - 1, NaN, NaN, NaN, NaN);
}
