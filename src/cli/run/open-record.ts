/** The record of a run on the disk, from its first file to its seal. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { EvidenceError } from "../../evidence/error.ts";
import { readRun } from "../../evidence/read.ts";
import { createRunFolder, type RunFolder } from "../../evidence/run-folder.ts";
import { createRunId } from "../../evidence/run-id.ts";
import { layOutRun } from "../../evidence/run-inputs.ts";
import { createJsonlTracker } from "../../trackers/jsonl.ts";
import type { TrackedRun, Tracker, TrackerFailure } from "../../trackers/tracker.ts";
import type { RunRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { openTrackers } from "../tracking/open.ts";
import { chosenTrackers } from "../tracking/settings.ts";
import { createSystemSampler } from "../tracking/system.ts";
import { describeEnvironment } from "./environment.ts";
import type { Obstacle, ReadyRun } from "./prepare.ts";

export interface OpenRecord {
  readonly folder: RunFolder;
  readonly trackers: readonly Tracker[];
  /** Trackers that could not begin. */
  readonly failures: readonly TrackerFailure[];
  readonly run: TrackedRun;
}

/** Makes the folder of a run with all that it begins with; throws an `EvidenceError` where that cannot be. */
export async function openRecord(
  ready: ReadyRun,
  request: RunRequest,
  terminal: Terminal,
  onFailure: () => void,
): Promise<OpenRecord> {
  const { jsonl, runs, tracking } = request;
  const { workingDirectory } = terminal;
  const started = new Date();
  const { ir, quarantined } = ready;
  const environment = describeEnvironment(ready, request, started);
  const inputs = { entry: ready.policy.entry, sources: ready.policy.sources, ir, plan: ready.run.plan };
  const aside = quarantined.map((row) => `${JSON.stringify(row)}\n`).join("");
  const events = jsonl === undefined ? undefined : resolve(workingDirectory, jsonl);
  const copy = events === undefined ? [] : [createJsonlTracker(events)];
  try {
    const folder = await createRunFolder({
      root: resolve(workingDirectory, runs),
      id: createRunId(started, randomBytes(8)),
      files: { ...layOutRun({ ...inputs, environment }), ...(aside === "" ? {} : { [QUARANTINE]: aside }) },
      onFailure,
    });
    const run: TrackedRun = { ...readRun(folder.path), folder: folder.path };
    const opening = {
      run,
      settings: tracking,
      terminal,
      started: started.getTime(),
      sampleSystem: createSystemSampler(),
    };
    const opened = await openTrackers(chosenTrackers(tracking, terminal), opening);
    return { folder, run, trackers: [...copy, ...opened.trackers], failures: opened.failures };
  } catch (error) {
    for (const tracker of copy) await tracker.close([]);
    // The next attempt would find it in its way.
    if (events !== undefined) rmSync(events, { force: true });
    throw error;
  }
}

/** In the run's folder, bound by its record: the examples that the policy wants looked at. */
const QUARANTINE = "quarantine.jsonl";

/** Seals it; what kept it from being written, if anything did. */
export async function closeRecord({ folder }: Pick<OpenRecord, "folder">): Promise<Obstacle | undefined> {
  try {
    await folder.close();
    return undefined;
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return {
      kind: "problem",
      problem: error.message,
      help: "training without a record is not what was asked for, so it was stopped; what was recorded can be read",
    };
  }
}
