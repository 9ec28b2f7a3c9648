import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { evidenceError } from "./error.ts";

/** A file that only grows, by whole lines. */
export interface AppendFile {
  /** Writes one line (given without its line break), whole or not at all. */
  append(line: string): void;
  /** Returns once everything appended has reached the disk. */
  sync(): void;
  close(): void;
}

/** Makes the file; one that exists already is an error: it is another one's. */
export function createAppendFile(path: string): AppendFile {
  return appendTo(path, "ax", 0);
}

/** Goes on behind the first `length` bytes of a file; what follows on them is cut off. */
export function continueAppendFile(path: string, length: number): AppendFile {
  return appendTo(path, "a", length);
}

function appendTo(path: string, flags: "ax" | "a", start: number): AppendFile {
  const descriptor = attempt(flags === "ax" ? "create" : "open", () => openSync(path, flags));
  if (flags === "a") attempt("cut", () => ftruncateSync(descriptor, start));
  let length = start;
  return {
    append(line) {
      const bytes = Buffer.from(`${line}\n`, "utf8");
      try {
        writeWholly(descriptor, bytes);
      } catch (cause) {
        cutBack(descriptor, length);
        throw evidenceError("write", path, cause);
      }
      length += bytes.length;
    },
    sync: () => attempt("write", () => fsyncSync(descriptor)),
    close: () => attempt("close", () => closeSync(descriptor)),
  };

  function attempt<Result>(task: string, work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      throw evidenceError(task, path, cause);
    }
  }
}

function writeWholly(descriptor: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

// A disk that fills up may take the front of a line. If it cannot be cut off either, readers see a torn line.
function cutBack(descriptor: number, length: number): void {
  try {
    ftruncateSync(descriptor, length);
  } catch {
    return;
  }
}
