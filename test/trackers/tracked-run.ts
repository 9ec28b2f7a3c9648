/** The synthetic run as a tracker meets it: with a folder on the disk. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ModelVersion } from "../../src/evidence/lineage/lineage.ts";
import type { Distribution, RunEvent } from "../../src/runtime/events.ts";
import type { TrackedRun, Tracker } from "../../src/trackers/tracker.ts";
import { FILES, temporaryFolder } from "../evidence/written-run.ts";
import { syntheticEvents, syntheticRecord } from "../fixtures/synthetic-run.ts";

/** The model after each of two epochs. */
export const VERSIONS: readonly ModelVersion[] = ["5a", "5b"].map((byte, index) => ({
  ...{ name: "mnist_split-model", sha256: byte.repeat(32), epoch: index + 1, step: 600 * (index + 1) },
  moment: 0,
}));

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

/** The weights of `encoder`, told in step 100. */
const SPREAD: Distribution = {
  ...{ band: "encoder", of: "weights", low: -1, high: 1, counts: [1, 0, 2, 5], notFinite: 0 },
};

function tellOne(tracker: Tracker, event: RunEvent): void {
  const { clock } = event;
  const moment = STARTED + 20 * clock.step;
  tracker.record(event, moment);
  if (event.kind === "step_measured" && clock.step === 100)
    tracker.record({ kind: "distributions_measured", clock, distributions: [SPREAD] }, moment);
}

/** Tells a tracker a run of so many steps, 20 ms each. */
export function tell(tracker: Tracker, steps: number): void {
  for (const event of syntheticEvents({ steps, ending: "halted" })) tellOne(tracker, event);
}
