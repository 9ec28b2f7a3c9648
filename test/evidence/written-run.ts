import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { signingKeyFrom } from "../../src/evidence/ledger/keys.ts";
import { createRunFolder } from "../../src/evidence/run-folder.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { GUARDS_TEXT, POLICY_TEXT } from "../fixtures/synthetic-run.ts";

export const FILES = {
  "policy.gov": POLICY_TEXT,
  "sources/lib/guards.gov": GUARDS_TEXT,
  "environment.json": '{"seed":7}\n',
};

/** Signs the runs of tests. */
export const KEY = signingKeyFrom("example.com/tests", new Uint8Array(32).fill(7));

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "strata-evidence-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A run as the recorder leaves it; one that does not end is never closed. */
export async function writeRun(id: string, events: readonly RunEvent[]): Promise<string> {
  const run = await createRunFolder({ root: temporaryFolder(), id, files: FILES, key: KEY });
  for (const event of events) run.recorder(event);
  if (events.at(-1)?.kind === "run_ended") await run.close();
  return run.path;
}
