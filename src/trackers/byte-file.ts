import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { evidenceError } from "../evidence/error.ts";

/** A file that only grows, by bytes. */
export interface ByteFile {
  readonly write: (bytes: Uint8Array) => void;
  readonly sync: () => void;
  readonly close: () => void;
}

/** Makes the file and the folders it lies in; throws an `EvidenceError` when it exists or cannot be written. */
export function createByteFile(path: string): ByteFile {
  const attempt = <Result>(task: string, work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw evidenceError(task, path, cause);
    }
  };
  const descriptor = attempt("create", () => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "ax");
  });
  return {
    write: (bytes) =>
      attempt("write", () => {
        for (let written = 0; written < bytes.length;)
          written += writeSync(descriptor, bytes, written, bytes.length - written);
      }),
    sync: () => attempt("write", () => fsyncSync(descriptor)),
    close: () => attempt("close", () => closeSync(descriptor)),
  };
}
