import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const FILES = ["README.md", "experiment.js", "policy.gov"];

test("what gov init writes is clean, laid out, and runs as it stands", async () => {
  const folder = folderWith({});
  const { code, out, err } = await gov(folder, ["init", "mine"]);
  expect({ code, err }).toEqual({ code: EXIT.clean, err: "" });
  expect(readdirSync(join(folder, "mine")).toSorted()).toEqual(FILES);
  expect(out).toContain("gov check mine/policy.gov\n");

  expect((await gov(folder, ["check", "mine", "--max-warnings", "0"])).code).toBe(EXIT.clean);
  expect((await gov(folder, ["fmt", "--check", "mine"])).code).toBe(EXIT.clean);
  // The very command that init proposes.
  const example = /--example '(.*)'/.exec(out)?.[1] ?? "";
  const answer = await gov(folder, ["why", "mine/policy.gov", "--example", example]);
  expect(answer.out).toMatch(/features +block\n +decides unreviewed -> features: block/);

  const run = await gov(folder, ["run", "mine/experiment.js", "--epochs", "1", "--backend", "cpu"]);
  expect({ code: run.code, err: run.err }).toEqual({ code: EXIT.clean, err: "" });
  const [id] = readdirSync(join(folder, "runs")).filter((name) => name !== "latest");
  expect((await gov(folder, ["verify", `runs/${id ?? ""}`])).code).toBe(EXIT.clean);
});

test("files that are there are kept, all of them, unless --force says otherwise", async () => {
  const folder = folderWith({ "policy.gov": "mine" });
  const refused = await gov(folder, ["init"]);
  expect(refused.code).toBe(EXIT.failed);
  expect(refused.err).toContain("`policy.gov` is there already");
  expect(readdirSync(folder).filter((name) => FILES.includes(name))).toEqual(["policy.gov"]);
  expect(readFileSync(join(folder, "policy.gov"), "utf8")).toBe("mine");

  expect((await gov(folder, ["init", "--force"])).code).toBe(EXIT.clean);
  expect(readFileSync(join(folder, "policy.gov"), "utf8")).toMatch(/policy starter/);
});

test("a folder that cannot be made", async () => {
  const folder = folderWith({});
  writeFileSync(join(folder, "taken"), "");
  const { code, err } = await gov(folder, ["init", "taken/mine"]);
  expect(code).toBe(EXIT.failed);
  expect(err).toMatch(
    /^gov: cannot write .*: a part of the path is not a folder\n {2}name a folder .*gov init NAME\n$/,
  );
});
