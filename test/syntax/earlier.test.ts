/** A parse that takes over from an earlier one is the parse of the text, whatever was typed in between. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSourceText } from "../../src/source/text.ts";
import { parse, type ParsedFile } from "../../src/syntax/parse.ts";
import { commented } from "../generators/comments.ts";
import { programs } from "../generators/programs.ts";
import { cases } from "../generators/runs.ts";
import { parseText } from "./shown.ts";

const whole = readFileSync(new URL("../corpus/parse/whole-policy/policy.gov", import.meta.url), "utf8");

/** What is typed; whole lines among it, for what is said twice is found twice, and deep nesting. */
const TYPED = [
  "x", " ", "", "\n", "\r\n", "\t", '"', "{", "}", "(", ")", "/*", "*/", "//", "/// said\n", ":", ",", "not ", "band ", "\0",
  "\nroute all -> all: full", "\nroute all -> all: full\n", "band b = rest\n", "// gov-ignore GOV5003: why\n", "(".repeat(60),
  `cohort deep = ${"not ".repeat(60)}`, "import { a } from \"b\"\n", "module m\n",
]; // prettier-ignore

interface Edit {
  /** Where, as a share of the text. */
  readonly at: number;
  readonly removed: number;
  readonly typed: string;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    at: fc.oneof(share, fc.constantFrom(0, 1)),
    removed: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(80)),
    typed: fc.constantFrom(...TYPED),
  }),
  { minLength: 1, maxLength: 6 },
);

function edited(text: string, { at, removed, typed }: Edit): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + typed + text.slice(start + removed);
}

test("after any edits the tree, its places and its diagnostics are those of the text", () => {
  const seen = { kept: 0, read: 0 };
  fc.assert(
    fc.property(fc.oneof(commented(programs()), fc.constant(whole)), edits, (text, steps) => {
      let before = parseText(text);
      for (const step of steps) {
        const source = createSourceText("policy.gov", edited(before.source.text, step));
        const after = parse(source, before);
        expect(after).toEqual(parse(source));
        seen.kept += keptIn(before, after);
        seen.read += after.file.declarations.length;
        before = after;
      }
    }),
    cases(50),
  );
  expect(seen.kept).toBeGreaterThan(seen.read / 10);
});

/** How many declarations are the very same. */
function keptIn(before: ParsedFile, after: ParsedFile): number {
  const known = new Set(before.file.declarations);
  return after.file.declarations.filter((declaration) => known.has(declaration)).length;
}

test("another file of the same text is another file", () => {
  const source = createSourceText("other.gov", whole);
  expect(parse(source, parseText(whole))).toEqual(parse(source));
});
