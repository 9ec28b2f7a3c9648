import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov, inputOf } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const DIGITS = 'policy a\n\nband x = layers "x"\n\nroute all -> x: 0\nnever all -> x\n';
const FIXED = DIGITS.replace(": 0", ": block");
const WRONG = 'policy a\nband x = layers "x"\nroute all -> y: 0\n';

function project(text: string): string {
  const folder = folderWith({});
  writeFileSync(join(folder, "a.gov"), text);
  return folder;
}

function read(folder: string): string {
  return readFileSync(join(folder, "a.gov"), "utf8");
}

test.each([[[]], [["--write"]]])("writes what it fixes: %j", async (words) => {
  const folder = project(DIGITS);
  expect(await gov(folder, ["fix", "a.gov", ...words])).toEqual({
    code: EXIT.clean,
    out: "a.gov:5:17: write `block` (GOV7002)\n",
    err: "applied 1 fix in 1 file\n",
  });
  expect(read(folder)).toBe(FIXED);
});

test("--dry-run lists, and changes nothing", async () => {
  const folder = project(DIGITS);
  const { code, out, err } = await gov(folder, ["fix", ".", "--dry-run"]);
  expect([code, out]).toEqual([EXIT.clean, "a.gov:5:17: write `block` (GOV7002)\n"]);
  expect(err).toBe("would apply 1 fix in 1 file\n");
  expect(read(folder)).toBe(DIGITS);
});

test("--diff shows the change, and changes nothing", async () => {
  const folder = project(DIGITS);
  const { out } = await gov(folder, ["fix", "a.gov", "--diff"]);
  expect(out).toContain("+++ a.gov (fixed)\n");
  expect(out).toContain("-route all -> x: 0\n+route all -> x: block\n");
  expect(read(folder)).toBe(DIGITS);
});

test("what the project has turned off is left as it is", async () => {
  const folder = project(DIGITS);
  writeFileSync(join(folder, "gov.config.json"), '{ "rules": { "GOV7002": "off" } }');
  expect((await gov(folder, ["fix", "a.gov"])).err).toBe("nothing to fix\n");
  expect(read(folder)).toBe(DIGITS);
});

test("standard input goes to standard output", async () => {
  const { out } = await gov(folderWith({}), ["fix", "-"], inputOf(DIGITS));
  expect(out).toBe(FIXED);
});

test("errors that no fix removes decide the exit code", async () => {
  const { code, err } = await gov(project(WRONG), ["fix", "a.gov"]);
  expect(code).toBe(EXIT.errors);
  expect(err).toMatch(/^nothing to fix; \d problems? left, see gov check\n$/);
});

test("what cannot be read is said", async () => {
  const { code, err } = await gov(folderWith({}), ["fix", "b.gov"]);
  expect(code).toBe(EXIT.failed);
  expect(err).toContain("`b.gov`: there is no such file");
});
