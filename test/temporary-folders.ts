import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Vitest's `globalSetup`: whatever the tests put into temporary folders lies in one, which goes when they are done. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "strata-tests-"));
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
