/**
 * Blocks of rows, column by column, little-endian: a header of 16 bytes (rows, CRC-32 of all that follows it, first and
 * last step), then the columns one after the other. A column alone can be read, and one that is torn or changed is found.
 */
import { crc32 } from "node:zlib";

/** Columns in the order in which they lie in a block; names are numbers of the dictionary (`names.ts`). */
export interface Columns {
  readonly step: Uint32Array;
  readonly example: Uint32Array;
  readonly weight: Float32Array;
  /** Not a number where none was finite. */
  readonly influence: Float32Array;
  /** The set of cohorts that hold the example. */
  readonly cohorts: Uint16Array;
  readonly band: Uint16Array;
  readonly behavior: Uint16Array;
}

export const HEADER_BYTES = 16;
export const ROW_BYTES = 22;
export const BLOCK_ROWS = 1 << 16;

/** Where a column begins behind the header, in bytes per row of the block. */
const OFFSETS: Readonly<Record<keyof Columns, number>> = {
  step: 0,
  example: 4,
  weight: 8,
  influence: 12,
  cohorts: 16,
  band: 18,
  behavior: 20,
};

export interface BlockHeader {
  readonly rows: number;
  readonly checksum: number;
  readonly firstStep: number;
  readonly lastStep: number;
}

export interface Block {
  readonly bytes: Uint8Array;
  readonly columns: Columns;
}

/** A block with room for so many rows, its columns to be filled in place. */
export function createBlock(rows: number): Block {
  const bytes = new Uint8Array(HEADER_BYTES + rows * ROW_BYTES);
  return { bytes, columns: columnsOf(bytes, rows) };
}

/** The columns as they lie in the bytes of a block, header included; nothing is copied. */
export function columnsOf(bytes: Uint8Array, rows: number): Columns {
  const at = (column: keyof Columns): number => bytes.byteOffset + HEADER_BYTES + OFFSETS[column] * rows;
  const { buffer } = bytes;
  return {
    step: new Uint32Array(buffer, at("step"), rows),
    example: new Uint32Array(buffer, at("example"), rows),
    weight: new Float32Array(buffer, at("weight"), rows),
    influence: new Float32Array(buffer, at("influence"), rows),
    cohorts: new Uint16Array(buffer, at("cohorts"), rows),
    band: new Uint16Array(buffer, at("band"), rows),
    behavior: new Uint16Array(buffer, at("behavior"), rows),
  };
}

/** Writes the header of a block whose columns are filled. */
export function sealBlock({ bytes, columns }: Block): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const { step } = columns;
  view.setUint32(0, step.length, true);
  view.setUint32(8, step[0] ?? 0, true);
  view.setUint32(12, step.at(-1) ?? 0, true);
  view.setUint32(4, checksumOf(bytes), true);
  return bytes;
}

export function checksumOf(block: Uint8Array): number {
  return crc32(block.subarray(8));
}

export function readHeader(bytes: Uint8Array): BlockHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const [rows, checksum, firstStep, lastStep] = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  return { rows: rows ?? 0, checksum: checksum ?? 0, firstStep: firstStep ?? 0, lastStep: lastStep ?? 0 };
}
