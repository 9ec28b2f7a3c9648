import { statSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";

export interface Watching {
  /** Resolves when one of the files changes, or at once when the signal is aborted. */
  readonly changed: Promise<void>;
  readonly close: () => void;
}

// Editors write a file in several steps, and several files at once.
const SETTLING_MILLISECONDS = 60;

/**
 * Waits for a change of any of these paths: files, which need not be there yet, and folders, in which every `.gov` file
 * counts. Folders are watched, not files, since many editors put a new file in the old one's place.
 */
export function watchPaths(paths: readonly string[], signal: AbortSignal): Watching {
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    const folder = isFolder ? path : dirname(path);
    const names = folders.get(folder) ?? new Set();
    folders.set(folder, names.add(isFolder ? ANY_POLICY : basename(path)));
  }
  const { promise, resolve } = withResolver();
  const watchers: FSWatcher[] = [];
  const timers: NodeJS.Timeout[] = [];
  const close = (): void => {
    for (const watcher of watchers.splice(0)) watcher.close();
    for (const timer of timers.splice(0)) clearTimeout(timer);
    signal.removeEventListener("abort", resolve);
  };
  for (const [folder, names] of folders) {
    const matters = (name: string | null): boolean =>
      name === null || names.has(name) || (names.has(ANY_POLICY) && name.endsWith(".gov"));
    const onChange = (_: string, name: string | null): void => {
      if (matters(name) && timers.length === 0) timers.push(setTimeout(resolve, SETTLING_MILLISECONDS));
    };
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) continue;
    // A folder that goes away is no reason to end: what was in it is found missing when the tests run again.
    watchers.push(watch(folder, onChange).on("error", () => onChange("rename", null)));
  }
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", resolve, { once: true });
  return { changed: promise, close };
}

/** No file can be called this. */
const ANY_POLICY = "/";

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const resolvers: (() => void)[] = [];
  const promise = new Promise<void>((settle) => {
    resolvers.push(settle);
  });
  return { promise, resolve: () => resolvers.forEach((settle) => settle()) };
}
