/**
 * The native backend as a user comes by it: `gov backend build` in a project with the packed package, then a run on it,
 * and the exactness suite.
 * `npm run smoke:native`; it downloads 270 MB, and leaves with 3 where that cannot be had.
 */
import assert from "node:assert/strict";
import { createProject, UNAVAILABLE } from "./user-project.js";

const { gov, backends, exactness } = createProject(["@tensorflow/tfjs-node-gpu@4.22.0"]);

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

const [cases = "600", seed = "1"] = process.argv.slice(2);
const exact = await exactness(["node-gpu", cases, "1e-5", seed]);
console.log(exact.stdout);
assert.equal(exact.status, 0, exact.stderr);
