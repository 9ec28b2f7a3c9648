/**
 * The package as its users get it: packed, installed in a folder of its own, and used. `npm run smoke`; it needs the
 * registry, or a cache of it.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkAction, checkActionInCheckout } from "./action.js";
import { checkHooks } from "./pre-commit.js";

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
  "action.yml",
  "gov.js",
  "action.js",
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

// Prettier and `gov fmt` are two doors to one printer: they agree on what is laid out, and on how.
const prettier = join(folder, "node_modules/.bin/prettier");
const LOOSE = "policy   loose\nband x=all // kept\n";
writeFileSync(join(folder, ".prettierrc"), JSON.stringify({ plugins: ["strata-gov/prettier"] }));
run(prettier, ["--check", "**/*.gov"], "All matched files use Prettier code style!");
writeFileSync(join(folder, "loose.gov"), LOOSE);
run(prettier, ["--check", "**/*.gov"], { status: 1, says: "loose.gov" });
run(gov, ["fmt", "--check", "."], { status: 4, says: "loose.gov" });
run(gov, ["fmt", "--check", "-"], { status: 4, input: LOOSE });
run(gov, ["fmt", "--diff", "loose.gov"], "+policy loose\n+band x = all // kept\n");
const laidOut = run(gov, ["fmt", "-"], { input: LOOSE });
assert.equal(run(prettier, ["--stdin-filepath", "loose.gov"], { input: LOOSE }), laidOut);
run(prettier, ["--write", "**/*.gov"]);
assert.equal(readFileSync(join(folder, "loose.gov"), "utf8"), laidOut);
run(gov, ["fmt", "--check", "."]);
rmSync(join(folder, "loose.gov"));

// DuckDB is not installed along: what counts then is the built-in scan.
assert(!existsSync(join(folder, "node_modules/@duckdb")), "an optional package is not installed");
writeFileSync(join(folder, "manifest.csv"), "id,reviewed\na,true\nb,false\n");
run(gov, ["data", "manifest.csv", "--policy", "mine/policy.gov"], "2  take part");
run(gov, ["data", "manifest.csv", "--policy", "mine/policy.gov", "--engine", "duckdb"], {
  status: 1,
  says: "npm install @duckdb/node-api",
});

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

checkAction(join(folder, "node_modules", "strata-gov"), folder);
const checkout = copyCheckout();
checkActionInCheckout(checkout, folder);
checkHooks(checkout, folder);
console.log("the package works");

/** A repository with the files of this one as they are, committed or not, and nothing that was built. */
function copyCheckout() {
  const copy = join(folder, "checkout");
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const file of files.filter((file) => existsSync(join(ROOT, file))))
    cpSync(join(ROOT, file), join(copy, file));
  const git = (...words) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], { cwd: copy });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "copy");
  return copy;
}

/** Runs a program to the end, holds it to what it should say, and gives its standard output. */
function run(program, words, expected = {}) {
  const wanted = { status: 0, says: "", ...(typeof expected === "string" ? { says: expected } : expected) };
  // What is expected is plain text, whether or not the runner that started this one asks for colours.
  const env = { ...process.env, FORCE_COLOR: "0" };
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd: folder,
    encoding: "utf8",
    env,
    input: wanted.input,
  });
  const shown = [basename(program), ...words].join(" ");
  const said = stdout + stderr;
  assert.equal(status, wanted.status, `${shown}\n${error ?? ""}${said}`);
  assert(said.includes(wanted.says), `${shown} does not say \`${wanted.says}\`:\n${said}`);
  console.log(`ok  ${shown}`);
  return stdout;
}
