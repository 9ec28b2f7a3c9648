/** The built-in scan of a store: one pass over the columns that a question needs. */
import { join } from "node:path";
import type { BlockHeader, Columns } from "./block.ts";
import { BLOCK_ROWS, HEADER_BYTES, ROW_BYTES, checksumOf, columnsOf } from "./block.ts";
import { readNames, type Names } from "./names.ts";
import { listSegments, withSegment, type OpenSegment } from "./segments.ts";

/** Which rows are asked for; what is left out does not matter. */
export interface RowFilter {
  readonly example?: string;
  readonly cohort?: string;
  /** Rows of any of these. */
  readonly bands?: readonly string[];
  /** null: toward the batch's own loss. */
  readonly behavior?: string | null;
  /** First and last, both included. */
  readonly steps?: { readonly first: number; readonly last: number };
}

/** A filter as tables over the numbers of the dictionary: 1 where a row with it is asked for. */
interface Matcher {
  readonly example: number | undefined;
  readonly cohorts: Uint8Array;
  readonly band: Uint8Array;
  readonly behavior: Uint8Array;
  readonly first: number;
  readonly last: number;
  /** Whether no row can be one. */
  readonly isEmpty: boolean;
  /** Whether every row of its steps is one. */
  readonly takesAll: boolean;
}

export interface Store {
  readonly folder: string;
  readonly names: Names;
  /** Steps that count in each segment: rows of this one and later ones were done again by a run that was resumed. */
  readonly limits: ReadonlyMap<string, number>;
}

/** A part of a store: so many blocks from a place on. */
export interface StorePart {
  readonly from: StorePlace;
  readonly blocks: number;
}

/** Between two blocks. */
export interface StorePlace {
  /** Counted from 0. */
  readonly segment: number;
  /** In the segment's file. */
  readonly byte: number;
}

export const STORE_START: StorePlace = { segment: 0, byte: 0 };

const WHOLE_STORE: StorePart = { from: STORE_START, blocks: Number.POSITIVE_INFINITY };

export function openStore(folder: string, limits: ReadonlyMap<string, number> = new Map()): Store {
  return { folder, names: readNames(folder), limits };
}

/**
 * Calls `visit` with each block and the rows in it that are asked for, in the order of the steps. Both are good until
 * it returns: the next block lies in the same memory.
 */
export function scan(
  store: Store,
  filter: RowFilter,
  visit: (columns: Columns, rows: Uint32Array) => void,
  part = WHOLE_STORE,
): { readonly damaged: readonly string[]; readonly reached: StorePlace } {
  const matcher = matcherOf(store.names, filter);
  const damaged: string[] = [];
  const memory = createMemory();
  let reached = part.from;
  let left = part.blocks;
  if (matcher.isEmpty) return { damaged, reached };
  for (const [segment, name] of listSegments(store.folder).entries()) {
    if (segment < part.from.segment) continue;
    if (left <= 0) break;
    const limit = store.limits.get(name) ?? Number.POSITIVE_INFINITY;
    const start = segment === part.from.segment ? part.from.byte : 0;
    const own = { ...matcher, last: Math.min(matcher.last, limit - 1) };
    reached = { segment, byte: start };
    for (const { end, found } of scanSegment(join(store.folder, name), own, start, memory)) {
      if (found === "damaged") damaged.push(name);
      else if (found !== undefined) visit(found.columns, found.rows);
      reached = { segment, byte: end };
      left -= 1;
      if (left <= 0) break;
    }
  }
  return { damaged, reached };
}

interface Found {
  readonly columns: Columns;
  readonly rows: Uint32Array;
}

interface ScannedBlock {
  /** Where it ends in the segment's file. */
  readonly end: number;
  /** Undefined where no row in it is asked for. */
  readonly found: Found | "damaged" | undefined;
}

/** What a pass needs, once for all blocks. */
interface Memory {
  readonly block: Uint8Array;
  /** One column. */
  readonly examples: Uint8Array;
  readonly rows: Uint32Array;
  /** 0, 1, 2 …: every row of a block. */
  readonly all: Uint32Array;
}

function createMemory(): Memory {
  return {
    block: new Uint8Array(HEADER_BYTES + BLOCK_ROWS * ROW_BYTES),
    examples: new Uint8Array(BLOCK_ROWS * Uint32Array.BYTES_PER_ELEMENT),
    rows: new Uint32Array(BLOCK_ROWS),
    all: Uint32Array.from({ length: BLOCK_ROWS }, (_, row) => row),
  };
}

