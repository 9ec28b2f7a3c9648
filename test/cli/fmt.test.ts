import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov, inputOf } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const TIDY = "policy a\n\nband x = all\n";
const LOOSE = "policy   a\n\nband x=all";
const BROKEN = "policy a\nband = = all\n";

function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

test("files are laid out, and those that were so already are left alone", async () => {
  const folder = folderWith({ "a.gov": TIDY, "b.gov": LOOSE });
  const before = statSync(join(folder, "a.gov")).mtimeMs;
  const { code, out, err } = await gov(folder, ["fmt", "."]);
  expect({ code, out }).toEqual({ code: EXIT.clean, out: "b.gov\n" });
  expect(err).toBe("laid out 1 file, left 1 as they were\n");
  expect(read(folder, "b.gov")).toBe(TIDY);
  expect(statSync(join(folder, "a.gov")).mtimeMs).toBe(before);
});

test("the policy in a run's record is evidence, and is left as it was", async () => {
  const folder = folderWith({ "a.gov": TIDY });
  const run = join(folder, "runs", "one");
  mkdirSync(join(run, "ledger"), { recursive: true });
  writeFileSync(join(run, "ledger", "checkpoint"), "");
  writeFileSync(join(run, "b.gov"), LOOSE);
  expect((await gov(folder, ["fmt", "."])).err).toBe("1 file left as they were\n");
  expect(read(run, "b.gov")).toBe(LOOSE);
});

test("a file with syntax errors is never touched", async () => {
  const folder = folderWith({ "a.gov": BROKEN, "b.gov": LOOSE });
  const { code, err } = await gov(folder, ["fmt", "a.gov", "b.gov"]);
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("┌─ a.gov:2:");
  expect(read(folder, "a.gov")).toBe(BROKEN);
  expect(read(folder, "b.gov")).toBe(TIDY);
});

test("--check changes nothing and names the files", async () => {
  const folder = folderWith({ "a.gov": TIDY, "b.gov": LOOSE });
  expect(await gov(folder, ["fmt", "--check", "."])).toEqual({
    code: EXIT.unformatted,
    out: "b.gov\n",
    err: "",
  });
  expect(read(folder, "b.gov")).toBe(LOOSE);
  expect((await gov(folder, ["fmt", "--check", "a.gov"])).code).toBe(EXIT.clean);
  const { code, out } = await gov(folder, ["fmt", "--check", ".", "--format", "json"]);
  expect(code).toBe(EXIT.unformatted);
  expect(JSON.parse(out)).toMatchObject({
    files: [
      { file: "a.gov", formatted: true },
      { file: "b.gov", formatted: false },
    ],
    diagnostics: [{ code: "GOV7005", file: "b.gov", line: 1, column: 8 }],
  });
});

test("--diff changes nothing and shows what would change", async () => {
  const folder = folderWith({ "b.gov": LOOSE });
  const { code, out } = await gov(folder, ["fmt", "--diff", "b.gov"]);
  expect(code).toBe(EXIT.clean);
  expect(out).toBe(
    "--- b.gov\n+++ b.gov (laid out)\n@@ -1,3 +1,3 @@\n-policy   a\n+policy a\n \n" +
      "-band x=all\n\\ No newline at end of file\n+band x = all\n",
  );
  expect(read(folder, "b.gov")).toBe(LOOSE);
});

test("standard input goes to standard output", async () => {
  const folder = folderWith({});
  expect(await gov(folder, ["fmt", "-"], inputOf(LOOSE))).toEqual({ code: EXIT.clean, out: TIDY, err: "" });
  expect(await gov(folder, ["fmt", "-"], inputOf(TIDY))).toEqual({ code: EXIT.clean, out: TIDY, err: "" });
  const broken = await gov(folder, ["fmt", "-"], inputOf(BROKEN));
  expect(broken).toMatchObject({ code: EXIT.errors, out: "" });
  expect((await gov(folder, ["fmt", "--check", "-"], inputOf(LOOSE))).code).toBe(EXIT.unformatted);
});

test("a link stays a link, and a mode what it was", async () => {
  const folder = folderWith({ "b.gov": LOOSE });
  chmodSync(join(folder, "b.gov"), 0o640);
  symlinkSync("b.gov", join(folder, "link.gov"));
  expect((await gov(folder, ["fmt", "link.gov"])).code).toBe(EXIT.clean);
  expect(lstatSync(join(folder, "link.gov")).isSymbolicLink()).toBe(true);
  expect(read(folder, "b.gov")).toBe(TIDY);
  expect(statSync(join(folder, "b.gov")).mode & 0o777).toBe(0o640);
});

test("a file that is not there", async () => {
  const { code, err } = await gov(folderWith({}), ["fmt", "x.gov"]);
  expect(code).toBe(EXIT.failed);
  expect(err).toContain("`x.gov`: there is no such file");
});
