/** The synthetic run as a tracker meets it: with a folder on the disk. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TrackedRun, Tracker } from "../../src/trackers/tracker.ts";
import { FILES, temporaryFolder } from "../evidence/written-run.ts";
import { syntheticEvents, syntheticRecord } from "../fixtures/synthetic-run.ts";

export const STARTED = Date.parse("2026-11-23T08:34:11.512Z");

export function trackedRun(): TrackedRun {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { id, ir, plan, environment, sources } = syntheticRecord({ steps: 1, ending: "finished" });
  return { id, ir, plan, environment, sources, folder };
}

/** Tells a tracker a run of so many steps, 20 ms each. */
export function tell(tracker: Tracker, steps: number): void {
  for (const event of syntheticEvents({ steps, ending: "halted" }))
    tracker.record(event, STARTED + 20 * event.clock.step);
}
