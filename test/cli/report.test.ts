import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { report } from "../../src/cli/commands/report.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { KEY } from "../evidence/written-run.ts";
import { createRunFolder } from "../../src/evidence/run-folder.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { folderWith } from "./tiny-experiment.ts";

/** A folder with two runs in `runs`. */
async function runs(): Promise<string> {
  const folder = folderWith({});
  for (const id of ["2026-01-01T000000.000Z-aa", "2026-01-02T000000.000Z-bb"]) {
    const run = await createRunFolder({ root: join(folder, "runs"), id, files: {}, key: KEY });
    for (const event of syntheticEvents({ steps: 60, ending: "finished" })) run.recorder(event);
    await run.close();
  }
  return folder;
}

const OLDER = "runs/2026-01-01T000000.000Z-aa";
const NEWER = "runs/2026-01-02T000000.000Z-bb";

test.each([
  [OLDER, OLDER],
  ["runs", NEWER],
  ["latest", NEWER],
  ["runs/latest", NEWER],
])("gov report %s writes the page of %s", async (run, expected) => {
  const folder = await runs();
  const { terminal, out, err } = recordTerminal(folder);
  expect(await report({ run, output: undefined }, terminal)).toBe(EXIT.clean);
  expect(err()).toBe("");
  expect(out()).toBe(`${expected}/report.html\n`);
  expect(readFileSync(join(folder, expected, "report.html"), "utf8")).toMatch(/^<!doctype html>/);
});

test("a damaged record gives a page, and the terminal says what is wrong", async () => {
  const folder = await runs();
  appendFileSync(join(folder, OLDER, "ledger", "checkpoint"), "not a signature\n");
  const { terminal, out, err } = recordTerminal(folder);
  expect(await report({ run: OLDER, output: "page.html" }, terminal)).toBe(EXIT.clean);
  expect(out()).toBe("page.html\n");
  expect(err()).toMatch(
    /^warning: the record does not verify: gov verify tells more\n {2}ledger\/checkpoint:6: /,
  );
  expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("The record does not verify");
});

test.each([
  ["nowhere", /^gov: there is no run nowhere: name a run's folder/],
  ["package.json", /^gov: there is no run in package\.json/],
  ["empty", /^gov: there is no run in empty/],
])("gov report %s says that there is no run, and writes nothing", async (run, expected) => {
  const folder = folderWith({});
  mkdirSync(join(folder, "empty"));
  const { terminal, err } = recordTerminal(folder);
  expect(await report({ run, output: undefined }, terminal)).toBe(EXIT.failed);
  expect(err()).toMatch(expected);
  expect(existsSync(join(folder, "empty", "report.html"))).toBe(false);
});
