/**
 * The package as its users get it: packed, installed in a folder of its own, and used. `npm run smoke`; it needs the
 * registry, or a cache of it.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gov-package-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const [packed] = JSON.parse(
  // What `prepare` says while it builds would stand before the JSON.
  execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", folder], {
    cwd: ROOT,
    encoding: "utf8",
  }).replace(/^[^[]*/, ""),
);
const paths = packed.files.map(({ path }) => path);
console.log(`packed ${packed.filename}: ${paths.length} files, ${Math.round(packed.size / 1024)} KiB`);

for (const path of [
  "package.json",
  "README.md",
  "LICENSE",
  "dist/src/cli/main.js",
  "dist/src/cli/chunks/LICENSES.txt",
  "dist/src/index.js",
  "dist/src/index.d.ts",
  "dist/src/format/prettier-plugin.js",
  "dist/grammar/parser.js",
  "examples/00-starter/experiment.js",
  "examples/00-starter/policy.gov",
  ...readdirSync(join(ROOT, "stdlib"))
    .filter((name) => name.endsWith(".gov"))
    .map((name) => `stdlib/${name}`),
  ...readdirSync(join(ROOT, "docs/codes")).map((name) => `docs/codes/${name}`),
])
  assert(paths.includes(path), `${path} is packed`);
const surplus = paths.filter((path) => /^(?:src|test|bench|runs|node_modules|\.)/.test(path));
assert.deepEqual(surplus, [], "nothing but what runs is packed");

writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", join(folder, packed.filename)]);
const gov = join(folder, "node_modules/.bin/gov");

run(gov, ["--version"], packed.version);
run(gov, ["init", "mine"], "wrote mine/policy.gov");
run(gov, ["check", "mine", "--max-warnings", "0"], "no problems in 1 file");
run(gov, ["fmt", "--check", "mine"]);
run(gov, ["explain", "GOV4012"], "model file not found");
run(gov, ["why", "mine/policy.gov", "--example", '{"id": "a", "reviewed": false}'], "features  block");
const greeting = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { capabilities: {} },
});
const served = spawnSync(gov, ["lsp", "--stdio"], {
  input: `Content-Length: ${greeting.length}\r\n\r\n${greeting}`,
  encoding: "utf8",
  timeout: 20_000,
});
assert.match(served.stdout, /"completionProvider"/, "the language server answers");
run(gov, ["model", "mine/experiment.js", "-o", "mine/model.json"]);
run(gov, ["plan", "mine/policy.gov", "--model", "mine/model.json"], "features/first: kernel [2, 32]");
run(gov, ["run", "mine/experiment.js", "--epochs", "2", "--baseline"], "Finished");
const record = readdirSync(join(folder, "runs")).find((name) => name !== "latest");
run(gov, ["verify", `runs/${record}`], "verifies");

writeFileSync(
  join(folder, "library.js"),
  `import { compile, formatText, govern, defineExperiment, selectBackend } from "strata-gov";
const { ir } = compile({ entry: "a.gov", sources: new Map([["a.gov", "policy a\\n"]]) });
console.log(ir.policy.name, typeof govern, typeof defineExperiment, (await formatText("policy   a")).formatted);
console.log((await selectBackend("wasm")).name);`,
);
run(process.execPath, ["library.js"], "a function function policy a\n\nwasm");
writeFileSync(
  join(folder, "typed.ts"),
  `import { compile, defineExperiment, type Compilation, type Diagnostic, type Governor } from "strata-gov";
import { languages } from "strata-gov/prettier";
const made: Compilation = compile({ entry: "a.gov", sources: new Map() });
export const found: readonly Diagnostic[] = made.diagnostics;
export type Name = Governor["policy"]["name"];
// @ts-expect-error an experiment needs a model
defineExperiment({ name: "a", policy: "a.gov", epochs: 1 });
export const extension: string | undefined = languages[0]?.extensions?.[0];`,
);
const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
const strict = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", "--types", "node"];
const types = ["--typeRoots", join(ROOT, "node_modules/@types"), "--skipLibCheck"];
run(process.execPath, [compiler, ...strict, ...types, "typed.ts"]);
console.log("the package works");

function run(program, words, expected = "") {
  // What is expected is plain text, whether or not the runner that started this one asks for colours.
  const env = { ...process.env, FORCE_COLOR: "0" };
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd: folder, encoding: "utf8", env });
  const shown = [basename(program), ...words].join(" ");
  assert.equal(status, 0, `${shown}\n${error ?? ""}${stdout}${stderr}`);
  assert(stdout.includes(expected), `${shown} does not say \`${expected}\`:\n${stdout}${stderr}`);
  console.log(`ok  ${shown}`);
}
