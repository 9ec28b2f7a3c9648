/** .pre-commit-hooks.yaml as pre-commit reads it: it clones the repository, and runs the hooks from there. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const INSTALLED = fileURLToPath(new URL("../../.tmp/pre-commit/bin/pre-commit", import.meta.url));

/**
 * @param checkout A repository with .pre-commit-hooks.yaml.
 * @param folder Where files may be written.
 */
export function checkHooks(checkout, folder) {
  const program = existsSync(INSTALLED) ? INSTALLED : "pre-commit";
  if (spawnSync(program, ["--version"]).status !== 0) {
    console.log("NOT CHECKED: the hooks, for pre-commit is not installed (`pip install pre-commit`)");
    return;
  }
  const project = join(folder, "hooked");
  mkdirSync(project);
  const git = (...words) =>
    execFileSync("git", ["-C", project, "-c", "user.name=a", "-c", "user.email=a@b", ...words], {
      encoding: "utf8",
    });
  const rev = execFileSync("git", ["-C", checkout, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  const hooks = ["gov-check", "gov-fmt", "gov-test"].map((id) => ({ id }));
  const config = { repos: [{ repo: `file://${checkout}`, rev, hooks }] };
  writeFileSync(join(project, ".pre-commit-config.yaml"), JSON.stringify(config));
  git("init", "--quiet");
  const hook = (text) => {
    writeFileSync(join(project, "a.gov"), text);
    git("add", ".");
    const env = { ...process.env, PRE_COMMIT_HOME: join(folder, "pre-commit"), PRE_COMMIT_COLOR: "never" };
    const { stdout, stderr } = spawnSync(program, ["run"], { cwd: project, encoding: "utf8", env });
    const said = Object.fromEntries(
      [...stdout.matchAll(/^(gov \w+)\.*(?:\(.*?\))?(\w+)$/gm)].map(([, name, outcome]) => [name, outcome]),
    );
    return { said, shown: `${stdout}${stderr}` };
  };

  const clean = hook("policy a\n");
  const passed = { "gov check": "Passed", "gov fmt": "Passed", "gov test": "Passed" };
  assert.deepEqual(clean.said, passed, clean.shown);
  const wrong = hook("policy   a\nroute lwo -> all: block\n");
  const failed = { "gov check": "Failed", "gov fmt": "Failed", "gov test": "Failed" };
  assert.deepEqual(wrong.said, failed, wrong.shown);
  assert.match(wrong.shown, /a\.gov:2:7/);
  assert.equal(readFileSync(join(project, "a.gov"), "utf8"), "policy a\nroute lwo -> all: block\n");
  console.log("ok  the hooks, by pre-commit");
}
