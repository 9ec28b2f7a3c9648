/** The sentences of syntax errors: what was expected, what was found, how it is written. */
import { EOF, type IToken, type TokenType } from "chevrotain";
import { BraceClose, BraceOpen, KEYWORDS, keywords as word, Name } from "../../grammar/tokens.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { nearestName } from "../source/nearest.ts";
import type { Span } from "../source/span.ts";
import { spanAt } from "../source/text.ts";
import { is, looksLikeUnit, opensLine, startsUnit, type Item, type Outline, type Place } from "./outline.ts";
import type { Repair } from "./repairs.ts";
import { HINTS, SAMPLES } from "./samples.ts";
import type { UnitParse } from "./unit.ts";

/** The parser stopped at token `at`, and nothing simple mends it. */
export function complain(
  outline: Outline,
  at: number,
  parsed: UnitParse,
  place: Place | undefined,
): Diagnostic {
  if (parsed.kind === "whole") {
    return is(outline, at, BraceClose)
      ? complainClosing(outline, at)
      : diagnose("GOV1004", spanOf(outline, at), `unexpected ${found(outline, at)}`, {
          help: hintFor(outline, at) ?? sampleFor(outline, parsed).help,
        });
  }
  const hint = hintFor(outline, at);
  const help = hint === undefined ? sampleFor(outline, parsed, place) : { help: hint };
  if (
    place?.start === at &&
    !opensLine(outline, at) &&
    !is(outline, at - 1, BraceOpen) &&
    at < outline.tokens.length
  ) {
    // Behind an item that is whole: what it would take is more than can be listed.
    const sample = SAMPLES.get(outline.tokens[place.last]?.image ?? "");
    return diagnose(
      "GOV1004",
      spanOf(outline, at),
      `unexpected ${found(outline, at)}`,
      sample === undefined || hint !== undefined ? help : { help: sample },
    );
  }
  const expected = expectation(outline, at, parsed, place);
  if (
    place === undefined ? startsUnit(outline, at) : at >= outline.tokens.length || looksLikeUnit(outline, at)
  ) {
    const message = `${subject(outline)} is not complete: expected ${expected}`;
    return diagnose("GOV1010", spanOf(outline, at - 1), message, help);
  }
  // What comes on the next line is not what is wrong.
  const isAtEnd = place !== undefined && at > place.start && opensLine(outline, at);
  return isAtEnd
    ? diagnose("GOV1004", spanOf(outline, at - 1), `expected ${expected}`, help)
    : diagnose("GOV1004", spanOf(outline, at), `expected ${expected}, found ${found(outline, at)}`, help);
}

function complainClosing(outline: Outline, at: number): Diagnostic {
  const span = spanOf(outline, at);
  return diagnose("GOV1004", span, "unexpected `}`", {
    help: "every `{` before it is already closed",
    fix: { title: "remove it", edits: [{ span, replacement: "" }] },
  });
}

/** The slip at token `at` that `repair` mends. */
export function complainMended(outline: Outline, at: number, parsed: UnitParse, repair: Repair): Diagnostic {
  const expected = parsed.kind === "broken" ? expectation(outline, at, parsed, undefined) : undefined;
  return MENDED[repair.kind](outline, at, expected, repair);
}

type ComplainMended = (
  outline: Outline,
  at: number,
  expected: string | undefined,
  repair: Repair,
) => Diagnostic;

