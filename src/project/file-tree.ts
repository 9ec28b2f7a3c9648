import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readText, type ReadText } from "./read.ts";

/** Where the files of a policy are read from; paths are given in full. */
export interface FileTree {
  readonly readText: (path: string) => ReadText;
  /** The names in a folder; none where there is no such folder. */
  readonly list: (folder: string) => readonly string[];
  /** Whether a file is there, unread. Left out where data does not lie with the texts, so that nothing can be said. */
  readonly hasFile?: (path: string) => boolean;
}

/** The files as they lie on disk. */
export const DISK: FileTree = {
  readText,
  list: (folder) => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
  hasFile: (path) => {
    try {
      return !statSync(path).isDirectory();
    } catch {
      return false;
    }
  },
};

/** The files as they lie on disk, for a text that lies nowhere: what data there may be beside it, nobody knows. */
export const TEXTS_ON_DISK: FileTree = { readText, list: DISK.list };

/** The `.gov` files in a folder, in order. */
export function listModules({ list }: Pick<FileTree, "list">, folder: string): readonly string[] {
  return list(folder)
    .filter((name) => name.endsWith(".gov"))
    .toSorted()
    .map((name) => join(folder, name));
}
