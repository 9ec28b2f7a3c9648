import { chmodSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { EvidenceError, evidenceError } from "../evidence/error.ts";
import { writeWholeFile } from "../evidence/whole-file.ts";

/**
 * Writes a file in one piece, so that a reader or a crash meets the old text or the new, never a half. A link stays a
 * link and a mode stays what it was. Returns what went wrong, in words.
 */
export function writeText(path: string, text: string): string | undefined {
  try {
    const before = statSync(path, { throwIfNoEntry: false });
    // `-o /dev/stdout`: what is no file cannot be replaced by one.
    if (before !== undefined && !before.isFile() && !before.isDirectory()) {
      writeFileSync(path, text);
      return undefined;
    }
    writeWholeFile(before === undefined ? path : realpathSync(path), text);
    if (before !== undefined) chmodSync(path, before.mode);
    return undefined;
  } catch (error) {
    if (error instanceof EvidenceError) return error.message;
    if (error instanceof Error && "code" in error) return evidenceError("write", path, error).message;
    throw error;
  }
}
