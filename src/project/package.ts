import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The place of a file that comes with the package (`stdlib`, `docs/codes/…`), from the sources as from the build. */
export function packageFile(path: string): string {
  return join(packageFolder(), path);
}

/** This package's version, as its `package.json` says. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { version: string };
  return version;
}

/** The nearest folder above this file that has a `package.json`: the build lies one level deeper than the sources. */
function packageFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) throw new Error(`there is no package.json above ${start}`);
  }
}