const MENDED: Readonly<Record<Repair["kind"], ComplainMended>> = {
  remove: (outline, _at, _expected, { changes }) => {
    const [{ at: where }] = changes;
    const span = spanOf(outline, where);
    const edits = changes.map((change) => ({ span: spanOf(outline, change.at), replacement: "" }));
    return diagnose("GOV1004", span, `unexpected ${found(outline, where)}`, {
      help: outline.tokens[where]?.image === ";" ? "lines end without `;`" : undefined,
      fix: { title: "remove it", edits },
    });
  },
  replace: (outline, at, expected, { changes }) => {
    const [{ at: where, text }] = changes;
    const edits = changes.map((change) => {
      const span = spanOf(outline, change.at);
      // `!low` is `not low`.
      const clings = /\w$/.test(change.text) && /^\w/.test(outline.source.text.slice(span.end));
      return { span, replacement: clings ? `${change.text} ` : change.text };
    });
    const isTwo = changes[1]?.at === where + 1 && changes[1].text === "";
    const [begin, end] = [spanOf(outline, where), spanOf(outline, isTwo ? where + 1 : where)];
    const span = isTwo ? spanAt(outline.source, begin.start, end.end) : begin;
    const written = isTwo ? quoted(outline.source.text.slice(begin.start, end.end)) : found(outline, where);
    // What was expected is said when it is more, or the same, as what is meant.
    const fits =
      where === at &&
      expected !== undefined &&
      (!expected.startsWith("`") || expected.includes(`\`${text}\``));
    const message = fits ? `expected ${expected}, found ${written}` : `unexpected ${written}`;
    return diagnose("GOV1004", span, message, {
      help:
        /^\w/.test(text) && is(outline, where, Name)
          ? `did you mean \`${text}\`?`
          : `write \`${text}\` instead`,
      fix: { title: `write \`${text}\``, edits },
    });
  },
  insert: (outline, at, expected, { changes: [{ at: where, text }] }) => {
    const isExpected = where === at && expected?.includes(`\`${text}\``) === true;
    const missing = isExpected ? expected : `\`${text}\``;
    const edits = [{ span: gapBefore(outline, where), replacement: spaced(text) }];
    const fix = { title: `insert \`${text}\``, edits };
    if (at >= outline.tokens.length || looksLikeUnit(outline, at)) {
      const message = `${subject(outline)} is not complete: expected ${missing}`;
      return diagnose("GOV1010", spanOf(outline, at - 1), message, { fix });
    }
    return where === at && opensLine(outline, at)
      ? diagnose("GOV1004", spanOf(outline, at - 1), `expected ${missing}`, { fix })
      : diagnose("GOV1004", spanOf(outline, where), `expected ${missing}, found ${found(outline, where)}`, {
          fix,
        });
  },
};

/** A declaration begins at `at` while the block that opened at `open` is not closed. */
export function complainOpenBlock(outline: Outline, at: number, open: number): Diagnostic {
  const message = `expected \`}\` before ${found(outline, at)}: ${subject(outline)} is not closed`;
  return diagnose("GOV1004", spanOf(outline, at), message, {
    related: [{ span: spanOf(outline, open), text: "opened here" }],
    fix: { title: "close the block", edits: [{ span: gapBefore(outline, at), replacement: "\n}" }] },
  });
}

/** A declaration stands in a block that cannot hold it. */
export function complainMisplaced(outline: Outline, at: number): Diagnostic {
  const { image = "" } = outline.tokens[at] ?? {};
  return diagnose("GOV1011", spanOf(outline, at), `\`${image}\` cannot stand inside ${subject(outline)}`, {
    help: is(outline, 0, word.ruleset)
      ? "a ruleset holds `route`, `detach`, `bound`, `never`, `always` and `apply`; declare the rest beside it"
      : "declare it beside, not inside",
  });
}

/** No declaration begins at the first token. */
export function complainStranger(outline: Outline): Diagnostic {
  const span = spanOf(outline, 0);
  const text = outline.tokens[0]?.image ?? "";
  const home = HOMES.get(outline.tokens[0]?.tokenType ?? EOF);
  if (is(outline, 0, BraceClose)) return complainClosing(outline, 0);
  if (home !== undefined) {
    return diagnose("GOV1011", span, `\`${text}\` cannot stand outside ${home}`, {
      help: `move it into ${home}`,
    });
  }
  if (is(outline, 0, Name)) {
    const near = nearestName(text, UNIT_WORDS);
    return diagnose("GOV1005", span, `unknown declaration \`${text}\``, {
      help:
        near === undefined
          ? (SAMPLES.get(MEANT_BY_STRANGERS.get(text) ?? "") ??
            `a declaration begins with ${listWords(KEYWORDS.declaration)}`)
          : `did you mean \`${near}\`?`,
      fix:
        near === undefined ? undefined : { title: `write \`${near}\``, edits: [{ span, replacement: near }] },
    });
  }
  return diagnose("GOV1004", span, `expected a declaration, found ${found(outline, 0)}`, {
    help: COMMENT_SIGNS.has(text)
      ? "a comment begins with `//`"
      : `a declaration begins with ${listWords(KEYWORDS.declaration)}`,
  });
}

/** With what other languages begin a comment. */
const COMMENT_SIGNS: ReadonlySet<string> = new Set(["-", "<", ";", "%"]);

/** Words with which other languages begin what Gov begins with another. */
const MEANT_BY_STRANGERS: ReadonlyMap<string, string> = new Map([
  ["from", "import"],
  ["use", "apply"],
  ["include", "import"],
  ["let", "param"],
  ["const", "param"],
  ["block", "route"],
]);

/** What the unit words are: the candidates for a misspelt one. */
export const UNIT_WORDS: readonly string[] = [...KEYWORDS.header, ...KEYWORDS.declaration];

