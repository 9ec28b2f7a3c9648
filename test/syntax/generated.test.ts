/** The files that `npx jiti grammar/generate.ts` writes are up to date, and make sense. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generate } from "../../grammar/generate.ts";
import { KEYWORDS, Name, NumberLiteral, PercentLiteral, StringLiteral } from "../../grammar/tokens.ts";
import { createSourceText } from "../../src/source/text.ts";
import { lex } from "../../src/syntax/lex.ts";
import { writeSnippets } from "../../language-server/vscode/generate.ts";
import { highlight, loadGrammar, type Highlighted } from "./textmate.ts";

const files = generate();

test.each([...files.keys()])("grammar/%s is up to date", (name) => {
  expect(readFileSync(new URL(`../../grammar/${name}`, import.meta.url), "utf8")).toBe(files.get(name));
});

test("the snippets of the extension are those of the language server, up to date", () => {
  const path = new URL("../../language-server/vscode/snippets.json", import.meta.url);
  expect(readFileSync(path, "utf8")).toBe(writeSnippets());
});

// ── the reference grammar ──────────────────────────────────────────────────────────────────────────────────────

const ebnf = (files.get("gov.ebnf") ?? "").replaceAll(/\(\*[^]*?\*\)/g, "");

test("the reference grammar defines each of its words once, and uses all but the first", () => {
  const defined = [...ebnf.matchAll(/^(\w+)\s+=/gm)].map(([, name = ""]) => name);
  const bodies = ebnf.replaceAll(/^\w+\s+=/gm, "").replaceAll(/"[^"]*"|'[^']*'|\?[^?]*\?/g, "");
  const used = new Set(bodies.match(/[A-Z]\w*/g));
  expect(new Set(defined).size).toBe(defined.length);
  expect([...used].filter((name) => !defined.includes(name))).toEqual([]);
  expect(defined.filter((name) => !used.has(name))).toEqual(["File", "Comment"]);
});

test("the reference grammar holds every keyword", () => {
  const missing = Object.values(KEYWORDS)
    .flat()
    .filter((word) => !ebnf.includes(`"${word}"`));
  expect(missing).toEqual([]);
});

test("the language reference leads to the grammar", () => {
  const reference = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");
  expect(reference).toContain("](../grammar/gov.ebnf)");
});

// ── highlighting ───────────────────────────────────────────────────────────────────────────────────────────────

const grammar = await loadGrammar(files.get("gov.tmLanguage.json") ?? "");
const scopesOf = (text: string): Record<string, string> =>
  Object.fromEntries(highlight(grammar, text).map(({ text: marked, scope }) => [marked, scope]));

test.each<[string, Record<string, string>]>([
  ['band top = layers "code" units 0..15', { band: "keyword.declaration.gov", top: "entity.name.gov", layers: "keyword.other.gov", units: "keyword.other.gov", 15: "constant.numeric.gov" }],
  ["band decoder = rest", { decoder: "entity.name.gov", rest: "keyword.other.gov" }],
  ["band a = first 2 layers", { first: "keyword.other.gov", layers: "keyword.other.unit.gov" }],
  ["  label: int in 0..9", { label: "variable.other.member.gov", int: "storage.type.gov", in: "keyword.operator.word.gov", "..": "keyword.operator.gov" }],
  ["  tags: set<string>?", { set: "storage.type.gov", string: "storage.type.gov" }],
  ["  source: string", { source: "variable.other.member.gov", string: "storage.type.gov" }],
  ["cohort low = label in 0..4 and not high", { cohort: "keyword.declaration.gov", label: "variable.other.gov", and: "keyword.operator.word.gov", not: "keyword.operator.word.gov", high: "variable.other.gov" }],
  ["route low -> top: 25% until 2 epochs", { route: "keyword.declaration.gov", top: "variable.other.gov", "25%": "constant.numeric.percent.gov", until: "keyword.other.gov", epochs: "keyword.other.unit.gov" }],
  ["route default full", { default: "keyword.other.gov", full: "constant.language.gov" }],
  ["bound entropy(top) in 0.3..0.9 over 50 steps {", { bound: "keyword.declaration.gov", entropy: "entity.name.function.gov", over: "keyword.other.gov", "0.3": "constant.numeric.gov" }],
  ["  below => attenuate top to 50% then halt after 5 steps", { below: "keyword.control.side.gov", attenuate: "support.function.action.gov", to: "keyword.other.gov", then: "keyword.other.gov", halt: "support.function.action.gov" }],
  ["  trace top toward sevens every 25 steps top 32", { trace: "keyword.other.gov", toward: "keyword.other.gov", sevens: "variable.other.gov", every: "keyword.other.gov", top: "keyword.other.top.gov" }],
  ['policy digits "Digits" version "1.0.0"', { policy: "keyword.declaration.gov", digits: "entity.name.gov", version: "keyword.other.gov" }],
  ["apply guard(low, limit: 1e-3)", { apply: "keyword.declaration.gov", guard: "entity.name.function.gov", limit: "variable.other.member.gov", "1e-3": "constant.numeric.gov" }],
  ['test "a \\n b" {', { test: "keyword.declaration.gov", "\\n": "constant.character.escape.gov" }],
])("%s", (text, expected) => {
  expect(scopesOf(text)).toMatchObject(expected);
}); // prettier-ignore

const root = new URL("../../", import.meta.url);
const texts = ["test/corpus/parse", "stdlib", "examples"].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".gov") && !name.includes("node_modules"))
    .map((name) => `${folder}/${name}`),
);

test("there are texts of every kind to colour", () => {
  for (const folder of ["test/corpus", "stdlib", "examples"])
    expect(texts.filter((path) => path.startsWith(folder)).length).toBeGreaterThan(4);
});

test.each(texts)("%s: texts, numbers, names and comments are marked as what they are", (name) => {
  const text = readFileSync(new URL(name, root), "utf8");
  const marks = highlight(grammar, text);
  const { tokens, comments } = lex(createSourceText("policy.gov", text));
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const markAt = (offset: number): Highlighted | undefined => {
    const line = lineStarts.findLastIndex((start) => start <= offset);
    return marks.find((mark) => mark.line === line + 1 && mark.start === offset - (lineStarts[line] ?? 0));
  };
  for (const { tokenType, startOffset, image } of tokens) {
    const mark = markAt(startOffset);
    const told = `${image} is ${mark?.scope ?? "nothing"}`;
    if (tokenType === StringLiteral) expect(told).toMatch(/ is string\./);
    else if (tokenType === NumberLiteral || tokenType === PercentLiteral) expect(told).toMatch(/ is constant\.numeric/);
    else if (tokenType.CATEGORIES?.includes(Name) === true) expect(told).toMatch(/ is (?!string|comment|constant\.numeric|nothing)/);
  }
  for (const { span, text: comment } of comments) {
    expect(`${comment} is ${markAt(span.start)?.scope ?? "nothing"}`).toMatch(/ is comment\./);
  }
}); // prettier-ignore
