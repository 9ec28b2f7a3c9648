/**
 * `npm run vscode:package`: the extension in a folder that VS Code can load as it is, and the same as a `.vsix`. Both
 * are written below `language-server/vscode/dist/`.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  createWriteStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ZipFile } from "yazl";
import { collectLicenses } from "../../licenses.js";
import { contentTypes, vsixManifest, type ExtensionManifest } from "./vsix.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface BuiltExtension {
  /** The extension, unpacked. */
  readonly folder: string;
  /** The same, packed. */
  readonly vsix: string;
}

export async function buildExtension(target: string): Promise<BuiltExtension> {
  const folder = join(target, "extension");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(HERE, "package.json"), "utf8")) as ExtensionManifest;
  await bundle(folder);
  // VS Code takes a module's kind from its extension; `type` would be about files that are not there.
  const published = { ...manifest, type: undefined, private: undefined };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
  for (const name of ["README.md", "snippets.json"]) copyFileSync(join(HERE, name), join(folder, name));
  for (const name of ["gov.tmLanguage.json", "language-configuration.json"])
    copyFileSync(join(ROOT, "grammar", name), join(folder, name));
  copyFileSync(join(ROOT, "LICENSE"), join(folder, "LICENSE.txt"));
  copyFileSync(join(ROOT, "CHANGELOG.md"), join(folder, "CHANGELOG.md"));
  // What the server reads from beside its own `package.json`.
  mkdirSync(join(folder, "stdlib"));
  for (const name of readdirSync(join(ROOT, "stdlib")).filter((file) => file.endsWith(".gov")))
    copyFileSync(join(ROOT, "stdlib", name), join(folder, "stdlib", name));
  cpSync(join(ROOT, "docs/codes"), join(folder, "docs/codes"), { recursive: true });
  const vsix = join(target, `${manifest.name}-${manifest.version}.vsix`);
  await pack(folder, vsix, manifest);
  return { folder, vsix };
}

async function bundle(folder: string): Promise<void> {
  const common = {
    bundle: true,
    platform: "node",
    target: "node20",
    minify: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    absWorkingDir: ROOT,
  } as const;
  const client = await build({
    ...common,
    entryPoints: [join(HERE, "src/extension.ts")],
    outfile: join(folder, "extension.cjs"),
    format: "cjs",
    external: ["vscode"],
  });
  const server = await build({
    ...common,
    entryPoints: [join(HERE, "src/server.ts")],
    outfile: join(folder, "server.mjs"),
    format: "esm",
    // Some of what is bundled was CommonJS and asks for Node's own modules in its way.
    banner: {
      js: 'import{createRequire as nodeRequire}from"node:module";const require=nodeRequire(import.meta.url);',
    },
  });
  const inputs = [...Object.keys(client.metafile.inputs), ...Object.keys(server.metafile.inputs)];
  writeFileSync(join(folder, "LICENSES.txt"), collectLicenses(inputs));
}

/** The same folder gives the same bytes: files in order, at one moment. */
async function pack(folder: string, path: string, manifest: ExtensionManifest): Promise<void> {
  const zip = new ZipFile();
  const options = { mtime: new Date("2026-01-01T00:00:00Z"), mode: 0o100644 };
  const files = filesIn(folder);
  zip.addBuffer(Buffer.from(vsixManifest(manifest)), "extension.vsixmanifest", options);
  zip.addBuffer(Buffer.from(contentTypes(files)), "[Content_Types].xml", options);
  for (const file of files) zip.addFile(join(folder, file), `extension/${file}`, options);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .toSorted();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { vsix } = await buildExtension(join(HERE, "dist"));
  const size = execFileSync("du", ["-k", vsix], { encoding: "utf8" }).split("\t")[0] ?? "";
  console.log(`${relative(process.cwd(), vsix)}: ${size} KiB`);
}
