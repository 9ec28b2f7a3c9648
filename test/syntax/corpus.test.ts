/**
 * test/corpus/syntax/<case>/policy.gov: wrong policies, beside expected.txt, their diagnostics as text.
 * `UPDATE_CORPUS=1 npx vitest run test/syntax/corpus.test.ts` writes what is said now; read the change: one mistake
 * is one diagnostic, at the place that is wrong, in words that say what to write.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CODES } from "../../src/source/codes.ts";
import { parseText, shown } from "./shown.ts";
import { withEdits } from "./with-edits.ts";

const corpus = fileURLToPath(new URL("../corpus/syntax/", import.meta.url));
const cases = readdirSync(corpus);

test.each(cases)("%s says what it said", (name) => {
  const text = readFileSync(`${corpus}${name}/policy.gov`, "utf8");
  const said = parseText(text).diagnostics.map((diagnostic) => `${shown(diagnostic, text)}\n`);
  const path = `${corpus}${name}/expected.txt`;
  if (process.env["UPDATE_CORPUS"] === "1") writeFileSync(path, said.join("\n"));
  expect(said.join("\n")).toBe(existsSync(path) ? readFileSync(path, "utf8") : "");
});

test.each(cases)("%s: what is offered as a fix removes its mistake and makes no other", (name) => {
  const text = readFileSync(`${corpus}${name}/policy.gov`, "utf8");
  const { diagnostics } = parseText(text);
  for (const { fix, message } of diagnostics) {
    if (fix === undefined) continue;
    const left = parseText(withEdits(text, fix.edits)).diagnostics.length;
    expect(left, `after "${fix.title}" for "${message}"`).toBeLessThan(diagnostics.length);
  }
});

test("the corpus shows every code of text and syntax", () => {
  const said = cases.flatMap((name) =>
    parseText(readFileSync(`${corpus}${name}/policy.gov`, "utf8")).diagnostics.map(({ code }) => code),
  );
  const codes = Object.keys(CODES).filter((code) => code.startsWith("GOV1"));
  expect([...new Set(said)].toSorted()).toEqual(codes);
});
