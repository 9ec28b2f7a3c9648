/**
 * Broken files: at every prefix of the corpus, the library and the examples, and after the loss of any single token,
 * every feature answers, and completion offers what the whole file has at that place. A sample of the places here; all
 * of them with `STRATA_RUNS=499 npx vitest run test/ide/broken-files.test.ts`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IToken } from "chevrotain";
import { expect, test } from "vitest";
import { keywordTypes } from "../../grammar/tokens.ts";
import { findActions } from "../../src/ide/actions.ts";
import { callItemAt, incomingCalls, outgoingCalls } from "../../src/ide/calls.ts";
import { complete, type Surroundings } from "../../src/ide/complete.ts";
import { declaredNames } from "../../src/ide/declared.ts";
import { define, defineType } from "../../src/ide/define.ts";
import { openDraft, type Draft } from "../../src/ide/draft.ts";
import { findFolds } from "../../src/ide/folding.ts";
import { hover } from "../../src/ide/hover.ts";
import { inlayHints } from "../../src/ide/inlay-hints.ts";
import { layOut } from "../../src/ide/layout.ts";
import { findLenses, sayLens } from "../../src/ide/lenses.ts";
import { findLinks } from "../../src/ide/links.ts";
import { findReferences, highlight } from "../../src/ide/references.ts";
import { prepareRename, rename } from "../../src/ide/rename.ts";
import { selectionsAt } from "../../src/ide/selection.ts";
import { semanticTokens } from "../../src/ide/semantic-tokens.ts";
import { signatureAt } from "../../src/ide/signature.ts";
import { findSymbols, outline } from "../../src/ide/symbols.ts";
import { createSourceText } from "../../src/source/text.ts";
import { parse } from "../../src/syntax/parse.ts";
import { walk } from "../../src/syntax/walk.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Policies and modules that say what their authors meant. */
const SOUND = ["test/corpus/parse", "stdlib", "examples"].flatMap(readPolicies);
/** Those, and others that are wrong to begin with. */
const FILES = [...SOUND, ...["test/corpus/check", "test/corpus/syntax"].flatMap(readPolicies)];
/** One place of so many is tried. */
const STRIDE = Math.max(1, Math.floor(499 / Number(process.env["STRATA_RUNS"] ?? 1)));

function readPolicies(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".gov") && !name.endsWith("formatted.gov"))
    .toSorted()
    .map((name) => readFileSync(join(ROOT, folder, name), "utf8"));
}

const SURROUNDINGS: Surroundings = { modules: new Map(), files: ["model.json", "probe.jsonl"] };

function draftOf(text: string): Draft {
  return openDraft({ entry: "policy.gov", sources: new Map([["policy.gov", text]]) });
}

/** Everything that a server may be asked at a place; what throws is a defect. */
async function askEverything(draft: Draft, offset: number): Promise<void> {
  const { parsed } = draft;
  const all = { start: 0, end: parsed.source.text.length };
  complete(draft, offset, SURROUNDINGS).forEach(({ documentation }) => documentation?.());
  hover(draft, offset);
  signatureAt(draft, offset);
  define(draft, offset);
  defineType(draft, offset);
  findReferences(draft, offset, []);
  highlight(draft, offset);
  prepareRename(draft, offset);
  rename(draft, offset, "renamed", []);
  const item = callItemAt(draft, offset);
  if (item !== undefined) {
    incomingCalls(item, draft, []);
    outgoingCalls(item, draft);
  }
  outline(draft);
  findSymbols([draft], "a");
  findFolds(parsed);
  selectionsAt(parsed, offset);
  findLinks(draft);
  inlayHints(draft, all);
  for (const lens of findLenses(draft)) sayLens(lens, draft);
  findActions({ draft, range: { start: offset, end: offset }, surroundings: SURROUNDINGS }, [
    "quickfix",
    "refactor",
    "source",
  ]);
  const tokens = semanticTokens(draft);
  // INVARIANT: tokens are in order, do not overlap and stay within their lines, as the protocol demands.
  tokens.reduce((end, { span }) => {
    expect(span.start).toBeGreaterThanOrEqual(end);
    expect(parsed.source.text.slice(span.start, span.end)).not.toMatch(/\n/);
    return span.end;
  }, 0);
  await layOut(parsed);
}

