import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** The nearest folder at or above `folder` that has a `package.json` or a `.git`; `folder` itself where none has. */
export function findRoot(folder: string): string {
  for (let candidate = folder; ; candidate = dirname(candidate)) {
    if (ROOT_MARKS.some((mark) => existsSync(join(candidate, mark)))) return candidate;
    if (dirname(candidate) === candidate) return folder;
  }
}

const ROOT_MARKS = ["package.json", ".git"];

/** A file's key in the map of sources: its path from the root, with `/` on every system. */
export function keyOf(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}

/** A key of the map of sources as a person in `workingDirectory` would write it; `std/…` is left as it is. */
export function showKey(key: string, root: string, workingDirectory: string): string {
  return isLibrary(key) ? key : showPath(join(root, key), workingDirectory);
}

/** A path from the working directory, or in full where that is shorter. */
export function showPath(path: string, workingDirectory: string): string {
  const full = resolve(workingDirectory, path);
  const shown = relative(workingDirectory, full);
  if (shown === "") return ".";
  return isAbsolute(shown) || shown.length > full.length ? full : shown;
}

/** The standard library's modules are called `std/…`, wherever the package lies. */
export function isLibrary(key: string): boolean {
  return key.startsWith("std/");
}
