import { checkEarlier } from "./earlier.ts";
import type { PublicKey } from "./ledger/keys.ts";
import { readRun } from "./read.ts";
import { judge, type RecordProblem, type SignedHead, type Verdict } from "./record.ts";

export interface VerifyOptions {
  /** By which the run must be signed; the one that lies in its folder when left out. */
  readonly key?: PublicKey;
  /** Who must have signed the checkpoint as well. */
  readonly witnesses?: readonly PublicKey[];
  /** The text of a checkpoint of the same run that was seen before: the ledger has to begin with what it covers. */
  readonly earlier?: string;
}

export interface Verification {
  readonly verdict: Verdict;
  readonly head: SignedHead | undefined;
  readonly problems: readonly RecordProblem[];
}

/** Recomputes the tree, the signatures and the digest of everything they bind; the problems say where it fails. */
export function verifyRun(path: string, options: VerifyOptions = {}): Verification {
  const record = readRun(path, options.key);
  const problems = [...record.problems, ...checkEarlier(path, options)];
  return { verdict: judge({ problems }), head: record.head, problems };
}