test("at every prefix, everything answers", async () => {
  expect(FILES.length).toBeGreaterThan(150);
  for (const [index, text] of FILES.entries())
    for (let end = index % STRIDE; end <= text.length; end += STRIDE)
      await askEverything(draftOf(text.slice(0, end)), end);
});

test("after the loss of any token, everything answers there", async () => {
  for (const [index, text] of FILES.entries())
    for (const token of sampled(tokensOf(text), index))
      await askEverything(draftOf(without(text, token)), token.startOffset);
});

test("what may be read in two ways at every step costs completion no more than what may not", () => {
  const text = `band a = ${"rest | ".repeat(400)}`;
  const labels = complete(draftOf(text), text.length, SURROUNDINGS).map(({ label }) => label);
  expect(labels).toEqual(expect.arrayContaining(["rest", "layers", "("]));
});

test.each([
  "band a = b\nband b = a\n",
  "band a = b | rest\nband b = c\nband c = b - a\nroute all -> a: block\nnever all -> c\n",
  "example { x: int }\ncohort a = not b and x == 1\ncohort b = a or b\nband c = all\nroute a -> c: block\n",
])("what is defined in terms of itself is answered about: %j", async (text) => {
  const draft = draftOf(text);
  expect(draft.compilation.diagnostics.map(({ code }) => code)).toContain("GOV2008");
  for (let offset = 0; offset <= text.length; offset += 1) await askEverything(draft, offset);
});

test("completion offers what the whole file has at a place: at every prefix", () => {
  const missed = SOUND.flatMap((text, index) =>
    sampled(tokensOf(text), index).flatMap((token) => {
      const before = text.slice(0, token.startOffset);
      return misses(before, token, text) ? [`${before.slice(-60)}‸${token.image}`] : [];
    }),
  );
  expect(missed).toEqual([]);
});

test("completion offers what the whole file has at a place: after the loss of that token", () => {
  const missed = SOUND.flatMap((text, index) =>
    sampled(tokensOf(text), index).flatMap((token) =>
      misses(without(text, token), token, text)
        ? [`${text.slice(0, token.startOffset).slice(-60)}‸${token.image}`]
        : [],
    ),
  );
  expect(missed).toEqual([]);
});

function tokensOf(text: string): readonly IToken[] {
  return parse(createSourceText("policy.gov", text)).tokens;
}

function sampled(tokens: readonly IToken[], from: number): readonly IToken[] {
  return tokens.filter((_, index) => index % STRIDE === from % STRIDE);
}

function without(text: string, { startOffset, image }: IToken): string {
  return text.slice(0, startOffset) + text.slice(startOffset + image.length);
}

/**
 * Whether completion fails to offer a token that it can know: a word or sign of the grammar, or a name that the broken
 * text still declares. New names, numbers, and texts are the author's own; and right behind a word a cursor is about that
 * word, not about the sign that follows it.
 */
function misses(broken: string, token: IToken, whole: string): boolean {
  const draft = draftOf(broken);
  if (!isKnowable(token, broken, whole) || isBehindWord(token, whole)) return false;
  const offered = complete(draft, token.startOffset, SURROUNDINGS);
  return !offered.some(({ label }) => label === token.image);
}

function isBehindWord({ startOffset }: IToken, whole: string): boolean {
  return /[\w%"]/.test(whole.charAt(startOffset - 1));
}

function isKnowable(token: IToken, broken: string, whole: string): boolean {
  const { names, resolved } = namesIn(whole);
  if (!names.has(token.startOffset))
    return keywordTypes.has(token.image) || /^[^\p{L}\d"'\u201c]/u.test(token.image);
  if (!resolved.has(token.startOffset)) return false;
  const { symbols, fields } = declaredNames(parse(createSourceText("policy.gov", broken)));
  return symbols.has(token.image) || fields.includes(token.image);
}

/** Where words of the whole file are names, and where they name something that it declares elsewhere. */
function namesIn(text: string): {
  readonly names: ReadonlySet<number>;
  readonly resolved: ReadonlySet<number>;
} {
  const draft = draftOf(text);
  const names = new Set<number>();
  walk(draft.parsed.file, (node) => {
    if (node.kind === "Name") names.add(node.span.start);
  });
  const uses = draft
    .names()
    .inFile("policy.gov")
    .filter(({ role }) => role === "reference");
  return { names, resolved: new Set(uses.map(({ name }) => name.span.start)) };
}
