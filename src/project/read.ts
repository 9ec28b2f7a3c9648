import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { suggestName } from "../source/nearest.ts";

/** A file's text, or why there is none: in words that can follow `` `policy.gov`: ``. */
export type ReadText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "missing" | "folder" | "unreadable"; readonly problem: string; readonly help?: string };

/** Reads a file as UTF-8; a byte order mark is taken off. Folders, devices and other encodings are problems. */
export function readText(path: string): ReadText {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return { kind: "folder", problem: "this is a folder, not a file" };
    // Pipes are welcome (`gov check <(…)`); a device may never end.
    if (!stats.isFile() && !stats.isFIFO())
      return { kind: "unreadable", problem: "this is a device, not a file" };
    return decodeText(readFileSync(path));
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    return reason === "missing"
      ? { kind: "missing", ...describeMissing(path) }
      : { kind: "unreadable", problem: reason };
  }
}

/** Why a file cannot be had, in words, or that it is not there; undefined where that is not what went wrong. */
export function reasonOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code === "ENOENT" || code === "ENOTDIR" ? "missing" : REASONS[code];
}

/** Bytes as UTF-8 text. */
export function decodeText(bytes: Uint8Array): ReadText {
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return {
      kind: "unreadable",
      problem: "this is not UTF-8 text",
      help: "save the file in the encoding UTF-8",
    };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "it may not be read: permission denied",
  EPERM: "it may not be read: permission denied",
  ELOOP: "its symbolic links go round in a circle",
  EIO: "the disk cannot read it",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ERR_INVALID_ARG_VALUE: "its name holds a character that no file name has",
  ERR_FS_FILE_TOO_LARGE: "it is too large",
  ERR_STRING_TOO_LONG: "it is too large",
};

/** That a file is not there, with the name that may have been meant. */
export function describeMissing(path: string): { readonly problem: string; readonly help?: string } {
  const problem = "there is no such file";
  try {
    const help = suggestName(basename(path), readdirSync(dirname(path)));
    return help === undefined ? { problem } : { problem, help };
  } catch {
    return { problem: "there is no such file: its folder is not there either" };
  }
}
