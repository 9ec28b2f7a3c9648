import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { canonicalJson } from "../ir/canonical.ts";
import type { Recorder } from "../runtime/events.ts";
import { createAppendFile } from "./append.ts";
import { sha256 } from "./digest.ts";
import { EvidenceError, evidenceError } from "./error.ts";
import { DECISIONS, isInputPath, LATEST, METRICS, SEAL } from "./layout.ts";
import { createRecordWriter, type RecordWriter } from "./recorder.ts";
import { isRunId } from "./run-id.ts";
import { syncFolder, writeWholeFile } from "./whole-file.ts";

export interface RunFolderOptions {
  /** The folder of all runs; made when it is not there. */
  readonly root: string;
  /** See `createRunId`. */
  readonly id: string;
  /** Path in the folder to text, as `layOutRun` gives them. */
  readonly files: Readonly<Record<string, string>>;
  /** Called once when the record can no longer be kept, so that the run can be stopped. */
  readonly onFailure?: (error: EvidenceError) => void;
}

/** The folder of a run in progress. */
export interface RunFolder {
  readonly path: string;
  /**
   * Keeps every event, a decision durably before it returns. It never throws on a full disk: the record ends with
   * the last whole line, and `flush` and `close` say why.
   */
  readonly recorder: Recorder;
  /** Makes everything recorded durable; throws an `EvidenceError` when the record could not be kept. */
  flush(): void;
  /** Seals the log; throws an `EvidenceError` when the record could not be kept. */
  close(): Promise<void>;
}

/** Makes `root/id` with its files and an empty record, whole or not at all; throws an `EvidenceError` otherwise. */
export async function createRunFolder(options: RunFolderOptions): Promise<RunFolder> {
  const { root, id, files } = options;
  if (!isRunId(id)) throw new EvidenceError(`\`${id}\` cannot name a run`);
  const stray = Object.keys(files).find((path) => !isInputPath(path));
  if (stray !== undefined) throw new EvidenceError(`\`${stray}\` cannot be a file of a run`);
  const path = join(root, id);
  makeFolder(path);
  try {
    return openFolder(path, options);
  } catch (cause) {
    rmSync(path, { recursive: true, force: true });
    throw cause;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(path);
  } catch (cause) {
    throw evidenceError("make the folder", path, cause);
  }
}

function openFolder(path: string, { root, id, files, onFailure }: RunFolderOptions): RunFolder {
  for (const [name, text] of Object.entries(files)) writeWholeFile(join(path, name), text);
  const decisions = createAppendFile(join(path, DECISIONS));
  const metrics = createAppendFile(join(path, METRICS));
  const inputs = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha256(text)]));
  const writer = createRecordWriter({ decisions, metrics, inputs });
  syncFolder(path);
  writeWholeFile(join(root, LATEST), `${id}\n`);
  const guarded = guard(writer, onFailure);
  return {
    path,
    recorder: guarded.recorder,
    flush: guarded.flush,
    async close() {
      try {
        guarded.flush();
        writeWholeFile(join(path, SEAL), `${canonicalJson(writer.seal())}\n`);
      } finally {
        decisions.close();
        metrics.close();
      }
    },
  };
}

/** Stops writing at the first failure, so that what is on the disk stays the beginning of what happened. */
function guard(
  writer: RecordWriter,
  onFailure: RunFolderOptions["onFailure"],
): Pick<RunFolder, "recorder" | "flush"> {
  let failure: EvidenceError | undefined;
  return {
    recorder(event) {
      if (failure !== undefined) return;
      try {
        writer.write(event);
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error;
        failure = error;
        onFailure?.(error);
      }
    },
    flush() {
      if (failure !== undefined) throw failure;
      writer.sync();
    },
  };
}
