import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov, inputOf } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const CLEAN = "policy a\nband x = all\nroute all -> x: 50%\n";
const WRONG = "policy a\nband x = all\nroute all -> y: full\n";
/** The model's file is not there, which is a warning. */
const WARNED = 'policy a\nmodel "missing.json"\n';

function project(files: Readonly<Record<string, string>>): string {
  const folder = folderWith({});
  for (const [name, text] of Object.entries({ "package.json": "{}", ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test("a clean policy", async () => {
  const folder = project({ "a.gov": CLEAN });
  expect(await gov(folder, ["check", "a.gov"])).toEqual({
    code: EXIT.clean,
    out: "no problems in 1 file\n",
    err: "",
  });
});

test("an error is shown with its line, and decides the exit code", async () => {
  const { code, out } = await gov(project({ "a.gov": WRONG }), ["check", "a.gov"]);
  expect(code).toBe(EXIT.errors);
  expect(out).toContain("error[GOV2001]");
  expect(out).toContain("┌─ a.gov:3:14\n");
  expect(out).toMatch(/1 error in 1 file\n$/);
});

test.each([
  ["no limit", [], EXIT.clean],
  ["more than allowed", ["--max-warnings", "0"], EXIT.warnings],
  ["as many as allowed", ["--max-warnings", "1"], EXIT.clean],
])("warnings: %s", async (_, words, code) => {
  const folder = project({ "a.gov": WARNED });
  expect((await gov(folder, ["check", "a.gov", ...words])).code).toBe(code);
});

test("--quiet shows errors only, and counts warnings all the same", async () => {
  const folder = project({ "a.gov": WARNED, "b.gov": WRONG });
  expect(await gov(folder, ["check", "a.gov", "--quiet", "--max-warnings", "0"])).toEqual({
    code: EXIT.warnings,
    out: "",
    err: "",
  });
  const { out } = await gov(folder, ["check", ".", "--quiet", "--format", "compact"]);
  expect(out).toMatch(/^b\.gov:3:14: error\[GOV2001\].*\n$/);
});

test("a folder stands for the policies in and below it, without what was installed", async () => {
  const folder = project({
    "a.gov": CLEAN,
    "deep/b.gov": CLEAN,
    "node_modules/c.gov": WRONG,
    ".hidden/d.gov": WRONG,
    "deep/notes.txt": "",
  });
  expect((await gov(folder, ["check", "."])).out).toBe("no problems in 2 files\n");
  expect((await gov(folder, ["check", "deep", "deep/b.gov"])).out).toBe("no problems in 1 file\n");
});

test("a folder without policies is not a success", async () => {
  const { code, err } = await gov(project({ "deep/x.txt": "" }), ["check", "deep"]);
  expect(code).toBe(EXIT.failed);
  expect(err).toContain("no `.gov` file in deep");
});

test("a file that is not there is said with its nearest, and the others are still checked", async () => {
  const { code, out, err } = await gov(project({ "policy.gov": WRONG }), [
    "check",
    "polcy.gov",
    "policy.gov",
  ]);
  expect(code).toBe(EXIT.failed);
  expect(err).toBe("gov: `polcy.gov`: there is no such file\n  did you mean `policy.gov`?\n");
  expect(out).toMatch(/1 error in 1 file\n$/);
});

test("a mistake in a module that two policies import is told once", async () => {
  const policy = 'policy a\nimport { x } from "m.gov"\nroute all -> x: 50%\n';
  const folder = project({ "a.gov": policy, "b.gov": policy, "m.gov": "module m\nband x = nothing\n" });
  const { out } = await gov(folder, ["check", "a.gov", "b.gov", "--format", "json"]);
  const { files, errors, diagnostics } = JSON.parse(out) as {
    files: number;
    errors: number;
    diagnostics: readonly { file: string }[];
  };
  expect({ files, errors }).toEqual({ files: 2, errors: 1 });
  expect(diagnostics.map(({ file }) => file)).toEqual(["m.gov"]);
});

test("standard input is checked as if it lay where --stdin-filename says", async () => {
  const folder = project({ "deep/m.gov": "module m\nband x = all\n" });
  const text = 'policy a\nimport { x } from "m.gov"\nroute all -> x: 50%\n';
  const named = await gov(folder, ["check", "-", "--stdin-filename", "deep/new.gov"], inputOf(text));
  expect(named.out).toBe("no problems in 1 file\n");
  const unnamed = await gov(folder, ["check", "-"], inputOf(text));
  expect(unnamed.out).toContain("stdin.gov:2:19");
});

test("places are shown from where the command was called", async () => {
  const folder = project({ "deep/a.gov": WRONG });
  const { out } = await gov(join(folder, "deep"), ["check", "a.gov", "--format", "compact"]);
  expect(out).toMatch(/^a\.gov:3:14: /);
  const beside = await gov(join(folder, "deep"), ["check", "../deep/a.gov", "--format", "github"]);
  expect(beside.out).toMatch(/^::error file=a\.gov,line=3,col=14,/);
});

const MODEL = JSON.stringify({
  modelTopology: {
    config: { layers: [{ class_name: "Dense", config: { name: "code", units: 4 } }] },
  },
});

test("--model takes the place of the model that the policy names", async () => {
  const folder = project({
    "a.gov": 'policy a\nmodel "missing.json"\nband x = layers "cod"\n',
    "m.json": MODEL,
    "no.json": "[]",
  });
  expect((await gov(folder, ["check", "a.gov"])).code).toBe(EXIT.clean);
  const checked = await gov(folder, ["check", "a.gov", "--model", "m.json"]);
  expect(checked.code).toBe(EXIT.errors);
  expect(checked.out).toContain("did you mean `code`?");
  const unreadable = await gov(folder, ["check", "a.gov", "--model", "no.json"]);
  expect(unreadable.code).toBe(EXIT.failed);
  expect(unreadable.err).toContain("`no.json`: it cannot be read as a model");
});

test("--set sets params, and their mistakes are the policy's", async () => {
  const folder = project({
    "a.gov": "policy a\nparam w: float = 0.5 in 0..1\nband x = all\nroute all -> x: w\n",
  });
  expect((await gov(folder, ["check", "a.gov", "--set", "w=0.25"])).code).toBe(EXIT.clean);
  const outside = await gov(folder, ["check", "a.gov", "--set", "w=7"]);
  expect(outside.code).toBe(EXIT.errors);
  const unknown = await gov(folder, ["check", "a.gov", "--set", "v=1", "--format", "compact"]);
  expect(unknown.out).toContain("error[GOV2012]");
});
