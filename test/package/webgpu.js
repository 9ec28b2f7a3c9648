/**
 * The WebGPU backend as a user comes by it: two packages beside the packed one, then a run on it, and some of the
 * exactness suite. Without a GPU it computes on SwiftShader, which comes with Debian's Chromium and needs libvulkan1.
 * `npm run smoke:webgpu`; it leaves with 3 where there is neither.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createProject, UNAVAILABLE } from "./user-project.js";

const { gov, backends, exactness } = createProject([
  "webgpu@0.6.2",
  "@tensorflow/tfjs-backend-webgpu@4.22.0",
]);
const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";

let environment = {};
if (!backends().webgpu.works && existsSync(SWIFTSHADER)) environment = { VK_ICD_FILENAMES: SWIFTSHADER };
const { webgpu } = backends(environment);
if (!webgpu.works) {
  assert.match(webgpu.remedy, /Vulkan/);
  console.error(webgpu.description);
  process.exit(UNAVAILABLE);
}

gov(["init", "mine"]);
const run = gov(["run", "mine/experiment.js", "--epochs", "1", "--backend", "webgpu"], environment);
assert.equal(run.status, 0, run.stderr);
assert.match(run.stdout, /^Backend {2}webgpu \(WebGPU, /);
const verified = gov(["verify", "latest"]);
assert.equal(verified.status, 0, verified.stderr);
console.log(run.stdout);

const [cases = "10", seed = "1"] = process.argv.slice(2);
const exact = await exactness(["webgpu", cases, "1e-4", seed], environment);
console.log(exact.stdout);
assert.equal(exact.status, 0, exact.stderr);