const HOMES: ReadonlyMap<TokenType, string> = new Map<TokenType, string>([
  [word.layer, "a `model`"],
  [word.below, "a `bound`"],
  [word.above, "a `bound`"],
  [word.outside, "a `bound`"],
  [word.require, "a `provenance` block"],
  [word.verify, "a `provenance` block"],
  [word.trace, "a `provenance` block"],
  [word.retain, "a `provenance` block"],
  [word.attest, "a `provenance` block"],
  [word.given, "a `test`"],
  [word.expect, "a `test`"],
]);

function expectation(
  outline: Outline,
  at: number,
  parsed: Extract<UnitParse, { kind: "broken" }>,
  place: Place | undefined,
): string {
  // At the head of an item the parser only knows that the block might end here.
  const expected =
    place?.start === at && parsed.expected === "`}`"
      ? `${ITEM_PHRASES[place.item]} or \`}\``
      : parsed.rule === "givenExample" && is(outline, at - 1, BraceOpen)
        ? "the name of a field or `}`"
        : parsed.expected;
  const before = outline.tokens[at - 1]?.image;
  return before === undefined || expected.includes(" after ")
    ? expected
    : `${expected} after ${quoted(before)}`;
}

const ITEM_PHRASES: Readonly<Record<Item, string>> = {
  layerStub: "a layer",
  field: "a field",
  profileEntry: "a band and its weight",
  arm: "`below`, `above`, `outside`",
  clause: "`require`, `verify`, `trace`, `retain`, `attest`",
  rule: "a rule",
  testStep: "`given`, `at`, `expect`",
};

/** "the route", "the band `top`" */
function subject(outline: Outline): string {
  const [head, next] = outline.tokens;
  const keyword = head?.image ?? "";
  const isNamed = NAMED.has(keyword) && next !== undefined && is(outline, 1, Name);
  return isNamed ? `the ${keyword} \`${next.image}\`` : `the \`${keyword}\``;
}

const NAMED: ReadonlySet<string> = new Set(["param", "band", "cohort", "profile", "behavior", "ruleset"]);

function found(outline: Outline, at: number): string {
  const token = outline.tokens[at];
  return token === undefined ? "the end of the file" : quoted(token.image);
}

function quoted(text: string): string {
  return `\`${text.length > 40 ? `${text.slice(0, 39)}…` : text}\``;
}

/** The place of a token; past the last one, that of the last. */
function spanOf({ source, tokens }: Outline, at: number): Span {
  const token: IToken | undefined = tokens[at] ?? tokens.at(-1);
  if (token === undefined) return spanAt(source, source.text.length, source.text.length);
  return spanAt(source, token.startOffset, (token.endOffset ?? token.startOffset) + 1);
}

function gapBefore({ source, tokens }: Outline, at: number): Span {
  const before = tokens[at - 1];
  const offset = before === undefined ? 0 : (before.endOffset ?? before.startOffset) + 1;
  return spanAt(source, offset, offset);
}

// A sign that clings to the word before it, or one that stands alone.
function spaced(text: string): string {
  return /^[:,)(]$/.test(text) ? text : ` ${text}`;
}

function listWords(words: readonly string[]): string {
  return words.map((text) => `\`${text}\``).join(", ");
}

/** What is said of something that is often written by mistake, in place of how the whole is written. */
function hintFor(outline: Outline, at: number): string | undefined {
  const image = outline.tokens[at]?.image ?? "";
  const isBehindCohort = at === 2 && is(outline, 0, word.route, word.detach, word.never, word.always);
  if (image === "," && isBehindCohort)
    return "one cohort stands here; several make one by `cohort either = low or high`";
  if (image === "and" && is(outline, 0, word.band))
    return "`top | bottom` is what is in either of two bands, `top & bottom` what is in both";
  const isDate = image === "-" && /^\d{4}$/.test(outline.tokens[at - 1]?.image ?? "");
  return isDate ? 'a date is a text: `"2026-01-31"`' : HINTS.get(image);
}

function sampleFor(
  outline: Outline,
  parsed: UnitParse,
  place?: Place,
): { readonly help?: string | undefined } {
  const inner = parsed.kind === "broken" ? SAMPLES.get(parsed.rule) : undefined;
  const begunBy = (at: number): string | undefined => SAMPLES.get(outline.tokens[at]?.image ?? "");
  // What begins with a name of its own may be called like anything.
  const item = place !== undefined && HEADED.has(place.item) ? begunBy(place.start) : undefined;
  return { help: inner ?? item ?? begunBy(0) };
}

/** The items that begin with a keyword. */
const HEADED: ReadonlySet<Item> = new Set(["clause", "rule", "testStep"]);
