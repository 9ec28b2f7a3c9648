/** What a ledger says, and what is wrong with it. */
import type { PublicKey } from "./keys.ts";
import type { Hash } from "./hashing.ts";
import type { Note } from "./note.ts";
import type { Peak } from "./tree.ts";

export interface LedgerReading {
  /** What need not be read again while the ledger only grows. */
  readonly settled: SettledPart;
  /** The entries under the checkpoint that can be read, with their index. */
  readonly entries: readonly ReadEntry[];
  readonly note: Note | undefined;
  /** By which the checkpoint was judged; undefined where there is none. */
  readonly key: PublicKey | undefined;
  readonly faults: readonly LedgerFault[];
}

export interface ReadEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

export interface LedgerFault {
  /** `unsigned`: written, and not under the checkpoint: what a run that is killed leaves behind. */
  readonly kind: "altered" | "malformed" | "missing" | "unsigned";
  /** In the ledger's folder. */
  readonly file: string;
  /** Counted from 0. */
  readonly entry?: number;
  /** Where in the file, counted from 0. */
  readonly byte?: number;
  /** Counted from 1. */
  readonly line?: number;
  readonly message: string;
}

/** The whole bundles at the front of a ledger, held against their hashes and, by those, against a signed root. */
export interface SettledPart {
  readonly entries: readonly ReadEntry[];
  /** Level by level, the hashes that are in the tiles over these entries. */
  readonly levels: readonly (readonly Hash[])[];
  readonly peaks: readonly Peak[];
}

export const NOTHING_SETTLED: SettledPart = { entries: [], levels: [], peaks: [] };