function* scanSegment(path: string, matcher: Matcher, from: number, memory: Memory): Generator<ScannedBlock> {
  yield* withSegment<ScannedBlock>(path, function* ({ blocks, read }) {
    for (const { header, start } of blocks) {
      if (start < from) continue;
      const end = start + HEADER_BYTES + header.rows * ROW_BYTES;
      yield { end, found: scanBlock(read, start, header, matcher, memory) };
    }
  });
}

type Read = OpenSegment["read"];

function scanBlock(
  read: Read,
  start: number,
  header: BlockHeader,
  matcher: Matcher,
  memory: Memory,
): ScannedBlock["found"] {
  if (header.lastStep < matcher.first || header.firstStep > matcher.last) return undefined;
  // One example is seldom in a block: its column alone is looked at first.
  if (matcher.example !== undefined && !mayHold(read, start, header.rows, matcher.example, memory))
    return undefined;
  const bytes = read(start, HEADER_BYTES + header.rows * ROW_BYTES, memory.block);
  if (checksumOf(bytes) !== header.checksum) return "damaged";
  const columns = columnsOf(bytes, header.rows);
  const rows = select(columns, header, matcher, memory);
  return rows.length > 0 ? { columns, rows } : undefined;
}

function mayHold(read: Read, start: number, rows: number, example: number, { examples }: Memory): boolean {
  const bytes = read(start + HEADER_BYTES + rows * 4, rows * 4, examples);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, rows).includes(example);
}

function select(columns: Columns, header: BlockHeader, matcher: Matcher, memory: Memory): Uint32Array {
  const { step, example, cohorts, band, behavior } = columns;
  const isWithin = header.firstStep >= matcher.first && header.lastStep <= matcher.last;
  if (matcher.takesAll && isWithin && header.rows <= memory.all.length)
    return memory.all.subarray(0, header.rows);
  const candidates = matcher.example === undefined ? undefined : placesOf(example, matcher.example);
  const size = candidates?.length ?? step.length;
  const rows = size <= memory.rows.length ? memory.rows : new Uint32Array(size);
  let count = 0;
  for (let place = 0; place < size; place += 1) {
    const row = candidates === undefined ? place : (candidates[place] ?? 0);
    const at = step[row] ?? 0;
    if (
      at >= matcher.first &&
      at <= matcher.last &&
      matcher.band[band[row] ?? 0] === 1 &&
      matcher.behavior[behavior[row] ?? 0] === 1 &&
      matcher.cohorts[cohorts[row] ?? 0] === 1
    ) {
      rows[count] = row;
      count += 1;
    }
  }
  return rows.subarray(0, count);
}

/** By the column's own search, which is many times as fast as a look at each row. */
function placesOf(column: Uint32Array, wanted: number): readonly number[] {
  const places: number[] = [];
  for (let row = column.indexOf(wanted); row !== -1; row = column.indexOf(wanted, row + 1)) places.push(row);
  return places;
}

function matcherOf(names: Names, { example, cohort, bands, behavior, steps }: RowFilter): Matcher {
  const table = (all: readonly string[], isWanted: (name: string) => boolean): Uint8Array =>
    Uint8Array.from(all, (name) => (isWanted(name) ? 1 : 0));
  const number = example === undefined ? undefined : names.example.indexOf(example);
  const tables = {
    cohorts: table(names.cohorts, (set) => cohort === undefined || cohortsIn(set).includes(cohort)),
    band: table(names.band, (name) => bands === undefined || bands.includes(name)),
    behavior: table(names.behavior, (name) => behavior === undefined || name === (behavior ?? "")),
  };
  return {
    ...tables,
    example: number,
    first: steps?.first ?? 0,
    last: steps?.last ?? Number.POSITIVE_INFINITY,
    takesAll: [example, cohort, bands, behavior].every((wanted) => wanted === undefined),
    isEmpty: number === -1 || Object.values(tables).some((wanted) => !wanted.includes(1)),
  };
}

/** The cohorts of a set as the dictionary writes it. */
export function cohortsIn(set: string): readonly string[] {
  const value: unknown = JSON.parse(set);
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}
