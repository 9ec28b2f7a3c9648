/** What only a process of its own shows: exit codes, broken pipes and colours. */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { folderWith } from "./tiny-experiment.ts";

/** As it was built by `npm test`. */
const MAIN = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

const WRONG = "policy a\nroute all -> y: full\n";

function gov(
  folder: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [MAIN, ...words], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...environment },
  });
}

test("the exit code is the process's, and a pipe sees no colours", () => {
  const { status, stdout, stderr } = gov(folderWith({ "a.gov": WRONG }), ["check", "a.gov"]);
  expect({ status, stderr }).toEqual({ status: EXIT.errors, stderr: "" });
  expect(stdout).toContain("error[GOV2001]");
  expect(stdout).not.toContain("\u001b");
});

test("a project's configuration is read by the command as it is built", () => {
  const rules = (severity: string): string => JSON.stringify({ rules: { GOV4012: severity } });
  const folder = folderWith({ "a.gov": 'policy a\nmodel "missing.json"\n', "gov.config.json": rules("off") });
  const quiet = gov(folder, ["check", "a.gov"]);
  expect([quiet.status, quiet.stdout, quiet.stderr]).toEqual([EXIT.clean, "no problems in 1 file\n", ""]);
  writeFileSync(join(folder, "gov.config.json"), rules("eror"));
  const broken = gov(folder, ["check", "a.gov"]);
  expect(broken.status).toBe(EXIT.failed);
  expect(broken.stderr).toMatch(
    /^gov: `gov\.config\.json`: line 1: `rules\.GOV4012` is not one of its values\n/,
  );
});

test("FORCE_COLOR colours a pipe, too", () => {
  const { stdout } = gov(folderWith({ "a.gov": WRONG }), ["check", "a.gov"], { FORCE_COLOR: "1" });
  expect(stdout).toContain("\u001b[31m");
});

test("a reader that goes away ends the command quietly", () => {
  const folder = folderWith({ "a.gov": `policy a\n${"route all -> y: full\n".repeat(3000)}` });
  const command = [process.execPath, MAIN, "check", "a.gov"].map((word) => `'${word}'`).join(" ");
  const { stdout, stderr } = spawnSync("sh", ["-c", `${command} | head -n 1`], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  expect(stdout).toMatch(/^error\[GOV2001\].*\n$/);
  expect(stderr).toBe("");
});

test("a server of editors ends with its input, be it a pipe or a file", () => {
  const folder = folderWith({});
  for (const input of ["</dev/null", "< <(true)"]) {
    const command = `'${process.execPath}' '${MAIN}' lsp --stdio ${input}`;
    expect(spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8" }).status).toBe(EXIT.clean);
  }
});
