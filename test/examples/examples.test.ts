/** The policies of the examples as their readers meet them; `.ci/run` trains under each of them for an epoch. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compile, type Compilation } from "../../src/compile.ts";
import { formatText } from "../../src/format/format.ts";
import { loadPolicy } from "../../src/project/load.ts";
import { packageFile } from "../../src/project/package.ts";
import { coverageRatio, coverTests } from "../../src/reason/coverage.ts";
import { gov } from "../cli/gov.ts";
import { runTests } from "../../src/reason/tests/run.ts";

const FOLDER = packageFile("examples");
const EXAMPLES = readdirSync(FOLDER).filter((name) => /^\d\d-/.test(name));

function compileExample(name: string): Compilation {
  const loaded = loadPolicy(join(FOLDER, name, "policy.gov"), FOLDER);
  if (loaded.kind === "problem") throw new Error(loaded.problem);
  return compile(loaded);
}

test("every example has its README, and is found by that of the project", () => {
  expect(EXAMPLES.length).toBeGreaterThan(1);
  const readme = readFileSync(packageFile("README.md"), "utf8");
  for (const name of EXAMPLES) {
    expect(existsSync(join(FOLDER, name, "README.md"))).toBe(true);
    if (!name.startsWith("00-")) expect(readme).toContain(`(examples/${name}/README.md)`);
  }
});

test.each(EXAMPLES)("%s checks without a warning and is laid out", async (name) => {
  expect(compileExample(name).diagnostics).toEqual([]);
  const text = readFileSync(join(FOLDER, name, "policy.gov"), "utf8");
  expect((await formatText(text)).formatted).toBe(text);
});

// The starter is the least that one can begin with.
test.each(EXAMPLES.filter((name) => !name.startsWith("00-")))(
  "the tests of %s pass and look at everything",
  (name) => {
    const { policy, diagnostics } = compileExample(name);
    if (policy === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
    const results = runTests(policy);
    expect(results.filter(({ failures }) => failures.length > 0).map(({ test: { title } }) => title)).toEqual(
      [],
    );
    expect(coverageRatio([coverTests(policy, results)])).toBe(1);
  },
);

test("what example 6 says its policy makes of the papers is what it makes of them", async () => {
  const folder = join(FOLDER, "06-regulated-release");
  const words = ["papers.csv", "--policy", "policy.gov", "--set", "std/retention#today=2026-06-01"];
  const { code, out } = await gov(folder, ["data", ...words, "--format", "json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    ...{ examples: 6000, admitted: 5400 },
    refused: [{ otherwise: "reject", examples: 600 }],
    bands: [
      {
        band: "all",
        weights: [
          { weights: [0], examples: 1800 },
          { weights: [1], examples: 3600 },
        ],
      },
    ],
  });
});
