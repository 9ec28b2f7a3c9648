/** The record of a run on the disk, from its first file to its seal. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { basename, resolve } from "node:path";
import { EvidenceError } from "../../evidence/error.ts";
import { readRun } from "../../evidence/read.ts";
import { projectKey, readSigningKey, toKeyName, type KeyFiles } from "../../evidence/key-files.ts";
import type { SigningKey } from "../../evidence/ledger/keys.ts";
import { createRunFolder, openRunFolder, type RunFolder } from "../../evidence/run-folder.ts";
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
import { createAttester, type Attester } from "./attestation.ts";
import type { Obstacle, ReadyRun } from "./prepare.ts";
import type { ResumedRun } from "./resume.ts";
import type { SavedModel } from "./save.ts";

export interface OpenRecord {
  readonly folder: RunFolder;
  /** The project's key, where this run was the first to need one. */
  readonly madeKey: KeyFiles | undefined;
  readonly trackers: readonly Tracker[];
  /** Trackers that could not begin. */
  readonly failures: readonly TrackerFailure[];
  readonly run: TrackedRun;
  readonly attester: Attester;
}

export interface RecordOptions {
  readonly onFailure: () => void;
  /** The run whose record is to be continued. */
  readonly resumed: ResumedRun | undefined;
}

/**
 * Opens the folder of a run that goes on, or makes one with all that the run begins with; throws an `EvidenceError`
 * where that cannot be.
 */
export async function openRecord(
  ready: ReadyRun,
  request: RunRequest,
  terminal: Terminal,
  { onFailure, resumed }: RecordOptions,
): Promise<OpenRecord> {
  const { jsonl, runs, tracking } = request;
  const { workingDirectory } = terminal;
  const { key, made: madeKey } = findKey(request, workingDirectory);
  const started = new Date();
  const { ir, quarantined } = ready;
  const environment = describeEnvironment(ready, request, started);
  const inputs = { entry: ready.policy.entry, sources: ready.policy.sources, ir, plan: ready.run.plan };
  const aside = quarantined.map((row) => `${JSON.stringify(row)}\n`).join("");
  const events = jsonl === undefined ? undefined : resolve(workingDirectory, jsonl);
  const copy = events === undefined ? [] : [createJsonlTracker(events)];
  try {
    const retain = ir.policy.provenance.retain?.duration;
    const { cohortsOf } = ready;
    const keeping = { key, cohortsOf, onFailure, ...(retain === undefined ? {} : { retain }) };
    const folder =
      resumed === undefined
        ? await createRunFolder({
            root: resolve(workingDirectory, runs),
            id: createRunId(started, randomBytes(8)),
            files: {
              ...layOutRun({ ...inputs, environment }),
              ...(aside === "" ? {} : { [QUARANTINE]: aside }),
            },
            ...keeping,
          })
        : (await openRunFolder(resumed.path, { ...keeping, fromStep: resumed.state.stepper.clock.step }))
            .folder;
    const attester = createAttester({ ready, folder, environment, key, now: () => new Date() });
    const run: TrackedRun = { ...readRun(folder.path), folder: folder.path };
    const opening = {
      run,
      settings: tracking,
      terminal,
      started: started.getTime(),
      sampleSystem: createSystemSampler(),
    };
    const opened = await openTrackers(chosenTrackers(tracking, terminal), opening);
    const { failures } = opened;
    return { folder, madeKey, run, trackers: [...copy, ...opened.trackers], failures, attester };
  } catch (error) {
    for (const tracker of copy) await tracker.close([]);
    // The next attempt would find it in its way.
    if (events !== undefined) rmSync(events, { force: true });
    throw error;
  }
}

function findKey(
  { key }: RunRequest,
  workingDirectory: string,
): { readonly key: SigningKey; readonly made: KeyFiles | undefined } {
  if (key !== undefined) return { key: readSigningKey(resolve(workingDirectory, key)), made: undefined };
  return projectKey(workingDirectory, toKeyName(basename(workingDirectory)), () => randomBytes(32));
}

/** In the run's folder, bound by its record: the examples that the policy wants looked at. */
const QUARANTINE = "quarantine.jsonl";

/** Signs its end and what testifies to it; what kept it from being written, if anything did. */
export async function closeRecord(
  { folder, attester }: Pick<OpenRecord, "folder" | "attester">,
  saved: SavedModel | undefined,
): Promise<Obstacle | undefined> {
  try {
    await folder.close(attester.testify(saved));
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
