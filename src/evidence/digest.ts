import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { DigestOf } from "./bindings.ts";
import { onceForEachState } from "./stamps.ts";

/** SHA-256 in hex; text is taken as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return sha256Of(data).toString("hex");
}

/** SHA-256, 32 bytes; text is taken as UTF-8. */
export function sha256Of(data: string | Uint8Array): Buffer {
  return createHash("sha256").update(data).digest();
}

const CHUNK = 1 << 20;

/** SHA-256 in hex of a file of any size. */
export function sha256File(path: string): string {
  const hash = createHash("sha256");
  const chunk = new Uint8Array(CHUNK);
  const descriptor = openSync(path, "r");
  try {
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk))
      hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest("hex");
}

/** SHA-256 of files in a folder; one that stays as it is is read once. */
export function digestsIn(folder: string): DigestOf {
  const digestOf = onceForEachState(sha256File);
  return (file) => digestOf(join(folder, file));
}
