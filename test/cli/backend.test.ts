import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { buildNative, BuildError } from "../../src/cli/backend/build.ts";
import { findNativePackage, nodeApiHeaders } from "../../src/cli/backend/native-package.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const NATIVE = "node_modules/@tensorflow/tfjs-node-gpu/package.json";

test("every backend is tried out, and what lacks is said with what to do", async () => {
  const { code, out } = await gov(folderWith({}), ["backend", "doctor", "--format", "json"]);
  expect(code).toBe(EXIT.clean);
  const { backends, auto } = JSON.parse(out) as {
    readonly backends: readonly {
      readonly name: string;
      readonly works: boolean;
      readonly remedy?: string;
    }[];
    readonly auto: string;
  };
  expect(backends.map(({ name }) => name)).toEqual(["node-gpu", "wasm", "webgpu", "cpu"]);
  const working = backends.filter(({ works }) => works).map(({ name }) => name);
  expect(working).toEqual(expect.arrayContaining(["wasm", "cpu"]));
  expect(auto).toBe(backends[0]?.works === true ? "node-gpu" : "wasm");
  if (!working.includes("webgpu")) expect(backends[2]?.remedy).toMatch(/npm install|Vulkan/);
  if (backends[0]?.works === false) expect(backends[0].remedy).toContain("gov backend build");
});

test("a subcommand that there is not is named", async () => {
  const { code, err } = await gov(folderWith({}), ["backend", "fix"]);
  expect(code).toBe(EXIT.failed);
  expect(err).toContain("unknown command 'fix'");
  expect(err).toContain("gov COMMAND --help");
});

test("the package is found where it lies, with the add-on of this Node's interface", () => {
  const folder = folderWith({});
  const from = join(folder, "index.js");
  expect(findNativePackage(from)).toBeUndefined();
  writePackage(folder, { version: "4.22.0", binary: { napi_versions: [3, 8, 999] } });
  expect(findNativePackage(from)).toMatchObject({
    version: "4.22.0",
    addon: join(folder, NATIVE, "../lib/napi-v8/tfjs_binding.node"),
    isBuilt: false,
  });
  expect(nodeApiHeaders()).toMatch(/node-api-headers.include$/);
});

test.runIf(process.platform === "linux")("what cannot be built says why and what to do", () => {
  const request = { library: "cpu", say: (): void => undefined } as const;
  const build = (native: ReturnType<typeof findNativePackage>, wheel?: string) => () =>
    buildNative({ ...request, native, wheel });
  expect(build(undefined)).toThrow(BuildError);
  expect(build(undefined)).toThrow("is not installed");
  const old = { folder: "/nowhere", version: "4.10.0", addon: "/nowhere/a.node", isBuilt: false };
  expect(build(old)).toThrow("4.10.0 is installed, and 4.22.0 is needed");
  expect(build({ ...old, version: "4.22.0" }, "no.whl")).toThrow("there is no file `no.whl`");
});

function writePackage(folder: string, content: object): void {
  mkdirSync(dirname(join(folder, NATIVE)), { recursive: true });
  writeFileSync(join(folder, NATIVE), JSON.stringify(content));
}
