import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { evidenceError, EvidenceError } from "../error.ts";
import { syncFolder, writeWholeFile } from "../whole-file.ts";
import { bundleEntry } from "./entries.ts";
import { leafHash, type Hash } from "./hashing.ts";
import type { SigningKey } from "./keys.ts";
import { continueLedger, type Ledger } from "./ledger.ts";
import { readBytes } from "./read-bytes.ts";
import { readLedger } from "./read.ts";
import { PAYLOADS, TILE_HEIGHT, TILE_WIDTH, tilePath, tilesOf, type TileLevel } from "./tiles.ts";
import { growTree } from "./tree.ts";

export interface OpenedLedger {
  readonly ledger: Ledger;
  /** What it holds. */
  readonly entries: readonly Uint8Array[];
}

/**
 * Opens a ledger to be continued. What was being written when its run was killed is cut off: everything under the
 * signed checkpoint stays, byte for byte, and nothing else does.
 *
 * @throws EvidenceError when the signed part is not what was signed, or was signed by another key.
 */
export function openLedger(folder: string, key: SigningKey): OpenedLedger {
  const { entries, note, faults } = readLedger(folder, key.publicKey);
  const broken = faults.find((fault) => !isMendable(fault, entries.length === note?.checkpoint.size));
  if (note === undefined || broken !== undefined) {
    const reason = broken === undefined ? "it has no checkpoint" : `${broken.file}: ${broken.message}`;
    throw new EvidenceError(`cannot continue the ledger in ${folder}: ${reason}`);
  }
  const bytes = entries.map((entry) => entry.bytes);
  mend(
    folder,
    bytes,
    faults.map(({ file }) => file),
  );
  return { ledger: continueLedger({ folder, origin: note.checkpoint.origin, key }, bytes), entries: bytes };
}

/** Leftovers go, and hashes are computed anew where all the entries are there. */
function isMendable(
  { kind, file }: ReturnType<typeof readLedger>["faults"][number],
  isWhole: boolean,
): boolean {
  return kind === "unsigned" || (isWhole && /^tile\/\d+\//.test(file));
}

/** Writes every tile that is not as it should be, and removes what is none. */
function mend(folder: string, entries: readonly Uint8Array[], strays: readonly string[]): void {
  const expected = new Map<string, Uint8Array>();
  addTiles(expected, "entries", entries.map(bundleEntry));
  const levels: Hash[][] = [];
  const tree = growTree((height, root) => {
    if (height % TILE_HEIGHT === 0) (levels[height / TILE_HEIGHT] ??= []).push(root);
  });
  for (const entry of entries) tree.add(leafHash(entry));
  for (const [level, hashes] of levels.entries()) addTiles(expected, level, hashes);
  for (const [path, bytes] of expected) {
    const there = readBytes(folder, path);
    if (there === undefined || Buffer.compare(there, bytes) !== 0) writeWholeFile(join(folder, path), bytes);
  }
  // After what is right has reached the disk: a machine that stops here loses nothing.
  for (const path of strays) if (!expected.has(path) && !path.startsWith(PAYLOADS)) remove(folder, path);
}

function addTiles(expected: Map<string, Uint8Array>, level: TileLevel, things: readonly Uint8Array[]): void {
  for (const { index, width } of tilesOf(things.length)) {
    const first = index * TILE_WIDTH;
    expected.set(tilePath(level, index, width), Buffer.concat(things.slice(first, first + width)));
  }
}

function remove(folder: string, path: string): void {
  const place = join(folder, path);
  try {
    rmSync(place, { force: true });
  } catch (cause) {
    throw evidenceError("remove", place, cause);
  }
  syncFolder(dirname(place));
}
