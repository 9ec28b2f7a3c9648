/** Where things lie in a ledger's folder (C2SP tlog-tiles). */
export const CHECKPOINT = "checkpoint";
/** The public key that belongs to the checkpoint's signature, for who has none of their own. */
export const PUBLIC_KEY = "key.pub";
/** What is too long for an entry lies here under its SHA-256. */
export const PAYLOADS = "payload/";

/** Hashes in a tile, entries in a bundle. */
export const TILE_WIDTH = 256;
/** A tile of level L holds roots of subtrees of 2^(8L) leaves. */
export const TILE_HEIGHT = 8;

/** `entries` for bundles of entries, a number for tiles of hashes. */
export type TileLevel = number | "entries";

/** The path of a tile, for example `tile/0/x001/067` or, where only 5 of 256 are there, `tile/0/x001/067.p/5`. */
export function tilePath(level: TileLevel, index: number, width: number): string {
  const whole = `tile/${level}/${tileName(index)}`;
  return width === TILE_WIDTH ? whole : `${whole}.p/${width}`;
}

/** 1234067 is `x001/x234/067`. */
function tileName(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  return groups.map((group, place) => (place === groups.length - 1 ? group : `x${group}`)).join("/");
}

export interface Tile {
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

/** The tiles that hold `count` things, all but the last of them full. */
export function tilesOf(count: number): readonly Tile[] {
  return Array.from({ length: Math.ceil(count / TILE_WIDTH) }, (_, index) => ({
    index,
    width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH),
  }));
}

/** How many things each level of a tree of `size` leaves holds, the leaves first; at least one level. */
export function levelCounts(size: number): readonly number[] {
  const counts = [size];
  for (let count = Math.floor(size / TILE_WIDTH); count > 0; count = Math.floor(count / TILE_WIDTH))
    counts.push(count);
  return counts;
}
