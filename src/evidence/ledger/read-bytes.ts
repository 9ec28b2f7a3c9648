import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evidenceError, isMissing } from "../error.ts";

/** Links are not followed: what a ledger shows lies in its folder. */
export function readBytes(folder: string, name: string): Uint8Array | undefined {
  const path = join(folder, name);
  try {
    return lstatSync(path).isFile() ? readFileSync(path) : undefined;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw evidenceError("read", path, cause);
  }
}
