/** The checkpoints of a run, in its folder: written whole, bound by the log, pruned as the policy's `retain` says. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Duration } from "../check/policy.ts";
import { hasElapsed } from "../reason/bounds/duration.ts";
import type { Clock } from "../reason/clock.ts";
import type { CheckpointSaved } from "../runtime/events.ts";
import type { DigestOf } from "./bindings.ts";
import { sha256 } from "./digest.ts";
import { CHECKPOINTS } from "./layout.ts";
import { readBytes } from "./ledger/read-bytes.ts";
import type { LogEntry, RecordProblem } from "./record.ts";
import { standingEntries } from "./standing.ts";
import { writeWholeFile } from "./whole-file.ts";

/** How long a checkpoint is kept; the newest ones are, whatever this says. */
export type Retention = Duration | "forever" | undefined;

/** One to go on from, and one more should it be damaged. */
const ALWAYS_KEPT = 2;

export interface KeptCheckpoint {
  readonly file: string;
  readonly clock: Clock;
}

/** Writes a checkpoint durably; it counts once the event that is given back is in the log. */
export function writeCheckpoint(
  folder: string,
  bytes: Uint8Array,
  clock: Clock,
  kept: readonly KeptCheckpoint[],
  retain: Retention,
): CheckpointSaved {
  const file = `${CHECKPOINTS}/step-${String(clock.step).padStart(8, "0")}.ckpt`;
  writeWholeFile(join(folder, file), bytes);
  const older = kept.filter((checkpoint) => checkpoint.file !== file);
  const spared = new Set(older.slice(older.length - (ALWAYS_KEPT - 1)).map((checkpoint) => checkpoint.file));
  const pruned = older
    .filter((checkpoint) => !spared.has(checkpoint.file) && isOutlived(checkpoint.clock, clock, retain))
    .map((checkpoint) => checkpoint.file);
  return { kind: "checkpoint_saved", clock, file, sha256: sha256(bytes), pruned };
}

/** Once the log says that they are gone. */
export function removeCheckpoints(folder: string, files: readonly string[]): void {
  for (const file of files) rmSync(join(folder, file), { force: true });
}

function isOutlived(saved: Clock, now: Clock, retain: Retention): boolean {
  if (retain === "forever") return false;
  return retain === undefined || hasElapsed(saved, now, retain);
}

/** Those that the log says are there, oldest first. */
export function keptCheckpoints(
  entries: readonly LogEntry[],
): readonly (KeptCheckpoint & { readonly sha256: string })[] {
  const kept = new Map<string, KeptCheckpoint & { readonly sha256: string }>();
  for (const { event } of standingEntries(entries)) {
    if (event.kind !== "checkpoint_saved") continue;
    kept.delete(event.file);
    kept.set(event.file, { file: event.file, clock: event.clock, sha256: event.sha256 });
    for (const file of event.pruned) kept.delete(file);
  }
  return [...kept.values()];
}

/** The newest checkpoint that is what the log says; undefined where there is none. */
export function newestCheckpoint(
  folder: string,
  entries: readonly LogEntry[],
): (KeptCheckpoint & { readonly bytes: Uint8Array }) | undefined {
  for (const { file, clock, sha256: digest } of keptCheckpoints(entries).toReversed()) {
    const bytes = readCheckpoint(folder, file);
    if (bytes !== undefined && sha256(bytes) === digest) return { file, clock, bytes };
  }
  return undefined;
}

/** Every checkpoint that should be there is, and is what was written. */
export function checkCheckpoints(digestOf: DigestOf, entries: readonly LogEntry[]): readonly RecordProblem[] {
  return keptCheckpoints(entries).flatMap(({ file, sha256: digest }): readonly RecordProblem[] => {
    const found = isCheckpoint(file) ? digestOf(file) : undefined;
    if (found === undefined) return [{ kind: "missing", file, message: "the checkpoint is not there" }];
    if (found === digest) return [];
    return [{ kind: "altered", file, message: "the checkpoint is not the one that the run saved" }];
  });
}

function readCheckpoint(folder: string, file: string): Uint8Array | undefined {
  return isCheckpoint(file) ? readBytes(folder, file) : undefined;
}

/** Nothing outside the folder of checkpoints is read, whatever the log names. */
function isCheckpoint(file: string): boolean {
  return /^checkpoints\/step-\d+\.ckpt$/.test(file);
}
