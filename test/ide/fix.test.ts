import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import { compile, type CompileInput } from "../../src/compile.ts";
import { applyEdits, fixPolicy } from "../../src/ide/fix.ts";
import { spanAt, createSourceText } from "../../src/source/text.ts";
import { readCase } from "../check/sources.ts";

function inputOf(text: string, others: Readonly<Record<string, string>> = {}): CompileInput {
  return { entry: "policy.gov", sources: new Map([["policy.gov", text], ...Object.entries(others)]) };
}

it.each([
  [
    "a weight in digits",
    'band a = layers "a"\nroute all -> a: 0.0\nnever all -> a\n',
    "route all -> a: block",
  ],
  ["single quotes", "band a = layers 'a'\nroute all -> a: 50%\n", 'band a = layers "a"'],
  [
    "an optional field, unguarded",
    'example { n: int? }\nband a = layers "a"\ncohort c = n > 3\nroute c -> a: block\n',
    "cohort c = has n and n > 3",
  ],
  [
    "a suppression of nothing, with its line",
    'band a = layers "a"\n// gov-ignore GOV7003: once\nroute all -> a: 50%\n',
    '"a"\nroute',
  ],
  [
    "a suppression of nothing, at the end of a line",
    'band a = layers "a" // gov-ignore GOV2013: once\nroute all -> a: 50%\n',
    '"a"\nroute',
  ],
])("%s", (_, text, fixed) => {
  const result = fixPolicy(inputOf(text));
  expect(result.text).toContain(fixed);
  expect(result.applied).toHaveLength(1);
  expect(result.remaining).toEqual([]);
});

describe("unused imports", () => {
  const modules = { "m.gov": 'module m\nband a = layers "a"\nband b = layers "b"\nband c = layers "c"\n' };
  it.each([
    ["the first", "{ c, a, b }", "{ a, b }", "a, b"],
    ["the one in the middle", "{ a, c, b }", "{ a, b }", "a, b"],
    ["the last", "{ a, b, c }", "{ a, b }", "a, b"],
    ["with another name", "{ a, b, c as d }", "{ a, b }", "a, b"],
    ["two side by side", "{ b, c, a }", "{ a }", "a"],
  ])("%s", (_, names, left, used) => {
    const text = `import ${names} from "m.gov"\nroute all -> ${used}: 50%\n`;
    expect(fixPolicy(inputOf(text, modules)).text).toBe(
      `import ${left} from "m.gov"\nroute all -> ${used}: 50%\n`,
    );
  });

  it("all of them, with the import", () => {
    expect(fixPolicy(inputOf('import { a, b } from "m.gov"\n', modules)).text).toBe("\n");
  });
});

it("applies a fix that another one brings to light", () => {
  const { text, remaining } = fixPolicy(inputOf("band a = layers 'a'\nroute all -> a: 0\nnever all -> a\n"));
  expect(text).toBe('band a = layers "a"\nroute all -> a: block\nnever all -> a\n');
  expect(remaining).toEqual([]);
});

it("leaves the files that a policy imports alone", () => {
  const input = inputOf('import { a } from "m.gov"\nroute all -> a: 50%\n', {
    "m.gov": "band a = layers 'a'\n",
  });
  const { text, applied, remaining } = fixPolicy(input);
  expect([text, applied]).toEqual([input.sources.get("policy.gov"), []]);
  expect(remaining.map(({ code }) => code)).toContain("GOV1001");
});

it("applies edits from the end, so that each is where it was meant", () => {
  const source = createSourceText("a.gov", "one two three");
  const edits = [
    { span: spanAt(source, 0, 3), replacement: "1" },
    { span: spanAt(source, 8, 13), replacement: "3" },
    { span: spanAt(source, 4, 4), replacement: ">" },
  ];
  expect(applyEdits(source.text, edits)).toBe("1 >two 3");
});

const corpus = ["check", "syntax"].flatMap((part) => {
  const folder = fileURLToPath(new URL(`../corpus/${part}/`, import.meta.url));
  return readdirSync(folder).map((name) => `${folder}${name}/`);
});

test("the corpus, case by case: no fix adds errors, and none is left that could be applied", () => {
  const fixed: string[] = [];
  for (const folder of corpus.filter((path) => existsSync(`${path}policy.gov`))) {
    const input = readCase(folder);
    const result = fixPolicy(input);
    if (result.applied.length > 0) fixed.push(folder);
    const after = { ...input, sources: new Map([...input.sources, ["policy.gov", result.text]]) };
    expect(compile(after).diagnostics, folder).toEqual(result.remaining);
    expect(fixPolicy(after).applied, folder).toEqual([]);
    const syntaxErrors = (said: typeof result.remaining): number =>
      said.filter(({ code, severity }) => severity === "error" && code.startsWith("GOV1")).length;
    expect(syntaxErrors(result.remaining), folder).toBeLessThanOrEqual(
      syntaxErrors(compile(input).diagnostics),
    );
  }
  expect(fixed.length).toBeGreaterThan(10);
});
