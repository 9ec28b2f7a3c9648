/**
 * test/corpus/check/<case>/: a wrong policy with the files it needs, beside expected.txt, what is said about it.
 * `UPDATE_CORPUS=1 npx vitest run test/check/corpus.test.ts` writes what is said now; read the change.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CODES } from "../../src/source/codes.ts";
import { readCase, said } from "./sources.ts";

const corpus = fileURLToPath(new URL("../corpus/check/", import.meta.url));
const cases = readdirSync(corpus);

test.each(cases)("%s says what it said", (name) => {
  const text = said(readCase(`${corpus}${name}/`));
  const path = `${corpus}${name}/expected.txt`;
  if (process.env["UPDATE_CORPUS"] === "1") writeFileSync(path, text);
  expect(text).toBe(existsSync(path) ? readFileSync(path, "utf8") : "");
});

const ELSEWHERE = new Set([
  "GOV4007", // raised with the tape of a forward pass at hand: no policy alone shows it
  "GOV4015", // raised with what a network shows at hand
  "GOV6002", // raised with the probe's file at hand
  "GOV5010", // by `gov test`: test/cli/test.test.ts
  "GOV7005", // by `gov fmt --check`: test/cli/fmt.test.ts
]);

test("the corpus shows every code of names, types, the model, meaning, provenance and style", () => {
  const text = cases.map((name) => readFileSync(`${corpus}${name}/expected.txt`, "utf8")).join("\n");
  const wanted = Object.keys(CODES).filter((code) => /^GOV[2-7]/.test(code) && !ELSEWHERE.has(code));
  expect(wanted.filter((code) => !text.includes(` ${code} at `))).toEqual([]);
});
