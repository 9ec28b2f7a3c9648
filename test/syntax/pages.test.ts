/** docs/codes/GOV1xxx.md: the failing example raises its code and nothing else, the fixed one nothing at all. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CODES, isDiagnosticCode } from "../../src/source/codes.ts";
import { formatText } from "../../src/format/format.ts";
import { parseText } from "./shown.ts";

const codes = Object.keys(CODES)
  .filter((code) => code.startsWith("GOV1"))
  .filter(isDiagnosticCode);

test.each(codes)("%s has a page whose examples are true", async (code) => {
  const page = readFileSync(new URL(`../../docs/codes/${code}.md`, import.meta.url), "utf8");
  expect(page.split("\n")[0]).toBe(`# ${code}: ${CODES[code].title}`);
  const [, fails = "", fixed = ""] =
    /\n## Fails\n\n```gov\n([^]*?)```\n\n## Fixed\n\n```gov\n([^]*?)```\n$/.exec(page) ?? [];
  expect([...new Set(parseText(fails).diagnostics.map((diagnostic) => diagnostic.code))]).toEqual([code]);
  expect(parseText(fixed).diagnostics).toEqual([]);
  expect((await formatText(fixed)).formatted).toBe(fixed);
});
