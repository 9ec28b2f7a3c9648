import { createAppendFile } from "../evidence/append.ts";
import { EvidenceError } from "../evidence/error.ts";
import type { Tracker } from "./tracker.ts";

/**
 * Writes every event, decisions and measurements alike, as one line of JSON to a new file, for tools that follow a
 * run from outside. It is a copy, not evidence: no chain, and a disk that fails ends the copy but not the run.
 */
export function createJsonlTracker(path: string): Tracker {
  const file = createAppendFile(path);
  let failure: EvidenceError | undefined;
  return {
    record(event) {
      if (failure !== undefined) return;
      try {
        file.append(JSON.stringify(event));
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error;
        failure = error;
      }
    },
    async close() {
      file.close();
      if (failure !== undefined) throw failure;
    },
  };
}
