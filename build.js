/**
 * `npm run build`: the sources to dist/, file by file, and then the command's light road (everything but training) in
 * few files of its own. Node spends most of a cold `gov check` on finding and opening the hundreds of files that the
 * parser library consists of.
 */
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { collectLicenses } from "./licenses.js";

const COMMAND = "dist/src/cli";

rmSync("dist", { recursive: true, force: true });
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { stdio: "inherit" });
const { metafile } = await build({
  entryPoints: [join(COMMAND, "main.js")],
  outdir: COMMAND,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  format: "esm",
  platform: "node",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  external: ["prettier"],
  plugins: [{ name: "training stays apart", setup: keepTrainingApart }],
  // Some of what is bundled was CommonJS and asks for Node's own modules in its way.
  banner: {
    js: 'import{createRequire as nodeRequire}from"node:module";const require=nodeRequire(import.meta.url);',
  },
});
writeFileSync(join(COMMAND, "chunks", "LICENSES.txt"), collectLicenses(Object.keys(metafile.inputs)));

/** Commands that load TensorFlow are loaded as they are, from where they are. */
function keepTrainingApart(bundler) {
  bundler.onResolve(
    { filter: /\/commands\/(audit|run|sweep|model|report|verify|keys|trace)\.js$/ },
    ({ path }) => ({
      path,
      external: true,
    }),
  );
}
