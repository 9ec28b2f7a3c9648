import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hasErrors } from "../../src/source/diagnostic.ts";
import type { ParsedFile } from "../../src/syntax/parse.ts";
import { childrenOf, walk } from "../../src/syntax/walk.ts";
import { programs } from "../generators/programs.ts";
import { parseText } from "./shown.ts";
import { cases } from "../generators/runs.ts";

const whole = readFileSync(new URL("../corpus/parse/whole-policy/policy.gov", import.meta.url), "utf8");

/** What people leave behind when they edit: it damages more than single letters do. */
const PIECES = [
  "{", "}", "(", ")", '"', "/*", "*/", "//", "#", "\n", ",", ":", "=", "->", "=>", "..", "-", "%", "band ", "route ",
  "test ", "expect ", "given {", "from ", "for ", "in ", "not ", "has ", "x", "5 steps", "\u202e", "\0", "é",
] as const; // prettier-ignore

/** What holds of every text, sound or not. */
function expectSound(parsed: ParsedFile): void {
  const { text } = parsed.source;
  for (const { labels } of parsed.diagnostics) {
    for (const { span } of labels) {
      expect(span.start).toBeGreaterThanOrEqual(0);
      expect(span.end).toBeGreaterThanOrEqual(span.start);
      expect(span.end).toBeLessThanOrEqual(text.length);
    }
  }
  const places = parsed.diagnostics.map(({ code, labels }) => `${code}@${String(labels[0].span.start)}`);
  expect(new Set(places).size).toBe(places.length);
  expect(parsed.complete).toBe(!hasErrors(parsed.diagnostics));
  walk(parsed.file, (node) => {
    for (const { span } of childrenOf(node)) {
      expect(span.start).toBeGreaterThanOrEqual(node.span.start);
      expect(span.end).toBeLessThanOrEqual(node.span.end);
    }
  });
}

test("every prefix of a policy parses to a tree", () => {
  for (let length = 0; length < whole.length; length += 1) expectSound(parseText(whole.slice(0, length)));
});

test("any text parses to a tree", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => { expectSound(parseText(text)); }), cases(100)); // prettier-ignore
});

test("any sequence of words and signs parses to a tree", () => {
  const words = [...new Set(whole.match(/\w+|"[^"\n]*"|->|=>|[^\s\w]|\n/g))];
  const texts = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((chosen) => chosen.join(" "));
  fc.assert(fc.property(texts, (text) => { expectSound(parseText(text)); }), cases(300)); // prettier-ignore
});

test("a damaged policy parses to a tree", () => {
  const damage = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(12),
    fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom(...PIECES)),
  );
  fc.assert(
    fc.property(programs(), fc.array(damage, { minLength: 1, maxLength: 4 }), (text, damages) => {
      const broken = damages.reduce((left, [share, length, replacement]) => {
        const at = Math.floor(share * left.length);
        return left.slice(0, at) + replacement + left.slice(at + length);
      }, text);
      expectSound(parseText(broken));
    }),
    cases(300),
  );
});

test("one damaged declaration does not take the others with it", () => {
  const lines = whole.split("\n");
  const heads = lines.flatMap((line, index) =>
    /^(?:route|detach|never|always|cohort|band) /.test(line) ? [index] : [],
  );
  const intact = parseText(whole).file.declarations.length;
  for (const head of heads) {
    const broken = lines.with(head, `${(lines[head] ?? "").split(" ").slice(0, 2).join(" ")} %%`).join("\n");
    const { file, diagnostics } = parseText(broken);
    expect(file.declarations.length).toBe(intact - 1);
    expect(diagnostics.length).toBe(1);
  }
});

test("a long file is read in proportion to its length, mistakes or not", { timeout: 20_000 }, () => {
  const lines = Array.from({ length: 4000 }, (_, index) => `cohort c${String(index)} = label in 0--4`);
  expect(parseText(lines.join("\n")).diagnostics.length).toBe(4000);
});

test("a block of things that look like declarations is read to its end", () => {
  const rules = Array.from({ length: 300 }, () => "route low -> top: full\n").join("");
  const { file, diagnostics } = parseText(`ruleset r() {\n${rules}route low top: full\n}\nband top = rest\n`);
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "expected `->` or `through` after `low`, found `top`",
  ]);
  expect(file.declarations.map(({ kind }) => kind)).toEqual(["RulesetDeclaration", "BandDeclaration"]);
});
