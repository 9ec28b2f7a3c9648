/** `gov fmt` on random policies, whole and damaged: what is printed says the same, and what lacks text is not printed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatText } from "../../src/format/format.ts";
import { canonicalJson } from "../../src/ir/canonical.ts";
import { createSourceText } from "../../src/source/text.ts";
import { readString } from "../../src/syntax/string-text.ts";
import { lex } from "../../src/syntax/lex.ts";
import { compileText, withoutPlaces } from "../check/compiled.ts";
import { mutantOf } from "../fuzz/mutate.ts";
import { commented } from "../generators/comments.ts";
import { programs } from "../generators/programs.ts";
import { cases } from "../generators/runs.ts";
import { parseText } from "../syntax/shown.ts";

/**
 * What a text says, in its order: commas are optional, a text may escape its characters, a percent sign moves up, and
 * steps, epochs and examples are one or many as their number is.
 */
function signsOf(text: string): readonly string[] {
  const { tokens } = lex(createSourceText("policy.gov", text));
  return tokens
    .map(({ image }) =>
      image.startsWith('"')
        ? JSON.stringify(readString(image))
        : image.replace(/\s+%$/, "%").replace(/^(step|epoch|example)$/, "$1s"),
    )
    .filter((image) => image !== ",");
}

function commentsOf(text: string): readonly string[] {
  return parseText(text).comments.map((comment) => comment.text);
}

/** A `///` comment in the middle of a declaration goes above it, and then documents it. */
function withoutDocumentation(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, member: unknown) => (key === "documentation" ? undefined : member)),
  );
}

test("a random policy keeps its IR to the byte, but for the places in the text and what documents it", async () => {
  await fc.assert(
    fc.asyncProperty(commented(programs({ bands: "whole", claims: "none" })), async (text) => {
      const { formatted = "" } = await formatText(text);
      const [before, after] = [compileText(text).ir, compileText(formatted).ir];
      fc.pre(before !== undefined);
      expect(after?.digest).toBe(before?.digest);
      const [printed, written] = [after, before].map((ir) => withoutDocumentation(withoutPlaces(ir?.policy)));
      expect(canonicalJson(printed)).toBe(canonicalJson(written));
    }),
    cases(25),
  );
});

test("a damaged policy is printed whole and the same, or not at all", async () => {
  const seen = { printed: 0, refused: 0 };
  const damaged = fc
    .tuple(commented(programs()), programs(), fc.nat())
    .map(([text, other, seed]) => mutantOf([text, text, text, other], seed, 1));
  await fc.assert(
    fc.asyncProperty(damaged, async (text) => {
      const { formatted, diagnostics } = await formatText(text);
      if (formatted === undefined) {
        seen.refused += 1;
        expect(diagnostics.map(({ severity }) => severity)).toContain("error");
        return;
      }
      seen.printed += 1;
      expect(signsOf(formatted)).toEqual(signsOf(text));
      expect(commentsOf(formatted)).toEqual(commentsOf(text));
      expect((await formatText(formatted)).formatted).toBe(formatted);
      expect(compileText(formatted).ir?.digest).toBe(compileText(text).ir?.digest);
    }),
    cases(80),
  );
  expect(Math.min(seen.printed, seen.refused)).toBeGreaterThan(3);
});
