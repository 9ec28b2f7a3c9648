import { closeSync, fsync, fsyncSync, mkdirSync, openSync, renameSync, rmdirSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { evidenceError, EvidenceError } from "../error.ts";
import { syncFolder, writeWholeFile } from "../whole-file.ts";
import { bundleEntry } from "./entries.ts";
import { leafHash } from "./hashing.ts";
import type { SigningKey } from "./keys.ts";
import { signCheckpoint } from "./note.ts";
import { CHECKPOINT, PUBLIC_KEY, TILE_HEIGHT, TILE_WIDTH, tilePath, type TileLevel } from "./tiles.ts";
import { growTree } from "./tree.ts";

/** A log that only grows, in a folder of its own. */
export interface Ledger {
  /** Entries, those that are not committed yet included. */
  readonly size: () => number;
  /** A signed checkpoint over all of them. */
  readonly note: () => string;
  /** Takes one entry of at most 65,535 bytes; it counts for nothing until it is committed. */
  readonly append: (entry: Uint8Array) => void;
  /**
   * Returns once everything appended is on the disk and signed; throws an `EvidenceError` when it cannot be. What was
   * committed before stays as it is, and the ledger takes nothing more until it is opened again.
   */
  readonly commitSync: () => void;
  /**
   * The same without waiting: many files reach the disk at once, and more may be appended meanwhile, which the next
   * commit takes. Commits end in the order in which they began.
   */
  readonly commit: () => Promise<void>;
  /** Brings to the disk what could be computed anew, too. */
  readonly close: () => void;
}

export interface LedgerOptions {
  /** Made when it is not there. */
  readonly folder: string;
  readonly origin: string;
  readonly key: SigningKey;
}

/** An empty ledger, its empty checkpoint signed. */
export function createLedger(options: LedgerOptions): Ledger {
  writeWholeFile(join(options.folder, PUBLIC_KEY), `${options.key.publicKey.text}\n`);
  const ledger = continueLedger(options, []);
  ledger.commitSync();
  return ledger;
}

/**
 * A ledger that holds these entries and is about to take more.
 *
 * @param entries What lies in its tiles, whole and alone: see `openLedger`.
 */
export function continueLedger(
  { folder, origin, key }: LedgerOptions,
  entries: readonly Uint8Array[],
): Ledger {
  const bundles = createLevel("entries");
  const levels: Level[] = [];
  const tree = growTree((height, root) => {
    if (height % TILE_HEIGHT !== 0) return;
    const index = height / TILE_HEIGHT;
    (levels[index] ??= createLevel(index)).waiting.push(root);
  });
  for (const entry of entries) tree.add(leafHash(entry));
  bundles.written = entries.length;
  for (const level of levels) {
    level.written = level.waiting.length;
    level.waiting = [];
  }
  let failure: EvidenceError | undefined;
  /** The last commit that was begun; undefined once it has ended. */
  let underWay: Promise<void> | undefined;
  const made = new Set<string>();
  const note = (): string => signCheckpoint({ origin, size: tree.size(), root: tree.root() }, key);
  const writeAll = (): readonly WrittenTile[] =>
    attempt(() => [bundles, ...levels].flatMap((level) => writeWaiting({ folder, made }, level)));

  return {
    size: tree.size,
    note,
    append(entry) {
      bundles.waiting.push(bundleEntry(entry));
      tree.add(leafHash(entry));
    },
    commitSync() {
      if (underWay !== undefined) throw new Error("a commit is under way: wait for it");
      const written = writeAll();
      attempt(() => {
        for (const { descriptor, isDurable } of written) {
          if (isDurable) fsyncSync(descriptor);
          closeSync(descriptor);
        }
        settle(written, note());
      });
    },
    async commit() {
      // INVARIANT: what is signed is what was written, whatever is appended before it has reached the disk.
      const written = writeAll();
      const own = bring(written, note(), underWay);
      underWay = own;
      try {
        await own;
      } finally {
        if (underWay === own) underWay = undefined;
      }
    },
    close() {
      for (const { level, written } of levels) {
        const width = written % TILE_WIDTH;
        if (width === 0) continue;
        const path = join(folder, tilePath(level, Math.floor(written / TILE_WIDTH), width));
        syncFile(path);
        syncFolder(dirname(path));
      }
    },
  };

  async function bring(
    written: readonly WrittenTile[],
    signed: string,
    before: Promise<void> | undefined,
  ): Promise<void> {
    const flushed = await Promise.allSettled(
      written.map(async ({ descriptor, isDurable }) => {
        if (isDurable) await flush(descriptor);
        closeSync(descriptor);
      }),
    );
    await before;
    attempt(() => {
      const failed = flushed.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      settle(written, signed);
    });
  }

  function settle(written: readonly WrittenTile[], signed: string): void {
    for (const place of new Set(written.flatMap(({ created }) => created))) syncFolder(place);
    writeWholeFile(join(folder, CHECKPOINT), signed);
  }

  /** INVARIANT: after a failure nothing is written, so that the signed part stays the beginning of what is there. */
  function attempt<Result>(work: () => Result): Result {
    if (failure !== undefined) throw failure;
    try {
      return work();
    } catch (cause) {
      failure = cause instanceof EvidenceError ? cause : evidenceError("write", folder, cause);
      throw failure;
    }
  }
}

const flush = promisify(fsync);

interface Level {
  readonly level: TileLevel;
  /** How many things lie in its tiles. */
  written: number;
  waiting: Uint8Array[];
}

function createLevel(level: TileLevel): Level {
  return { level, written: 0, waiting: [] };
}

interface WrittenTile {
  readonly descriptor: number;
  /** Whether it has to reach the disk before the checkpoint: hashes can be computed anew from the entries. */
  readonly isDurable: boolean;
  /** Folders that got something new. */
  readonly created: readonly string[];
}

interface Place {
  readonly folder: string;
  /** Folders that are there: to ask the system for each tile takes longer than to write it. */
  readonly made: Set<string>;
}

/** Puts what waits at the end of the level's tiles. */
function writeWaiting(place: Place, level: Level): readonly WrittenTile[] {
  const tiles: WrittenTile[] = [];
  let taken = 0;
  while (taken < level.waiting.length) {
    const had = level.written % TILE_WIDTH;
    const part = level.waiting.slice(taken, taken + TILE_WIDTH - had);
    tiles.push(extendTile(place, level, Buffer.concat(part), part.length));
    taken += part.length;
    level.written += part.length;
  }
  level.waiting = [];
  return tiles;
}

function extendTile(
  { folder, made }: Place,
  { level, written }: Level,
  bytes: Uint8Array,
  more: number,
): WrittenTile {
  const index = Math.floor(written / TILE_WIDTH);
  const had = written % TILE_WIDTH;
  const width = had + more;
  const path = join(folder, tilePath(level, index, width));
  const before = join(folder, tilePath(level, index, had));
  let descriptor: number | undefined;
  try {
    if (!made.has(dirname(path))) mkdirSync(dirname(path), { recursive: true });
    made.add(dirname(path));
    descriptor = openSync(had === 0 ? path : before, had === 0 ? "wx" : "a");
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
    if (had > 0) renameSync(before, path);
    if (had > 0 && width === TILE_WIDTH) rmdirSync(dirname(before));
  } catch (cause) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw evidenceError("write", path, cause);
  }
  const isDurable = level === "entries" || width === TILE_WIDTH;
  return { descriptor, isDurable, created: had === 0 ? foldersBetween(folder, path) : [] };
}

/** The folders above a file, up to that of the ledger. */
function foldersBetween(folder: string, path: string): readonly string[] {
  const place = dirname(path);
  return place === folder ? [place] : [place, ...foldersBetween(folder, place)];
}

function syncFile(path: string): void {
  try {
    const descriptor = openSync(path, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch (cause) {
    throw evidenceError("write", path, cause);
  }
}
