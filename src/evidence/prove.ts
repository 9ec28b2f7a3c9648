/** A single decision for somebody who gets nothing else of the run: a proof of its entry, and the check of one. */
import { join } from "node:path";
import { EvidenceError } from "./error.ts";
import { LEDGER } from "./layout.ts";
import { leafHash } from "./ledger/hashing.ts";
import type { PublicKey } from "./ledger/keys.ts";
import { signatureOf } from "./ledger/note.ts";
import { holds, parseProof, writeProof } from "./ledger/proof-file.ts";
import { proveInclusion } from "./ledger/proofs.ts";
import { readBytes } from "./ledger/read-bytes.ts";
import { readLedger } from "./ledger/read.ts";
import { CHECKPOINT } from "./ledger/tiles.ts";

/**
 * The proof that entry `index` of a run's ledger lies under its checkpoint, as a text. That the run verifies is for the
 * caller to see to.
 *
 * @throws EvidenceError when there is no such entry.
 */
export function proveEntry(folder: string, index: number): string {
  const place = join(folder, LEDGER);
  const { entries } = readLedger(place);
  const entry = entries[index];
  const note = readBytes(place, CHECKPOINT);
  if (entry?.index !== index || note === undefined)
    throw new EvidenceError(
      `there is no entry ${index}: the ledger has ${entries.length}, the first of which is entry 0`,
    );
  const hashes = proveInclusion(
    entries.map(({ bytes }) => leafHash(bytes)),
    index,
  );
  return writeProof({ index, entry: entry.bytes, hashes }, Buffer.from(note).toString("utf8"));
}

/** What a proof shows to who trusts a key. */
export interface ProofVerdict {
  /** Why it shows nothing; undefined where it holds. */
  readonly problem?: string;
  readonly origin?: string;
  readonly size?: number;
  readonly index?: number;
  /** The decision, as the run wrote it. */
  readonly entry?: string;
}

export function checkProof(
  text: string,
  { key, witnesses }: { readonly key: PublicKey; readonly witnesses: readonly PublicKey[] },
): ProofVerdict {
  const parsed = parseProof(text);
  if (parsed.problem !== undefined) return { problem: `line ${parsed.line}: ${parsed.problem}` };
  const { proof } = parsed;
  const { origin, size } = proof.note.checkpoint;
  const unsigned = [key, ...witnesses].find((one) => signatureOf(proof.note, one) !== "signed");
  if (unsigned !== undefined)
    return { problem: `the checkpoint is not signed by ${unsigned.name} (key ${unsigned.id})` };
  if (!holds(proof))
    return { problem: `the entry does not lie at ${proof.index} under the root that is signed` };
  return { origin, size, index: proof.index, entry: Buffer.from(proof.entry).toString("utf8") };
}
