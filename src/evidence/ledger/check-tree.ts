/** The tree over a ledger's entries against the tiles of hashes and the root that was signed. */
import { widestTiles, type FoundEntries } from "./bundles.ts";
import { HASH_BYTES, leafHash, sameHash, type Hash } from "./hashing.ts";
import type { Checkpoint } from "./note.ts";
import { readBytes } from "./read-bytes.ts";
import type { LedgerFault, SettledPart } from "./reading.ts";
import { CHECKPOINT, levelCounts, TILE_HEIGHT, TILE_WIDTH } from "./tiles.ts";
import { growTree, rootOf, type Peak } from "./tree.ts";

export interface CheckedTree {
  readonly faults: readonly LedgerFault[];
  /** All but a last bundle that is not full; what was settled before where something is wrong. */
  readonly settled: SettledPart;
}

/**
 * Hashes of the entries against the tiles, and of both against the root that was signed.
 *
 * @param found The entries behind those that are settled.
 */
export function checkTree(
  folder: string,
  settled: SettledPart,
  found: FoundEntries,
  signed: Checkpoint | undefined,
): CheckedTree {
  const before = settled.entries.length;
  const size = signed?.size ?? before + found.entries.length;
  const fresh = found.entries.filter(({ index }) => index < size);
  const whole = size - (size % TILE_WIDTH);
  const computed = growLevels(
    settled,
    fresh.map(({ bytes }) => leafHash(bytes)),
    whole,
  );
  const tiles = levelCounts(size).map((count, level) =>
    readHashes(folder, level, count, firstTile(settled, level)),
  );
  const stored = tiles.map(({ hashes }) => hashes);
  const faults = judge();
  const { peaks } = computed;
  const isSettled = faults.length === 0 && signed !== undefined && peaks !== undefined;
  return {
    faults: [...tiles.flatMap((tile) => tile.faults), ...faults],
    settled: isSettled
      ? {
          entries: [...settled.entries, ...fresh.slice(0, whole - before)],
          levels: computed.levels.map((hashes, level) => hashes.slice(0, whole / TILE_WIDTH ** level)),
          peaks,
        }
      : settled,
  };

  function judge(): readonly LedgerFault[] {
    const isWhole = before + fresh.length === size;
    const entriesFit = isWhole && signed !== undefined && sameHash(computed.root, signed.root);
    if (entriesFit)
      return stored.flatMap((hashes, level) =>
        compareTiles(hashes, computed.levels[level] ?? [], level, firstTile(settled, level) * TILE_WIDTH),
      );
    if (before > 0)
      return [
        {
          kind: "altered",
          file: CHECKPOINT,
          line: 3,
          message: "it does not go on from what was read before",
        },
      ];
    const [leaves = []] = stored;
    const known = leaves.flatMap((leaf) => leaf.hash ?? []);
    const tilesFit = signed !== undefined && known.length === size && sameHash(rootOf(known), signed.root);
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

interface GrownLevels {
  readonly root: Hash;
  readonly levels: readonly (readonly Hash[])[];
  /** Of the tree when it had the size that was asked for, undefined where it never had. */
  readonly peaks: readonly Peak[] | undefined;
}

function growLevels(settled: SettledPart, leaves: readonly Hash[], size: number): GrownLevels {
  const levels = settled.levels.map((hashes) => [...hashes]);
  const tree = growTree((height, root) => {
    if (height % TILE_HEIGHT === 0) (levels[height / TILE_HEIGHT] ??= []).push(root);
  }, settled.peaks);
  let peaks = tree.size() === size ? settled.peaks : undefined;
  for (const leaf of leaves) {
    tree.add(leaf);
    if (tree.size() === size) peaks = tree.peaks();
  }
  return { root: tree.root(), levels, peaks };
}

/** The tile of a level that the hashes behind the settled ones begin in. */
function firstTile({ levels }: SettledPart, level: number): number {
  return Math.floor((levels[level]?.length ?? 0) / TILE_WIDTH);
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
  from: number,
): { readonly hashes: readonly StoredHash[]; readonly faults: readonly LedgerFault[] } {
  const tiles = widestTiles(folder, level, count, from).map((tile) => {
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
  from: number,
): readonly LedgerFault[] {
  return stored.flatMap(({ hash, file, byte }, place): readonly LedgerFault[] => {
    const index = from + place;
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
