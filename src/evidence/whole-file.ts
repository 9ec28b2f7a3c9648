import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { evidenceError } from "./error.ts";

/** Writes a file so that a reader sees all of it or nothing of it, whenever the machine stops. */
export function writeWholeFile(path: string, content: string | Uint8Array): void {
  const partial = `${path}.partial`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(partial, "w");
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, path);
  } catch (cause) {
    removePartial(partial);
    throw evidenceError("write", path, cause);
  }
  syncFolder(dirname(path));
}

function removePartial(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What kept the file from being written may keep it from being removed; the first fault is the one to tell.
    return;
  }
}

/** Makes the names in a folder durable. */
export function syncFolder(path: string): void {
  try {
    const descriptor = openSync(path, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch {
    // Not every system opens folders; there the rename alone has to do.
    return;
  }
}
