import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { InfluenceMeasured } from "../../runtime/events.ts";
import { sha256File } from "../digest.ts";
import { evidenceError } from "../error.ts";
import { PROVENANCE } from "../layout.ts";
import type { FileBound } from "../record.ts";
import { BLOCK_ROWS, createBlock, sealBlock, type Block, type Columns } from "./block.ts";
import { createNameTable, NAMES, readNames } from "./names.ts";
import { listSegments, readBlocks, segmentName } from "./segments.ts";

/** Keeps who taught what: a row for each traced example, in segments that only grow. */
export interface ProvenanceStore {
  /** Throws an `EvidenceError` when a block cannot be written. */
  readonly add: (event: Pick<InfluenceMeasured, "clock" | "band" | "behavior" | "rows">) => void;
  /** Brings every row to the disk. */
  readonly flush: () => void;
  /** The same, and binds the segment under way. */
  readonly close: () => void;
}

export interface ProvenanceOptions {
  /** Of the run. */
  readonly folder: string;
  /** Names of the cohorts that hold an example by what is known before the training, undefined for an unknown id. */
  readonly cohortsOf: (id: string) => readonly string[];
  /** Told of every file that stays as it is. */
  readonly bind: (file: Omit<FileBound, "kind" | "clock">) => void;
  /** Rows of a segment; 2^24 when left out. */
  readonly segmentRows?: number;
  /** Where a run is continued: segments that are bound already, as paths in its folder. */
  readonly bound?: ReadonlySet<string>;
  /** Likewise: rows of this step and later ones are dropped, as far as they are not bound; they will come again. */
  readonly fromStep?: number;
}

const NOTHING_BOUND: ReadonlySet<string> = new Set();

/** A store in the folder of a run, begun or continued. */
export function openProvenance(options: ProvenanceOptions): ProvenanceStore {
  const { cohortsOf, bind, segmentRows = 1 << 24, bound = NOTHING_BOUND, fromStep = 0 } = options;
  const folder = join(options.folder, PROVENANCE);
  const names = createNameTable(readNames(folder));
  /** By the number of an example, the number of its set of cohorts. */
  const cohortsByExample: number[] = [];
  let block = createBlock(BLOCK_ROWS);
  let filled = 0;
  let rowsInSegment = 0;
  let descriptor: number | undefined;
  endLine(join(folder, NAMES));

  const before = listSegments(folder);
  const last = before.at(-1);
  const isOpen = last !== undefined && !bound.has(`${PROVENANCE}/${last}`);
  let segment = isOpen ? before.length - 1 : before.length;
  if (isOpen) {
    const kept = [...readBlocks(folder, last)];
    rmSync(join(folder, last));
    for (const columns of kept) takeUp(columns);
  }

  function takeUp(columns: Columns): void {
    for (let row = 0; row < columns.step.length; row += 1) {
      // INVARIANT: no step is there twice.
      if ((columns.step[row] ?? 0) >= fromStep) continue;
      copyRow(columns, row, block.columns, filled);
      filled += 1;
      if (filled === BLOCK_ROWS) writeBlock();
    }
  }

  function writeBlock(): void {
    if (filled === 0) return;
    const path = join(folder, segmentName(segment));
    try {
      mkdirSync(folder, { recursive: true });
      appendDurably(join(folder, NAMES), Buffer.from(names.takeNew()));
      descriptor ??= openSync(path, "a");
      write(descriptor, sealBlock(trim(block, filled)));
      fsyncSync(descriptor);
    } catch (cause) {
      throw evidenceError("write", path, cause);
    }
    rowsInSegment += filled;
    filled = 0;
    block = createBlock(BLOCK_ROWS);
    if (rowsInSegment >= segmentRows) bindSegment();
  }

  function bindSegment(): void {
    if (descriptor === undefined) return;
    closeSync(descriptor);
    descriptor = undefined;
    const path = `${PROVENANCE}/${segmentName(segment)}`;
    bind({ role: "provenance", path, sha256: sha256File(join(options.folder, path)) });
    rowsInSegment = 0;
    segment += 1;
  }

  return {
    add({ clock, band, behavior, rows }) {
      const bandNumber = names.numberOf("band", band);
      const behaviorNumber = names.numberOf("behavior", behavior ?? "");
      let next = 0;
      while (next < rows.length) next = fill(next);

      /** Takes up rows until the block is full, and says how many are taken up then. */
      function fill(from: number): number {
        const { step, example, cohorts, weight, influence } = block.columns;
        const start = filled - from;
        const end = Math.min(rows.length, from + BLOCK_ROWS - filled);
        for (let index = from; index < end; index += 1) {
          const row = rows[index];
          if (row === undefined) break;
          const place = start + index;
          const who = names.numberOf("example", row.id);
          step[place] = clock.step;
          example[place] = who;
          weight[place] = row.weight;
          influence[place] = row.influence ?? Number.NaN;
          cohorts[place] = cohortsByExample[who] ??= names.numberOf(
            "cohorts",
            JSON.stringify(cohortsOf(row.id)),
          );
        }
        filled = start + end;
        block.columns.band.fill(bandNumber, start + from, filled);
        block.columns.behavior.fill(behaviorNumber, start + from, filled);
        if (filled === BLOCK_ROWS) writeBlock();
        return end;
      }
    },
    flush: writeBlock,
    close() {
      writeBlock();
      bindSegment();
      if (!existsSync(join(folder, NAMES))) return;
      bind({ role: "provenance", path: `${PROVENANCE}/${NAMES}`, sha256: sha256File(join(folder, NAMES)) });
    },
  };
}

/** The block with its filled rows only. */
function trim(block: Block, rows: number): Block {
  if (rows === block.columns.step.length) return block;
  const trimmed = createBlock(rows);
  for (const [name, column] of Object.entries(block.columns))
    trimmed.columns[name as keyof Columns].set(column.subarray(0, rows));
  return trimmed;
}

function copyRow(from: Columns, row: number, to: Columns, place: number): void {
  for (const name of Object.keys(to) as (keyof Columns)[]) to[name][place] = from[name][row] ?? 0;
}

function write(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}

function appendDurably(path: string, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const descriptor = openSync(path, "a");
  try {
    write(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A line that was being written when its run was killed gets its end, and so is one that says nothing. */
function endLine(path: string): void {
  if (existsSync(path) && readFileSync(path).at(-1) !== 0x0a) appendDurably(path, Buffer.from("\n"));
}
