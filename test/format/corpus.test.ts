/**
 * test/corpus/parse/<case>/policy.gov: every construct of the language, beside formatted.gov.
 * `UPDATE_CORPUS=1 npx vitest run test/format/corpus.test.ts` writes what is printed now; read the change.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { formatText } from "../../src/format/format.ts";
import { NODE_KINDS, sameSyntax, walk, type NodeKind } from "../../src/syntax/walk.ts";
import { parseText } from "../syntax/shown.ts";

const corpus = fileURLToPath(new URL("../corpus/parse/", import.meta.url));
const cases = readdirSync(corpus);
const read = (name: string): string => readFileSync(`${corpus}${name}/policy.gov`, "utf8");

test.each(cases)("%s parses, prints back to the same tree and keeps its comments", async (name) => {
  const text = read(name);
  expect(parseText(text).diagnostics).toEqual([]);
  const { formatted = "" } = await formatText(text);
  const path = `${corpus}${name}/formatted.gov`;
  if (process.env["UPDATE_CORPUS"] === "1") writeFileSync(path, formatted);
  expect(existsSync(path) ? readFileSync(path, "utf8") : undefined).toBe(formatted);

  expect(parseText(formatted).diagnostics).toEqual([]);
  const ignored = name === "comments" ? ["span", "documentation"] : ["span"];
  expect(sameSyntax(parseText(text).file, parseText(formatted).file, ignored)).toBe(true);
  const comments = (source: string): string[] => parseText(source).comments.map((comment) => comment.text);
  expect(comments(formatted)).toEqual(comments(text));
  expect((await formatText(formatted)).formatted).toBe(formatted);
});

test("the corpus holds every kind of node", () => {
  const seen = new Set<NodeKind>();
  for (const name of cases) walk(parseText(read(name)).file, ({ kind }) => seen.add(kind));
  expect(NODE_KINDS.filter((kind) => !seen.has(kind))).toEqual([]);
});
