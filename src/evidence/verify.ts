import { readRun } from "./read.ts";
import { verifies, type RecordProblem } from "./record.ts";

/** Recomputes the chain, the seal and the digest of everything they bind; the problems say where it fails. */
export function verifyRun(path: string): {
  readonly verifies: boolean;
  readonly problems: readonly RecordProblem[];
} {
  const record = readRun(path);
  return { verifies: verifies(record), problems: record.problems };
}
