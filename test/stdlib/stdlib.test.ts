/** The library as its users meet it: checked, laid out, and held against the Gov tests beside it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeLibraryPage } from "../../docs/generate-stdlib.ts";
import type { CheckedPolicy } from "../../src/check/policy.ts";
import { compile, type Compilation } from "../../src/compile.ts";
import { formatText } from "../../src/format/format.ts";
import { loadPolicy } from "../../src/project/load.ts";
import { packageFile } from "../../src/project/package.ts";
import { compileCohorts } from "../../src/reason/predicate.ts";
import { runTests } from "../../src/reason/tests/run.ts";
import type { Declaration } from "../../src/syntax/ast.ts";

const FOLDER = packageFile("stdlib");
const MODULES = listGov(FOLDER);
const TESTED = listGov(join(FOLDER, "tests"));

function listGov(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".gov"))
    .toSorted();
}

function compileFile(path: string, params?: ReadonlyMap<string, string>): Compilation {
  const loaded = loadPolicy(path, FOLDER);
  if (loaded.kind === "problem") throw new Error(loaded.problem);
  return compile({ ...loaded, ...(params && { params }) });
}

function checkedPolicy(path: string, params?: ReadonlyMap<string, string>): CheckedPolicy {
  const { policy, diagnostics } = compileFile(path, params);
  if (policy === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return policy;
}

function declarationsOf(path: string): readonly Declaration[] {
  const { files } = compileFile(path);
  return [...files.values()][0]?.file.declarations ?? [];
}

test("every module has its tests, and nothing else is tested", () => {
  expect(TESTED).toEqual(MODULES);
  expect(MODULES.length).toBeGreaterThan(10);
});

test.each([...MODULES, ...TESTED.map((name) => `tests/${name}`)])("%s checks and is laid out", async (path) => {
  const { diagnostics } = compileFile(path);
  expect(diagnostics.map(({ code }) => code)).toEqual([]);
  const text = readFileSync(join(FOLDER, path), "utf8");
  expect((await formatText(text)).formatted).toBe(text);
});

test.each(MODULES)("%s says what it is and what each of its names is for", (path) => {
  const { files } = compileFile(path);
  const header = [...files.values()][0]?.file.header;
  expect(header).toMatchObject({ role: "module", version: { value: "1.0.0" } });
  expect(header?.name.text).toBe(path.replace(".gov", "").replaceAll("-", "_"));
  for (const declaration of declarationsOf(path))
    expect("documentation" in declaration && declaration.documentation !== "").toBe(true);
});

test.each(TESTED)("the tests in tests/%s import every name of the module, and pass", (path) => {
  const module = declarationsOf(path).flatMap((declaration) =>
    "name" in declaration ? [declaration.name.text] : [],
  );
  const { files, extents, network } = compileFile(`tests/${path}`);
  const imported = [...files.values()][0]?.file.imports.flatMap(({ names }) => names.map(({ name }) => name.text));
  expect(imported?.toSorted()).toEqual(module.toSorted());

  const policy = checkedPolicy(`tests/${path}`);
  expect(policy.tests.length).toBeGreaterThan(1);
  const results = runTests(policy, network && extents && { network, extents });
  expect(results.filter(({ failures }) => failures.length > 0).map(({ test: { title } }) => title)).toEqual([]);
});

test("the params of the library are set by their own names where they are imported, else by their full names", () => {
  const set = (name: string, path: string): unknown =>
    checkedPolicy(path, new Map([[name, "2026-06-01"]])).params.find(({ overridden }) => overridden)?.value;
  expect(set("today", "tests/retention.gov")).toBe("2026-06-01");
  expect(set("std/retention#today", "tests/regulated.gov")).toBe("2026-06-01");
});

test("docs/stdlib.md is what `npm run generate` writes", async () => {
  const page = await writeLibraryPage();
  for (const name of MODULES) expect(page).toContain(`## std/${name.replace(".gov", "")}`);
  expect(readFileSync(packageFile("docs/stdlib.md"), "utf8")).toBe(page);
});

// A test in Gov cannot give an example a loss.
test("a label is doubted by its loss once the first epochs are over", () => {
  const cohorts = compileCohorts(checkedPolicy("tests/noisy-labels.gov"));
  const isIn = (cohort: string, epoch: number, loss: number, entropy: number): boolean | undefined =>
    cohorts.get(cohort)?.({}, { epoch, step: 0, loss, entropy });
  expect(isIn("loud_examples", 1, 9, 0)).toBe(false);
  expect(isIn("loud_examples", 2, 9, 1)).toBe(true);
  expect(isIn("loud_examples", 2, 2.3, 1)).toBe(false);
  expect(isIn("surely_contradicted", 2, 9, 0.05)).toBe(true);
  expect(isIn("surely_contradicted", 2, 9, 0.5)).toBe(false);
});
