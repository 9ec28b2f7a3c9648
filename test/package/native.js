/**
 * The native backend as a user comes by it: `gov backend build` in a project with the packed package, then a run on it.
 * `npm run smoke:native`; it downloads 270 MB, and leaves with 3 where that cannot be had.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gov-native-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const UNAVAILABLE = 3;

execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], { cwd: ROOT });
writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
execFileSync("npm", [...install, "./strata-gov-0.1.0.tgz", "@tensorflow/tfjs-node-gpu@4.22.0"], {
  cwd: folder,
  stdio: "ignore",
});

const before = backends();
assert.match(before["node-gpu"].description, /is installed without its add-on/);
assert.equal(before["node-gpu"].remedy, "npx gov backend build");
assert.equal(gov(["backend", "build", "--wheel", "nowhere.whl"]).status, 1);
const notOne = gov(["backend", "build", "--wheel", "package.json"]);
assert.equal(notOne.status, 1);
assert.match(notOne.stderr, /could not be unpacked/);
assert.equal(backends()["node-gpu"].works, false, "what cannot be built leaves nothing behind");

const built = gov(["backend", "build"]);
if (/pip could not download/.test(built.stderr)) {
  console.error(built.stderr);
  process.exit(UNAVAILABLE);
}
assert.equal(built.status, 0, built.stderr);
assert.equal(backends()["node-gpu"].works, true);

gov(["init", "mine"]);
const run = gov(["run", "mine/experiment.js"]);
assert.equal(run.status, 0, run.stderr);
assert.match(run.stdout, /^Backend {2}node-gpu \(native, CPU\)/);
assert.equal(run.stderr, "", "TensorFlow keeps its greetings to itself");
const verified = gov(["verify", "latest"]);
assert.equal(verified.status, 0, verified.stderr);
console.log(run.stdout);

function backends() {
  const { stdout } = gov(["backend", "--format", "json"]);
  return Object.fromEntries(JSON.parse(stdout).backends.map((backend) => [backend.name, backend]));
}

function gov(words) {
  return spawnSync(join(folder, "node_modules/.bin/gov"), words, {
    cwd: folder,
    encoding: "utf8",
    // On a server for CI the output would have colours.
    env: { ...process.env, NO_COLOR: "1" },
  });
}
