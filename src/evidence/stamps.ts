import { lstatSync } from "node:fs";
import { evidenceError, isMissing } from "./error.ts";

/** Changes when a file does; undefined where there is none. Links are not followed: they are no files of a run. */
export function stampOf(path: string): string | undefined {
  try {
    const entry = lstatSync(path);
    if (!entry.isFile()) return undefined;
    const { ino, size, mtimeMs, ctimeMs } = entry;
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw evidenceError("read", path, cause);
  }
}

/** Makes something of a file, and again only when the file has changed; undefined where there is none. */
export function onceForEachState<Made>(make: (path: string) => Made): (path: string) => Made | undefined {
  const kept = new Map<string, { readonly stamp: string; readonly made: Made }>();
  return (path) => {
    const stamp = stampOf(path);
    if (stamp === undefined) return undefined;
    const known = kept.get(path);
    if (known?.stamp === stamp) return known.made;
    const made = make(path);
    kept.set(path, { stamp, made });
    return made;
  };
}
