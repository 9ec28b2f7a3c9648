/** The entries of a ledger as they lie in their bundles. */
import { readBundle } from "./entries.ts";
import { readBytes } from "./read-bytes.ts";
import type { LedgerFault, ReadEntry } from "./reading.ts";
import { listTiles, type TileFile } from "./tile-files.ts";
import { TILE_WIDTH, tilePath, tilesOf, type TileLevel } from "./tiles.ts";

export interface FoundEntries {
  readonly entries: readonly (ReadEntry & { readonly place: Pick<LedgerFault, "file" | "entry" | "byte"> })[];
  readonly faults: readonly LedgerFault[];
}

/**
 * @param size How many entries are signed for, undefined where nothing is.
 * @param from The first bundle to be read.
 */
export function readEntries(folder: string, size: number | undefined, from: number): FoundEntries {
  const entries: FoundEntries["entries"][number][] = [];
  const faults: LedgerFault[] = [];
  for (const tile of widestTiles(folder, "entries", size, from)) {
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

/**
 * The tiles of a level, each in its widest form; one that should be there and is not has no bytes.
 *
 * @param from The first that matters.
 */
export function widestTiles(
  folder: string,
  level: TileLevel,
  count: number | undefined,
  from: number,
): readonly TileFile[] {
  const found = new Map(listTiles(folder, level).tiles.map((tile) => [tile.index, tile]));
  for (const { index, width } of tilesOf(count ?? 0))
    if (!found.has(index)) found.set(index, { index, width, path: tilePath(level, index, width) });
  return [...found.values()]
    .filter(({ index }) => index >= from)
    .toSorted((one, other) => one.index - other.index);
}
