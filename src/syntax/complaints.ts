/** The sentences of syntax errors: what was expected, what was found, how it is written. */
import { EOF, type IToken, type TokenType } from "chevrotain";
import { BraceClose, KEYWORDS, keywords as word, Name } from "../../grammar/tokens.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { suggestName } from "../source/nearest.ts";
import type { Span } from "../source/span.ts";
import { spanAt } from "../source/text.ts";
import { is, looksLikeUnit, type Item, type Outline, type Place } from "./outline.ts";
import type { Repair } from "./repairs.ts";
import type { UnitParse } from "./unit.ts";

/** The parser stopped at token `at`, and nothing simple mends it. */
export function complain(
  outline: Outline,
  at: number,
  parsed: UnitParse,
  place: Place | undefined,
): Diagnostic {
  const help = sampleFor(outline, parsed);
  if (parsed.kind === "whole")
    return diagnose("GOV1004", spanOf(outline, at), `unexpected ${found(outline, at)}`, help);
  const expected = expectation(outline, at, parsed, place);
  if (at < outline.tokens.length && !looksLikeUnit(outline, at)) {
    return diagnose(
      "GOV1004",
      spanOf(outline, at),
      `expected ${expected}, found ${found(outline, at)}`,
      help,
    );
  }
  return diagnose(
    "GOV1010",
    spanOf(outline, at - 1),
    `${subject(outline)} is not complete: expected ${expected}`,
    help,
  );
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
  remove: (outline, _at, _expected, { changes: [{ at: where }] }) => {
    const span = spanOf(outline, where);
    return diagnose("GOV1004", span, `unexpected ${found(outline, where)}`, {
      help: outline.tokens[where]?.image === ";" ? "lines end without `;`" : undefined,
      fix: { title: "remove it", edits: [{ span, replacement: "" }] },
    });
  },
  replace: (outline, at, expected, { changes }) => {
    const [{ at: where, text }] = changes;
    const edits = changes.map((change) => ({ span: spanOf(outline, change.at), replacement: change.text }));
    // What was expected is said when it is more, or the same, as what is meant.
    const fits =
      where === at &&
      expected !== undefined &&
      (!expected.startsWith("`") || expected.includes(`\`${text}\``));
    const message = fits
      ? `expected ${expected}, found ${found(outline, at)}`
      : `unexpected ${found(outline, where)}`;
    return diagnose("GOV1004", spanOf(outline, where), message, {
      help:
        /^\w/.test(text) && is(outline, where, Name)
          ? `did you mean \`${text}\`?`
          : `write \`${text}\` instead`,
      fix: { title: `write \`${text}\``, edits },
    });
  },
  insert: (outline, at, expected, { changes: [{ at: where, text }] }) => {
    const missing = where === at ? (expected ?? `\`${text}\``) : `\`${text}\``;
    const edits = [{ span: gapBefore(outline, where), replacement: spaced(text) }];
    const fix = { title: `insert \`${text}\``, edits };
    const isCutShort = at >= outline.tokens.length || looksLikeUnit(outline, at);
    return isCutShort
      ? diagnose(
          "GOV1010",
          spanOf(outline, at - 1),
          `${subject(outline)} is not complete: expected ${missing}`,
          { fix },
        )
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
  if (is(outline, 0, BraceClose)) {
    return diagnose("GOV1004", span, "unexpected `}`", {
      help: "every `{` before it is already closed",
      fix: { title: "remove it", edits: [{ span, replacement: "" }] },
    });
  }
  if (home !== undefined) {
    return diagnose("GOV1011", span, `\`${text}\` cannot stand outside ${home}`, {
      help: `move it into ${home}`,
    });
  }
  if (is(outline, 0, Name)) {
    return diagnose("GOV1005", span, `unknown declaration \`${text}\``, {
      help: suggestName(text, UNIT_WORDS) ?? `a declaration begins with ${listWords(KEYWORDS.declaration)}`,
    });
  }
  return diagnose("GOV1004", span, `expected a declaration, found ${found(outline, 0)}`, {
    help: `a declaration begins with ${listWords(KEYWORDS.declaration)}`,
  });
}

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

function sampleFor(outline: Outline, parsed: UnitParse): { readonly help?: string | undefined } {
  const inner = parsed.kind === "broken" ? SAMPLES.get(parsed.rule) : undefined;
  return { help: inner ?? SAMPLES.get(outline.tokens[0]?.image ?? "") };
}

/** How a thing is written, by the rule that reads it or the keyword that begins it. */
const SAMPLES: ReadonlyMap<string, string> = new Map([
  ["policy", 'the header is written `policy digits "A title" version "1.0.0"`'],
  ["module", 'the header is written `module guards "A title" version "1.0.0"`'],
  ["import", 'an import is written `import { finite_loss } from "std/guards"`'],
  ["param", "a param is written `param rate: fraction = 10% in 0%..50%`"],
  ["model", 'the model is written `model "model.json"` or `model { layer "code" kind dense units 32 }`'],
  ["layerStub", 'a layer is written `layer "code" kind dense units 32`'],
  ["example", "the example is written `example { id: string  label: int in 0..9 }`"],
  ["field", "a field is written `label: int in 0..9`"],
  ["type", "the types are `string`, `int`, `float`, `bool`, `date`, `digest`, `fraction`, `steps`, `enum(\"a\", \"b\")` and `set<string>`; `?` makes one optional"],
  ["range", "a range is written `0..9`, or `0..<10` without its upper end"],
  ["band", 'a band is written `band top = layers "encoder/**" units 0..15`'],
  ["bandTerm", 'bands are chosen by `layers "encoder/**"`, `layers 0..3`, `depth 0%..25%`, `first 2 layers`, `last 2 layers`, `kind conv2d` or `rest`'],
  ["layers", 'layers are chosen by name, `layers "encoder/**"`, or by position, `layers 0..3`'],
  ["percentage", "a percentage is written `25%`"],
  ["membership", "`\"x\" in tags` asks whether a set field holds a value; every operand of `and` and `or` is a condition of its own"],
  ["depth", "depth is written `depth 0%..25%`"],
  ["cohort", "a cohort is written `cohort low = label in 0..4 and not held_out`"],
  ["condition", "conditions are written `label == 3`, `label in 0..4`, `\"x\" in tags`, `name matches \"a*\"`, `has source` or `sample 10%`"],
  ["inclusion", "`in` takes a range `0..4`, a set `{ 1, 2 }` or, behind a value, a set field"],
  ["profile", "a profile is written `profile shallow { encoder: full, top: 25% }`"],
  ["profileEntry", "an entry is written `top: 25%`"],
  ["behavior", 'a behavior is written `behavior sevens = probe "probes/sevens.jsonl"`'],
  ["route", "a route is written `route low -> top: block`, `route low through shallow` or `route default full`"],
  ["weight", "a weight is `block`, `full`, a number such as `0.5` or a percentage such as `25%`"],
  ["duration", "a duration is written `50 steps`, `2 epochs` or `1000 examples`"],
  ["detach", "a detach is written `detach low at top, bottom`"],
  ["bound", "a bound is written `bound entropy(top) in 0.3..0.9 over 50 steps { below => warn }`"],
  ["metric", "the metrics are `entropy`, `gradient_norm`, `update_ratio`, `dead_units`, `influence`, `loss` and `loss_gap`"],
  ["arm", "a reaction is written `below => attenuate top to 50% for 100 steps then halt after 500 steps`"],
  ["action", "the actions are `log`, `warn`, `halt`, `skip step`, `rollback`, `freeze`, `attenuate`, `amplify`, `clip`, `block` and `steer`"],
  ["skip", "the action is written `skip step`"],
  ["steer", "steering is written `steer top toward 0.6 strength 0.1`"],
  ["provenance", "provenance is written `provenance { require id, source else reject  attest release }`"],
  ["never", "a claim is written `never low -> top`"],
  ["always", "a claim is written `always low -> top`"],
  ["ruleset", "a ruleset is written `ruleset guard(who: cohort, limit: float = 0.5) { … }`"],
  ["apply", "a ruleset is applied by `apply guard(low, limit: 0.5)`"],
  ["test", 'a test is written `test "a title" { given { label: 7 } expect top: block }`'],
  ["given", "`given` takes an example `{ label: 7 }` or a metric `entropy(top) = 0.1 for 50 steps`"],
  ["expect", "`expect` takes `top: block`, a cohort, or an action"],
]); // prettier-ignore
