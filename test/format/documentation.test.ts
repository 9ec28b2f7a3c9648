import fc from "fast-check";
import { expect, test } from "vitest";
import { formatText } from "../../src/format/format.ts";
import { programs } from "../generators/programs.ts";
import { cases } from "../generators/runs.ts";
import { parseText } from "../syntax/shown.ts";

const ENDS = [" /// last", "\n/// last", "\n\n/// one\n/// last\n", "\n/// last\n// after\n", "\n/* before */ /// last\n", "\n///\n"]; // prettier-ignore

test("documentation of what never came stays where it stands, after the last declaration", async () => {
  await fc.assert(
    fc.asyncProperty(programs(), fc.constantFrom(...ENDS), async (program, end) => {
      const text = `${program.trimEnd()}${end}`;
      const { formatted = "" } = await formatText(text);
      expect(comments(formatted).at(-1)).toBe(comments(text).at(-1));
      expect(comments(formatted).toSorted()).toEqual(comments(text).toSorted());
      expect((await formatText(formatted)).formatted).toBe(formatted);
    }),
    cases(150),
  );
});

function comments(text: string): readonly string[] {
  return parseText(text).comments.map((comment) => comment.text);
}
