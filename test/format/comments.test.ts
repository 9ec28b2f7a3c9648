import fc from "fast-check";
import { expect, test } from "vitest";
import { formatText } from "../../src/format/format.ts";
import { commented } from "../generators/comments.ts";
import { programs } from "../generators/programs.ts";
import { parseText } from "../syntax/shown.ts";
import { cases } from "../generators/runs.ts";

test("comments between any two tokens are kept, each once and in order, and stay where they are from then on", async () => {
  await fc.assert(
    fc.asyncProperty(commented(programs()), async (text) => {
      const { formatted = "" } = await formatText(text);
      const texts = (source: string): string[] => parseText(source).comments.map((comment) => comment.text);
      expect(texts(formatted)).toEqual(texts(text));
      expect((await formatText(formatted)).formatted).toBe(formatted);
    }),
    cases(150),
  );
});
