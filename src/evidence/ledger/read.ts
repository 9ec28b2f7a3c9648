/** A ledger as it lies on the disk, held against its own checkpoint; nothing of it is believed. */
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evidenceError, isMissing } from "../error.ts";
import { readBundle } from "./entries.ts";
import { HASH_BYTES, leafHash, sameHash, type Hash } from "./hashing.ts";
import { parsePublicKey, type PublicKey } from "./keys.ts";
import { parseNote, signatureOf, type Checkpoint, type Note } from "./note.ts";
import { listFiles, listTiles, type TileFile } from "./tile-files.ts";
import {
  CHECKPOINT,
  levelCounts,
  PAYLOADS,
  PUBLIC_KEY,
  TILE_HEIGHT,
  TILE_WIDTH,
  tilePath,
  tilesOf,
  type TileLevel,
} from "./tiles.ts";
import { growTree } from "./tree.ts";

export interface LedgerReading {
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

/** @param trusted The key that must have signed; the one that lies in the folder when left out. */
export function readLedger(folder: string, trusted?: PublicKey): LedgerReading {
  const enclosed = readKey(folder);
  const key = trusted ?? enclosed.key;
  const head = readCheckpoint(folder, key);
  const size = head.note?.checkpoint.size;
  const found = readEntries(folder, size);
  const tree = checkTree(folder, found, head.note?.checkpoint);
  const told = new Set([...found.faults, ...tree].map(({ file }) => file));
  const strays = findStrays(folder, size);
  return {
    entries: found.entries.filter(({ index }) => size === undefined || index < size),
    note: head.note,
    key,
    faults: [
      ...enclosed.faults,
      ...(trusted !== undefined && enclosed.key !== undefined && enclosed.key.text !== trusted.text
        ? [{ kind: "altered", file: PUBLIC_KEY, message: "it is not the key that was given" } as const]
        : []),
      ...head.faults,
      ...[...found.faults, ...tree].toSorted((one, other) => (one.entry ?? 0) - (other.entry ?? 0)),
      ...strays.filter(({ file }) => !told.has(file)),
    ],
  };
}

function readKey(folder: string): { readonly key?: PublicKey; readonly faults: readonly LedgerFault[] } {
  const bytes = readBytes(folder, PUBLIC_KEY);
  if (bytes === undefined)
    return {
      faults: [{ kind: "missing", file: PUBLIC_KEY, message: "the ledger's public key is not there" }],
    };
  const text = Buffer.from(bytes).toString("utf8");
  const key = parsePublicKey(text);
  if (key !== undefined && `${key.text}\n` === text) return { key, faults: [] };
  return { faults: [{ kind: "malformed", file: PUBLIC_KEY, line: 1, message: "it is not a public key" }] };
}

function readCheckpoint(
  folder: string,
  key: PublicKey | undefined,
): { readonly note?: Note; readonly faults: readonly LedgerFault[] } {
  const file = CHECKPOINT;
  const bytes = readBytes(folder, file);
  if (bytes === undefined)
    return { faults: [{ kind: "missing", file, message: "the ledger has no signed checkpoint" }] };
  const text = Buffer.from(bytes).toString("utf8");
  const parsed = parseNote(text);
  if (parsed.problem !== undefined)
    return { faults: [{ kind: "malformed", file, line: parsed.line, message: parsed.problem }] };
  const { note } = parsed;
  // The decoder has put a mark where the bytes were no text.
  if (!Buffer.from(text).equals(bytes))
    return { faults: [{ kind: "malformed", file, line: 1, message: "it is not text in UTF-8" }] };
  if (key === undefined)
    return {
      note,
      faults: [{ kind: "malformed", file, message: "there is no key to check its signature by" }],
    };
  const verdict = signatureOf(note, key);
  if (verdict === "signed") return { note, faults: [] };
  const by = `${key.name} (key ${key.id})`;
  const message =
    verdict === "absent"
      ? `it is not signed by ${by}`
      : `its first three lines are not those that ${by} signed, or the signature was changed`;
  return { note, faults: [{ kind: "altered", file, line: verdict === "absent" ? 5 : 1, message }] };
}

interface FoundEntries {
  readonly entries: readonly (ReadEntry & { readonly place: Pick<LedgerFault, "file" | "entry" | "byte"> })[];
  readonly faults: readonly LedgerFault[];
}

function readEntries(folder: string, size: number | undefined): FoundEntries {
  const entries: FoundEntries["entries"][number][] = [];
  const faults: LedgerFault[] = [];
  for (const tile of widestTiles(folder, "entries", size)) {
    const { path: file, index: bundle } = tile;
    const first = bundle * TILE_WIDTH;
    const { entries: bundled, torn } = readBundle(readBytes(folder, file) ?? new Uint8Array());
    bundled.forEach(({ bytes, start }, offset) => {
      const index = first + offset;
      entries.push({ index, bytes, place: { file, entry: index, byte: start } });
    });
    const next = first + bundled.length;
    const signed = size === undefined ? next : Math.min(size, first + TILE_WIDTH);
    const unsigned = (message: string): LedgerFault => ({ kind: "unsigned", file, entry: signed, message });
    if (next < signed)
      faults.push({
        kind: "missing",
        ...{ file, entry: next },
        message: torn > 0 ? `the entry is torn: its length leads past the end` : "the entry is not there",
      });
    else if (next > signed) faults.push(unsigned(`${next - signed} more than the checkpoint is signed for`));
    else if (torn > 0) faults.push(unsigned(`${torn} bytes of an entry that was never committed`));
  }
  return { entries, faults };
}

/** The tiles of a level, each in its widest form; one that should be there and is not has no bytes. */
function widestTiles(folder: string, level: TileLevel, count: number | undefined): readonly TileFile[] {
  const found = new Map(listTiles(folder, level).tiles.map((tile) => [tile.index, tile]));
  for (const { index, width } of tilesOf(count ?? 0))
    if (!found.has(index)) found.set(index, { index, width, path: tilePath(level, index, width) });
  return [...found.values()].toSorted((one, other) => one.index - other.index);
}

/** Hashes of the entries against the tiles, and of both against the root that was signed. */
function checkTree(
  folder: string,
  found: FoundEntries,
  signed: Checkpoint | undefined,
): readonly LedgerFault[] {
  const size = signed?.size ?? found.entries.length;
  const computed = hashLevels(
    found.entries.filter(({ index }) => index < size).map(({ bytes }) => leafHash(bytes)),
  );
  const tiles = levelCounts(size).map((count, level) => readHashes(folder, level, count));
  const stored = tiles.map(({ hashes }) => hashes);
  return [...tiles.flatMap(({ faults }) => faults), ...judge()];

  function judge(): readonly LedgerFault[] {
    const isWhole = computed.levels[0]?.length === size || size === 0;
    const entriesFit = isWhole && signed !== undefined && sameHash(computed.root, signed.root);
    if (entriesFit)
      return stored.flatMap((hashes, level) => compareTiles(hashes, computed.levels[level] ?? [], level));
    const [leaves = []] = stored;
    const known = leaves.flatMap((leaf) => leaf.hash ?? []);
    const tilesFit =
      signed !== undefined && known.length === size && sameHash(hashLevels(known).root, signed.root);
    const faults = compareEntries(found, leaves, tilesFit ? "hashes" : "neither");
    if (tilesFit || faults.length > 0) return faults;
    if (!isWhole) return [];
    return [
      {
        kind: "altered",
        file: CHECKPOINT,
        line: 3,
        message: `the entries and their hashes have another root than the one that is signed: they were written anew`,
      },
    ];
  }
}

function hashLevels(leaves: readonly Hash[]): { readonly root: Hash; readonly levels: readonly Hash[][] } {
  const levels: Hash[][] = [];
  const tree = growTree((height, root) => {
    if (height % TILE_HEIGHT === 0) (levels[height / TILE_HEIGHT] ??= []).push(root);
  });
  for (const leaf of leaves) tree.add(leaf);
  return { root: tree.root(), levels };
}

interface StoredHash {
  readonly hash: Hash | undefined;
  readonly file: string;
  readonly byte: number;
}

function readHashes(
  folder: string,
  level: number,
  count: number,
): { readonly hashes: readonly StoredHash[]; readonly faults: readonly LedgerFault[] } {
  const tiles = widestTiles(folder, level, count).map((tile) => {
    const bytes = readBytes(folder, tile.path) ?? new Uint8Array();
    return { ...tile, bytes, width: Math.max(0, Math.min(TILE_WIDTH, count - tile.index * TILE_WIDTH)) };
  });
  const hashes = tiles.flatMap(({ path: file, bytes, width }) =>
    Array.from({ length: width }, (_, place): StoredHash => {
      const byte = place * HASH_BYTES;
      const hash = byte + HASH_BYTES <= bytes.length ? bytes.subarray(byte, byte + HASH_BYTES) : undefined;
      return { hash, file, byte };
    }),
  );
  const faults = tiles.flatMap(({ path: file, bytes, width }): readonly LedgerFault[] => {
    const byte = width * HASH_BYTES;
    if (bytes.length <= byte) return [];
    return [
      {
        kind: "unsigned",
        file,
        byte,
        message: `${bytes.length - byte} bytes that are not under the checkpoint`,
      },
    ];
  });
  return { hashes, faults };
}

function compareTiles(
  stored: readonly StoredHash[],
  computed: readonly Hash[],
  level: number,
): readonly LedgerFault[] {
  return stored.flatMap(({ hash, file, byte }, index): readonly LedgerFault[] => {
    const right = computed[index];
    if (hash !== undefined && right !== undefined && sameHash(hash, right)) return [];
    const what = level === 0 ? `the hash of entry ${index}` : `hash ${index} of level ${level}`;
    return hash === undefined
      ? [
          {
            kind: "missing",
            file,
            byte,
            message: `${what} is not there; the entries are as they were signed`,
          },
        ]
      : [
          {
            kind: "altered",
            file,
            byte,
            message: `${what} was changed; the entries are as they were signed`,
          },
        ];
  });
}

/** @param signed What fits the signed root: the hashes, so that it is the entry that was changed, or neither. */
function compareEntries(
  { entries }: FoundEntries,
  leaves: readonly StoredHash[],
  signed: "hashes" | "neither",
): readonly LedgerFault[] {
  const places = new Map(leaves.map(({ hash }, index) => [hashText(hash), index]));
  return entries.flatMap(({ index, bytes, place }): readonly LedgerFault[] => {
    const stored = leaves[index]?.hash;
    const hash = leafHash(bytes);
    if (index >= leaves.length || (stored !== undefined && sameHash(stored, hash))) return [];
    const other = places.get(hashText(hash));
    const message =
      other !== undefined && other !== index
        ? `what stands here was written as entry ${other}`
        : signed === "hashes"
          ? "the entry is not the one that was signed"
          : "the entry and its hash do not belong together, and neither fits what was signed";
    return [{ kind: "altered", ...place, message }];
  });
}

function hashText(hash: Hash | undefined): string {
  return hash === undefined ? "" : Buffer.from(hash).toString("hex");
}

/** What lies in the folder and is no part of a ledger of this size. */
function findStrays(folder: string, size: number | undefined): readonly LedgerFault[] {
  if (size === undefined) return [];
  const expected = new Set([CHECKPOINT, PUBLIC_KEY]);
  for (const [level, count] of [["entries", size] as const, ...levelCounts(size).entries()])
    for (const { index, width } of tilesOf(count)) expected.add(tilePath(level, index, width));
  return listFiles(folder, "")
    .filter((file) => !expected.has(file) && !file.startsWith(PAYLOADS))
    .map((file) => ({ kind: "unsigned", file, message: "it is no part of what was signed" }));
}

/** Links are not followed: what a ledger shows lies in its folder. */
export function readBytes(folder: string, name: string): Uint8Array | undefined {
  const path = join(folder, name);
  try {
    return lstatSync(path).isFile() ? readFileSync(path) : undefined;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw evidenceError("read", path, cause);
  }
}
