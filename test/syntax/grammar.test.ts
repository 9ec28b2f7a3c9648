import { Lexer } from "chevrotain";
import { expect, test } from "vitest";
import { GovParser } from "../../grammar/parser.ts";
import { keywords, lexedTypes, Name } from "../../grammar/tokens.ts";

test("the grammar has no ambiguity that a gate does not decide", () => {
  // Chevrotain throws on ambiguous alternatives, unreachable tokens, left recursion and empty repetitions.
  expect(() => new GovParser({ validate: true })).not.toThrow();
});

test("the lexer finds each token by its first character", () => {
  expect(
    () => new Lexer([...lexedTypes], { ensureOptimizations: true, positionTracking: "onlyOffset" }),
  ).not.toThrow();
});

test("every keyword may be a name", () => {
  for (const type of Object.values(keywords)) expect(type.CATEGORIES).toContain(Name);
});
