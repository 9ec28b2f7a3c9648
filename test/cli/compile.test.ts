import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { readIr } from "../../src/ir/read.ts";
import { gov } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const POLICY = "policy a\nparam w: float = 0.5\nband x = all\nroute all -> x: w\n";

test("the compiled form goes to standard output, and reads back", async () => {
  const { code, out, err } = await gov(folderWith({ "a.gov": POLICY }), ["compile", "a.gov"]);
  expect({ code, err }).toEqual({ code: EXIT.clean, err: "" });
  const { ir } = readIr(JSON.parse(out));
  expect(ir?.policy.rules[0]?.weight).toBe(0.5);
});

test("-o writes the same bytes to a file, and leaves nothing else behind", async () => {
  const folder = folderWith({ "a.gov": POLICY });
  const { code, out, err } = await gov(folder, ["compile", "a.gov", "-o", "ir.json", "--set", "w=0.25"]);
  expect({ code, out }).toEqual({ code: EXIT.clean, out: "" });
  expect(err).toMatch(/^wrote ir\.json \([0-9a-f]{64}\)\n$/);
  const written = readFileSync(join(folder, "ir.json"), "utf8");
  expect(written).toBe((await gov(folder, ["compile", "a.gov", "--set", "w=0.25"])).out);
  expect(readdirSync(folder).toSorted()).toEqual(["a.gov", "ir.json", "package.json"]);
});

test("a policy with errors has no compiled form", async () => {
  const folder = folderWith({ "a.gov": "policy a\nroute all -> y: full\n" });
  const { code, out, err } = await gov(folder, ["compile", "a.gov", "-o", "ir.json"]);
  expect({ code, out }).toEqual({ code: EXIT.errors, out: "" });
  expect(err).toContain("error[GOV2001]");
  expect(existsSync(join(folder, "ir.json"))).toBe(false);
});

test("what cannot be written is said", async () => {
  const folder = folderWith({ "a.gov": POLICY });
  mkdirSync(join(folder, "taken"));
  const { code, err } = await gov(folder, ["compile", "a.gov", "-o", "taken"]);
  expect(code).toBe(EXIT.failed);
  expect(err).toContain("it is a folder");
});
