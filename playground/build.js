/**
 * `npm run playground`: one page, `dist/playground/index.html`, with its scripts, its style and the standard library in
 * it. It needs no server: a folder of static files will do, or the file itself.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { collectLicenses } from "../licenses.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Policies to begin with, the first of them when the page is opened: one of its own, and those of the examples. */
function readExamples() {
  const folders = readdirSync(join(ROOT, "examples")).filter((name) => /^(?!00)\d+-/.test(name));
  const named = folders.map((name) => [name.replaceAll("-", " "), `examples/${name}/policy.gov`]);
  const paths = [["a split code", "playground/examples/split-code.gov"], ...named];
  return Object.fromEntries(paths.map(([name, path]) => [name, readFileSync(join(ROOT, path), "utf8")]));
}

/** Writes the page to a folder, and gives its path. */
export async function buildPlayground(folder) {
  const read = (path) => readFileSync(join(ROOT, path), "utf8");
  const modules = readdirSync(join(ROOT, "stdlib")).filter((name) => name.endsWith(".gov"));
  const library = Object.fromEntries(
    modules.map((name) => [`std/${name.replace(/\.gov$/, "")}`, read(`stdlib/${name}`)]),
  );
  const worker = await bundle("src/worker.ts", { LIBRARY: JSON.stringify(library) });
  const nonce = createHash("sha256").update(worker.text).digest("base64url").slice(0, 22);
  const main = await bundle("src/main.ts", {
    WORKER: JSON.stringify(worker.text),
    EXAMPLES: JSON.stringify(readExamples()),
    STYLE_NONCE: JSON.stringify(nonce),
  });
  const style = readFileSync(join(HERE, "style.css"), "utf8");
  const policy = policyOf({ style, script: main.text, nonce });
  const page = readFileSync(join(HERE, "index.html"), "utf8")
    .replace("(policy)", () => policy)
    .replace(/\s*\/\* style \*\/\s*/, () => style)
    .replace(/\s*\/\* script \*\/\s*/, () => main.text);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "index.html");
  writeFileSync(path, page);
  writeFileSync(join(folder, "LICENSES.txt"), collectLicenses([...worker.inputs, ...main.inputs]));
  return path;
}

async function bundle(entry, define) {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(HERE, entry)],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    format: "iife",
    platform: "browser",
    target: "es2023",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    define,
  });
  const [{ text }] = outputFiles;
  return { text, inputs: Object.keys(metafile.inputs) };
}

/** Nothing but what is written in the page runs or styles it, and nothing is loaded or sent. */
function policyOf({ style, script, nonce }) {
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)} 'nonce-${nonce}'`,
    "worker-src blob:",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = await buildPlayground(join(dirname(HERE), "dist/playground"));
  const size = Math.round(readFileSync(path).length / 1024);
  console.log(`${relative(process.cwd(), path)}: ${size} KiB`);
}
