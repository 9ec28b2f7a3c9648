import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { loadPolicy, loadPolicyText, type LoadedPolicy } from "../../src/project/load.ts";
import { packageVersion } from "../../src/project/package.ts";
import { showKey, showPath } from "../../src/project/root.ts";

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gov-project-")));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function load(folder: string, path: string): LoadedPolicy {
  const loaded = loadPolicy(path, folder);
  if (loaded.kind === "problem") throw new Error(loaded.problem);
  return loaded;
}

function codesOf(loaded: LoadedPolicy): readonly string[] {
  return compile(loaded).diagnostics.map(({ code }) => code);
}

test("keys are relative to the nearest folder with a package.json, wherever the command is called", () => {
  const folder = folderOf({ "package.json": "{}", "deep/down/a.gov": "policy a\n" });
  for (const [where, path] of [
    [folder, "deep/down/a.gov"],
    [join(folder, "deep"), "down/a.gov"],
    ["/", join(folder, "deep/down/a.gov")],
  ] as const)
    expect(loadPolicy(path, where)).toMatchObject({ kind: "loaded", root: folder, entry: "deep/down/a.gov" });
});

test("without a package.json or .git the policy's own folder is the root", () => {
  const folder = folderOf({ "deep/a.gov": "policy a\n" });
  expect(load(folder, "deep/a.gov")).toMatchObject({ root: join(folder, "deep"), entry: "a.gov" });
});

test("imports, imports of imports and the model come along, each once, cycles included", () => {
  const folder = folderOf({
    "package.json": "{}",
    "policies/a.gov":
      'policy a\nimport { x } from "../lib/m"\nimport { y } from "../lib/n.gov"\nmodel "model.json"\n',
    "policies/model.json": "{}",
    "lib/m.gov": 'module m\nimport { y } from "n.gov"\nband x = all\n',
    "lib/n.gov": 'module n\nimport { x } from "m.gov"\nband y = all\n',
    "lib/unused.gov": "module u\n",
  });
  const { sources } = load(folder, "policies/a.gov");
  expect([...sources.keys()].toSorted()).toEqual([
    "lib/m.gov",
    "lib/n.gov",
    "policies/a.gov",
    "policies/model.json",
  ]);
});

test("the library is there for whoever imports from it", () => {
  const folder = folderOf({
    "a.gov": 'policy a\nimport { finite_loss } from "std/guards"\napply finite_loss()\n',
  });
  const loaded = load(folder, "a.gov");
  expect(loaded.sources.has("std/guards")).toBe(true);
  expect(codesOf(loaded)).toEqual([]);
  const misspelt = folderOf({ "a.gov": 'policy a\nimport { finite_loss } from "std/gaurds"\n' });
  const [diagnostic] = compile(load(misspelt, "a.gov")).diagnostics;
  expect(diagnostic).toMatchObject({ code: "GOV2004", help: "did you mean `std/guards`?" });
});

test("an import that leads nowhere is the policy's mistake, with the nearest name", () => {
  const folder = folderOf({
    "package.json": "{}",
    "a.gov": 'policy a\nimport { x } from "lib/guadrs.gov"\n',
    "lib/guards.gov": "module g\nband x = all\n",
  });
  const [diagnostic] = compile(load(folder, "a.gov")).diagnostics;
  expect(diagnostic).toMatchObject({ code: "GOV2004", help: "did you mean `lib/guards.gov`?" });
});

test("an import cannot leave the project", () => {
  const folder = folderOf({
    "project/package.json": "{}",
    "project/a.gov": 'policy a\nimport { x } from "../secret.gov"\n',
    "secret.gov": "module s\nband x = all\n",
  });
  const loaded = load(folder, "project/a.gov");
  expect(codesOf(loaded)).toEqual(["GOV2007"]);
  expect([...loaded.sources.keys()]).toEqual(["a.gov"]);
});

test("a folder of the import's name does not stand in the module's way", () => {
  const folder = folderOf({
    "package.json": "{}",
    "a.gov": 'policy a\nimport { x } from "lib"\nroute all -> x: 50%\n',
    "lib/other.gov": "module o\n",
    "lib.gov": "module l\nband x = all\n",
  });
  expect(codesOf(load(folder, "a.gov"))).toEqual([]);
});

test("a byte order mark and foreign line breaks are no matter", () => {
  const folder = folderOf({ "a.gov": "\ufeffpolicy a\r\nband x = all\r\n" });
  expect(codesOf(load(folder, "a.gov"))).toEqual([]);
});

const LATIN = Uint8Array.from([0x70, 0xe4, 0x68]);

