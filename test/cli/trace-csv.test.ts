import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { examplesToCsv } from "../../src/cli/trace/csv.ts";
import { cases } from "../generators/runs.ts";

function readBack(names: readonly string[]): readonly (readonly string[])[] {
  const sums = { rows: 2, influence: -0.25, magnitude: 0.5, firstStep: 1, lastStep: 7 };
  return parse(examplesToCsv({ examples: names.map((name) => ({ name, ...sums, cohorts: [name, "b"] })) }));
}

test("an example is a row, and its numbers stay numbers", () => {
  expect(readBack(["train/1"])).toEqual([
    ["example", "rows", "influence", "magnitude", "cohorts", "first_step", "last_step"],
    ["train/1", "2", "-0.25", "0.5", "train/1; b", "1", "7"],
  ]);
});

test.each([
  ['=HYPERLINK("https://evil.example","look")', `'=HYPERLINK("https://evil.example","look")`],
  ["+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"],
  ["-2+3", "'-2+3"],
  ["@SUM(1,2)", "'@SUM(1,2)"],
  ["  =1", "'  =1"],
  ["\t=1", "'<U+0009>=1"],
  ["\r=1", "'<U+000D>=1"],
  ["\uff1d1", "'\uff1d1"],
  ['a",=1\r\n=2', 'a",=1<U+000D><U+000A>=2'],
  ["\u001b[2Jx\u202etxt", "<U+001B>[2Jx<U+202E>txt"],
])("%j is text to a spreadsheet and to a terminal", (name, shown) => {
  const [, row] = readBack([name]);
  expect(row?.[0]).toBe(shown);
  expect(row?.[4]?.startsWith(shown)).toBe(true);
});

test("no name breaks a row, begins a formula or reaches a terminal as a control", () => {
  const name = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({
      unit: fc.constantFrom("=", "+", "-", "@", '"', ",", "\r", "\n", "\t", " ", "\u001b", "x", ";"),
    }),
    fc.constant("=".repeat(70_000)),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 5 }), (names) => {
      const [, ...rows] = readBack(names);
      expect(rows).toHaveLength(names.length);
      for (const row of rows) {
        expect(row).toHaveLength(7);
        expect(row.slice(0, 1).join("")).not.toMatch(/^\s*[=+\-@]/);
        expect(row[4]).not.toMatch(/^\s*[=+\-@]/);
        expect(row.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      }
    }),
    cases(100),
  );
});
