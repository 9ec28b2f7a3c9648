/** A user's project in a temporary folder: the packed package in it, and its command. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a check leaves with where something it needs cannot be had. */
export const UNAVAILABLE = 3;

/** @param {readonly string[]} packages What is installed beside the package, as for `npm install`. */
export function createProject(packages) {
  const folder = mkdtempSync(join(tmpdir(), "gov-user-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  execFileSync("npm", pack, { cwd: ROOT });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "user", private: true, type: "module" }),
  );
  const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  execFileSync("npm", [...install, "./strata-gov-0.1.0.tgz", ...packages], { cwd: folder, stdio: "ignore" });
  const run = (program, words, environment = {}) =>
    spawnSync(program, words, {
      cwd: folder,
      encoding: "utf8",
      // On a server for CI the output would have colours.
      env: { ...process.env, NO_COLOR: "1", ...environment },
    });
  const gov = (words, environment) => run(join(folder, "node_modules/.bin/gov"), words, environment);
  return {
    gov,
    /** By name, as `gov backend` tells. */
    backends: (environment) => {
      const { stdout } = gov(["backend", "--format", "json"], environment);
      return Object.fromEntries(JSON.parse(stdout).backends.map((backend) => [backend.name, backend]));
    },
    /** `bench/exactness.ts` on the project's own tfjs. */
    exactness: async (words, environment) => {
      const outfile = join(folder, "exactness.mjs");
      await build({
        ...{ entryPoints: [join(ROOT, "bench/exactness.ts")], outfile, bundle: true, logLevel: "warning" },
        ...{ platform: "node", format: "esm", target: "node20" },
        external: ["@tensorflow/*", "webgpu"],
        // What it bundles in the form of CommonJS asks for modules of Node.
        banner: {
          js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
        },
      });
      return run(process.execPath, [outfile, ...words], environment);
    },
  };
}