test.each([
  ["nothing there", {}, "a.gov", "there is no such file"],
  ["no folder", {}, "no/a.gov", "there is no such file: its folder is not there either"],
  ["a folder", { "a.gov/x": "" }, "a.gov", "this is a folder, not a file"],
  ["another encoding", { "a.gov": LATIN }, "a.gov", "this is not UTF-8 text"],
  ["a device", {}, "/dev/zero", "this is a device, not a file"],
  ["a name that no file has", {}, "a\0.gov", "its name holds a character that no file name has"],
  [
    "a module in another encoding",
    { "a.gov": 'policy a\nimport { x } from "m.gov"\n', "m.gov": LATIN },
    "a.gov",
    "this is not UTF-8 text",
  ],
  [
    "a model in another encoding",
    { "a.gov": 'policy a\nmodel "m.json"\n', "m.json": LATIN },
    "a.gov",
    "this is not UTF-8 text",
  ],
] as const)("%s", (_, files, path, problem) => {
  expect(loadPolicy(path, folderOf(files))).toMatchObject({ kind: "problem", problem });
});

test("links that go round in a circle", () => {
  const folder = folderOf({});
  symlinkSync("a.gov", join(folder, "a.gov"));
  expect(loadPolicy("a.gov", folder)).toMatchObject({ problem: "its symbolic links go round in a circle" });
});

test("a pipe can be read", () => {
  const folder = folderOf({});
  execFileSync("mkfifo", [join(folder, "pipe")]);
  // The writer waits until somebody reads.
  spawn("sh", ["-c", "printf 'policy a\\n' > pipe"], { cwd: folder, stdio: "ignore" });
  expect(load(folder, "pipe").sources.get("pipe")).toBe("policy a\n");
});

test("a text at hand is loaded as if it lay at its path", () => {
  const folder = folderOf({ "package.json": "{}", "lib/m.gov": "module m\nband x = all\n" });
  const bytes = new TextEncoder().encode('policy a\nimport { x } from "m.gov"\nroute all -> x: 50%\n');
  const loaded = loadPolicyText(bytes, "lib/new.gov", folder);
  expect(loaded).toMatchObject({ kind: "loaded", entry: "lib/new.gov" });
  if (loaded.kind === "loaded") expect(codesOf(loaded)).toEqual([]);
  expect(loadPolicyText(LATIN, "a.gov", folder)).toMatchObject({ problem: "this is not UTF-8 text" });
});

const PROBED = (path: string): string =>
  `policy a\nbehavior b = probe "${path}"\nprovenance { trace all toward b every 5 steps }\n`;

test("a probe is looked for and not read: there, missing beside others, a folder, a link that leads nowhere", () => {
  const folder = folderOf({
    "package.json": "{}",
    "policies/there.gov": PROBED("probes/sevens.jsonl"),
    "policies/missing.gov": PROBED("probes/seven.jsonl"),
    "policies/folder.gov": PROBED("probes"),
    "policies/dangling.gov": PROBED("annexed.jsonl"),
    "policies/hostile.gov": PROBED("probes/\\u{0}\\n"),
    // No text at all, and fit to be a probe's file only by its name.
    "policies/probes/sevens.jsonl": LATIN,
  });
  symlinkSync("../annex/objects/none", join(folder, "policies/annexed.jsonl"));
  const saidOf = (name: string): readonly unknown[] =>
    compile(load(folder, `policies/${name}.gov`)).diagnostics.map(({ code, help }) => [code, help]);
  const elsewhere = "a run that traces toward `b` needs it to begin; paths are relative to this file";
  expect(saidOf("there")).toEqual([]);
  expect(saidOf("missing")).toEqual([["GOV6006", "did you mean `probes/sevens.jsonl`?"]]);
  expect(saidOf("folder")).toEqual([["GOV6006", elsewhere]]);
  expect(saidOf("dangling")).toEqual([["GOV6006", elsewhere]]);
  expect(saidOf("hostile")).toEqual([["GOV6006", elsewhere]]);
  expect(load(folder, "policies/there.gov").sources.has("policies/probes/sevens.jsonl")).toBe(false);
});

test("of a probe nothing is said where the text lies nowhere", () => {
  const folder = folderOf({ "package.json": "{}" });
  const bytes = new TextEncoder().encode(PROBED("sevens.jsonl"));
  const said = [undefined, "a.gov"].map((path) => {
    const loaded = loadPolicyText(bytes, path, folder);
    return loaded.kind === "loaded" ? codesOf(loaded) : loaded.problem;
  });
  expect(said).toEqual([[], ["GOV6006"]]);
});

test("files are shown as one would write them from where one is", () => {
  expect(showKey("lib/a.gov", "/home/me/project", "/home/me/project/lib")).toBe("a.gov");
  expect(showKey("std/guards", "/home/me/project", "/home/me/project")).toBe("std/guards");
  expect(showPath("../a.gov", "/home/me/project")).toBe("../a.gov");
  expect(showPath("/etc/a.gov", "/home/me/project")).toBe("/etc/a.gov");
  expect(showPath(".", "/home/me")).toBe(".");
});

test("the version is the package's", () => {
  expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
});
