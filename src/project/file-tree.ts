import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readText, type ReadText } from "./read.ts";

/** Where the files of a policy are read from; paths are given in full. */
export interface FileTree {
  readonly readText: (path: string) => ReadText;
  /** The `.gov` files in a folder, in order; none where there is no such folder. */
  readonly listModules: (folder: string) => readonly string[];
}

/** The files as they lie on disk. */
export const DISK: FileTree = {
  readText,
  listModules: (folder) => {
    try {
      return modulesAmong(readdirSync(folder), folder);
    } catch {
      return [];
    }
  },
};

/** The paths of those names in a folder that are names of modules. */
export function modulesAmong(names: readonly string[], folder: string): readonly string[] {
  return names
    .filter((name) => name.endsWith(".gov"))
    .toSorted()
    .map((name) => join(folder, name));
}
