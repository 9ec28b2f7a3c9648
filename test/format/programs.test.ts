import fc from "fast-check";
import { expect, test } from "vitest";
import { formatText } from "../../src/format/format.ts";
import { sameSyntax } from "../../src/syntax/walk.ts";
import { programs } from "../generators/programs.ts";
import { parseText } from "../syntax/shown.ts";
import { cases } from "../generators/runs.ts";

test("a policy in any layout is printed back with the same meaning, in a layout that stays", async () => {
  await fc.assert(
    fc.asyncProperty(programs(), fc.constantFrom("\n", "\r\n"), async (program, lineEnd) => {
      const text = program.replaceAll("\n", lineEnd);
      expect(parseText(text).diagnostics).toEqual([]);
      const { formatted = "" } = await formatText(text);
      expect(sameSyntax(parseText(text).file, parseText(formatted).file)).toBe(true);
      expect((await formatText(formatted)).formatted).toBe(formatted);
      expect(formatted).not.toMatch(/\r|[ \t]\n|\n\n\n|^\n|\n\n$/);
    }),
    cases(150),
  );
});

test("the layout does not depend on that of the text", async () => {
  const squeezed = 'cohort low=label in 0..4\nroute low->top:25%from 2 epochs\nprofile p{a:full,b:block}';
  const airy = 'cohort low   =\n  label   in 0 .. 4\nroute low\n  -> top : 25 %\n  from 2\n  epochs\nprofile p {\n a : full\n b : block\n}\n';
  expect((await formatText(airy)).formatted).toBe((await formatText(squeezed)).formatted);
}); // prettier-ignore

test("a text with syntax errors is left as it is, and its mistakes are told", async () => {
  const { formatted, diagnostics } = await formatText("band top =\n");
  expect(formatted).toBeUndefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(["GOV1010"]);
});

test("a byte order mark stays, as Prettier has it, and is no mistake", async () => {
  expect(await formatText("\uFEFFband top = rest\n")).toEqual({
    formatted: "\uFEFFband top = rest\n",
    diagnostics: [],
  });
});

test("suppressions stay beside what they suppress", async () => {
  const text = "route low -> top: full // gov-ignore GOV5003: kept for now\n// gov-ignore GOV5003: and this\nroute low -> top: block\n";
  expect((await formatText(text)).formatted).toBe(text);
}); // prettier-ignore

test.each(["\r\n", "\r", "\n"])(
  "line ends of every kind become one kind, in comments too: %j",
  async (end) => {
    const text = "band top = all\n/* of two\n   lines */\nroute all -> top: full\n";
    expect((await formatText(text.replaceAll("\n", end))).formatted).toBe(text);
  },
);
