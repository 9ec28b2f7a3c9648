/**
 * A proof that fits into a file (C2SP tlog-proof): one entry, the hashes that lead from it to the root, and the signed
 * checkpoint. Whoever trusts the key needs neither the ledger nor us.
 */
import type { Hash } from "./hashing.ts";
import { HASH_BYTES, leafHash } from "./hashing.ts";
import { decodeBase64 } from "./keys.ts";
import { parseNote, type Note } from "./note.ts";
import { verifyInclusion } from "./proofs.ts";

const HEADER = "c2sp.org/tlog-proof@v1";

export interface EntryProof {
  readonly index: number;
  /** The entry itself: what the format calls extra data. */
  readonly entry: Uint8Array;
  readonly hashes: readonly Hash[];
  readonly note: Note;
}

/** @param note The text of the checkpoint with all of its signatures. */
export function writeProof(proof: Omit<EntryProof, "note">, note: string): string {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
  const lines = [
    ...[HEADER, `extra ${base64(proof.entry)}`, `index ${proof.index}`],
    ...proof.hashes.map(base64),
  ];
  return `${lines.join("\n")}\n\n${note}`;
}

export function isProof(text: string): boolean {
  return text.startsWith(`${HEADER}\n`);
}

type Parsed =
  | { readonly proof: EntryProof; readonly problem?: undefined }
  | { readonly problem: string; readonly line: number };

export function parseProof(text: string): Parsed {
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, end).split("\n");
  if (end === -1 || lines[0] !== HEADER) return { problem: "it is no proof of an entry", line: 1 };
  const extra = /^extra ([A-Za-z0-9+/]*={0,2})$/.exec(lines[1] ?? "");
  if (extra === null) return { problem: "the entry itself is not there", line: 2 };
  const index = /^index (0|[1-9]\d{0,14})$/.exec(lines[2] ?? "");
  if (index === null) return { problem: "the index of the entry is not there", line: 3 };
  const entry = decodeBase64(extra[1] ?? "");
  if (entry === undefined) return { problem: "the entry is not in base64", line: 2 };
  const decoded = lines.slice(3).map(decodeBase64);
  const hashes = decoded.flatMap((hash) => (hash?.length === HASH_BYTES ? [hash] : []));
  if (hashes.length < decoded.length)
    return { problem: "it is no hash", line: 4 + decoded.findIndex((hash) => hash?.length !== HASH_BYTES) };
  const parsed = parseNote(text.slice(end + 2));
  if (parsed.problem !== undefined) return { problem: parsed.problem, line: lines.length + 1 + parsed.line };
  return { proof: { index: Number(index[1]), entry, hashes, note: parsed.note } };
}

/** Whether the entry lies under the checkpoint; who signed that is another question. */
export function holds({ index, entry, hashes, note }: EntryProof): boolean {
  const { size, root } = note.checkpoint;
  return verifyInclusion({ index, leaf: leafHash(entry), size, root }, hashes);
}
