import { followRun } from "./follow.ts";
import type { PublicKey } from "./ledger/keys.ts";
import type { RunRecord } from "./record.ts";

/**
 * Reads a run's folder whole, as `followRun` opens it.
 *
 * @param key By which the ledger must be signed; the one that lies in the folder when left out.
 */
export function readRun(path: string, key?: PublicKey): RunRecord {
  const { outline, fresh } = followRun(path, key).advance(Number.POSITIVE_INFINITY);
  return { ...outline, measurements: fresh };
}
