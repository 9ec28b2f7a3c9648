import { readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";
import { evidenceError, isMissing } from "../error.ts";
import { TILE_WIDTH, tilePath, type Tile, type TileLevel } from "./tiles.ts";

export interface TileFile extends Tile {
  /** In the ledger's folder. */
  readonly path: string;
}

export interface TileFiles {
  readonly tiles: readonly TileFile[];
  /** Files that are no tiles of this level: paths in the ledger's folder. */
  readonly strays: readonly string[];
}

/** The tiles of a level as they lie on the disk, by index; where one lies there in several widths, all of them. */
export function listTiles(folder: string, level: TileLevel): TileFiles {
  const tiles: TileFile[] = [];
  const strays: string[] = [];
  for (const path of listFiles(folder, `tile/${level}`)) {
    const tile = parsePath(path, level);
    if (tile === undefined) strays.push(path);
    else tiles.push({ ...tile, path });
  }
  return {
    tiles: tiles.toSorted((one, other) => one.index - other.index || one.width - other.width),
    strays,
  };
}

function parsePath(path: string, level: TileLevel): Tile | undefined {
  const parts = /^tile\/[^/]+\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (parts?.[1] === undefined) return undefined;
  const index = Number(parts[1].replace(/[x/]/g, ""));
  const width = parts[2] === undefined ? TILE_WIDTH : Number(parts[2]);
  return tilePath(level, index, width) === path ? { index, width } : undefined;
}

/** Everything that is not a folder below `path`, as paths in `folder`, in order. */
export function listFiles(folder: string, path: string): readonly string[] {
  return readFolder(join(folder, path))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      return entry.isDirectory() ? listFiles(folder, below) : [below];
    });
}

function readFolder(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw evidenceError("read", path, cause);
  }
}
