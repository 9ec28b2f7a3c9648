import { newestCheckpoint } from "./checkpoints.ts";
import { EvidenceError } from "./error.ts";
import { readRun } from "./read.ts";
import { judge, type RunRecord } from "./record.ts";

/** A run that was killed, with the checkpoint from which it can go on. */
export interface StoppedRun {
  readonly path: string;
  readonly record: RunRecord;
  readonly checkpoint: { readonly file: string; readonly bytes: Uint8Array };
}

/** Reads a run that is to go on; throws an `EvidenceError` that says why it cannot. */
export function readStoppedRun(path: string): StoppedRun {
  const record = readRun(path);
  const verdict = judge(record);
  if (verdict === "verifies")
    throw new EvidenceError(`the run ${record.id} has ended: there is nothing to go on with`);
  if (verdict !== "unfinished")
    throw new EvidenceError(
      `the record of ${record.id} does not verify, so nothing can follow on it: see \`gov verify\``,
    );
  const checkpoint = newestCheckpoint(path, record.decisions);
  if (checkpoint === undefined)
    throw new EvidenceError(`the run ${record.id} has no checkpoint to go on from; begin it anew`);
  return { path, record, checkpoint };
}
