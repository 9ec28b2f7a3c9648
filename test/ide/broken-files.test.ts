/**
 * Broken files: every file of the corpus, the library and the examples is typed out, and loses each of its tokens in
 * turn. At every prefix and after every loss each feature answers, and completion offers what the whole file has there.
 * A sample of the places here; all of them with `STRATA_RUNS=499 npx vitest run test/ide/broken-files.test.ts`.
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

/** A text as an editor holds it, behind another one: what both have in common is not worked out again. */
function draftOf(text: string, before?: Draft): Draft {
  const { files, findings } = before?.compilation ?? {};
  return openDraft({
    entry: "policy.gov",
    sources: new Map([["policy.gov", text]]),
    ...(files && { parsed: files }),
    findings,
  });
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
  // INVARIANT: tokens are in order, do not overlap and stay within their lines, as the protocol demands.
  const tokens = semanticTokens(draft);
  const misplaced = tokens.filter(
    ({ span }, index) =>
      span.start < (tokens[index - 1]?.span.end ?? 0) ||
      parsed.source.text.slice(span.start, span.end).includes("\n"),
  );
  expect(misplaced).toEqual([]);
  await layOut(parsed);
}

/** What goes wrong where everything is asked at a place. */
async function findDefects(draft: Draft, offset: number): Promise<readonly string[]> {
  try {
    await askEverything(draft, offset);
    return [];
  } catch (error) {
    return [`${draft.parsed.source.text.slice(Math.max(0, offset - 60), offset)}‸: ${String(error)}`];
  }
}

test("typed out, every file is answered about at every place, and completion offers what comes next", async () => {
  expect(FILES.length).toBeGreaterThan(150);
  const seen = new Set<string>();
  const wrong: string[] = [];
  for (const [index, text] of FILES.entries()) {
    const known = SOUND.includes(text) ? knowablesOf(text) : NONE;
    let draft: Draft | undefined;
    for (let end = index % STRIDE; end <= text.length; end += STRIDE) {
      const prefix = text.slice(0, end);
      const next = known.get(end);
      // Many files begin alike.
      if (seen.has(prefix) && next === undefined) continue;
      draft = draftOf(prefix, draft);
      if (!seen.has(prefix)) wrong.push(...(await findDefects(draft, end)));
      seen.add(prefix);
      if (next !== undefined && misses(draft, next))
        wrong.push(`${prefix.slice(-60)}‸${next.token.image} is not offered`);
    }
  }
  expect(wrong).toEqual([]);
});

test("after the loss of any token everything answers there, and completion offers it", async () => {
  const wrong: string[] = [];
  for (const [index, text] of FILES.entries()) {
    const known = SOUND.includes(text) ? knowablesOf(text) : NONE;
    const whole = draftOf(text);
    for (const token of whole.parsed.tokens.filter((_, place) => place % STRIDE === index % STRIDE)) {
      const draft = draftOf(without(text, token), whole);
      wrong.push(...(await findDefects(draft, token.startOffset)));
      const knowable = known.get(token.startOffset);
      if (knowable !== undefined && misses(draft, knowable))
        wrong.push(`${text.slice(0, token.startOffset).slice(-60)}‸${token.image} is not offered`);
    }
  }
  expect(wrong).toEqual([]);
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

function without(text: string, { startOffset, image }: IToken): string {
  return text.slice(0, startOffset) + text.slice(startOffset + image.length);
}

/** A token that completion can know. */
interface Knowable {
  readonly token: IToken;
  readonly is: "name" | "word";
}

/**
 * The words and signs of the grammar in a file, and the names that stand for something it declares elsewhere, by where
 * they begin. New names, numbers, and texts are the author's own; and right behind a word a cursor is about that word,
 * not about the sign that follows it.
 */
function knowablesOf(text: string): ReadonlyMap<number, Knowable> {
  const draft = draftOf(text);
  const names = new Set<number>();
  walk(draft.parsed.file, (node) => {
    if (node.kind === "Name") names.add(node.span.start);
  });
  const uses = draft
    .names()
    .inFile("policy.gov")
    .filter(({ role }) => role === "reference");
  const resolved = new Set(uses.map(({ name }) => name.span.start));
  const knowables = draft.parsed.tokens.flatMap((token): readonly Knowable[] => {
    const { startOffset, image } = token;
    if (/[\w%"]/.test(text.charAt(startOffset - 1))) return [];
    if (names.has(startOffset)) return resolved.has(startOffset) ? [{ token, is: "name" }] : [];
    return keywordTypes.has(image) || /^[^\p{L}\d"'\u201c]/u.test(image) ? [{ token, is: "word" }] : [];
  });
  return new Map(knowables.map((knowable) => [knowable.token.startOffset, knowable]));
}

/** Whether completion fails to offer a token where it stood; a name has to be one that the broken text still declares. */
function misses(draft: Draft, { token, is }: Knowable): boolean {
  if (is === "name") {
    const { symbols, fields } = declaredNames(draft.parsed);
    if (!symbols.has(token.image) && !fields.includes(token.image)) return false;
  }
  const offered = complete(draft, token.startOffset, SURROUNDINGS);
  return !offered.some(({ label }) => label === token.image);
}

const NONE: ReadonlyMap<number, Knowable> = new Map();
