import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { evidenceError, isMissing } from "../error.ts";
import {
  checksumOf,
  columnsOf,
  HEADER_BYTES,
  readHeader,
  ROW_BYTES,
  type BlockHeader,
  type Columns,
} from "./block.ts";

/** `rows-000003.seg`: names sort as they were written. */
export function segmentName(index: number): string {
  return `rows-${String(index).padStart(6, "0")}.seg`;
}

/** The segments of a store, oldest first. */
export function listSegments(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^rows-\d{6}\.seg$/.test(name))
      .toSorted();
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw evidenceError("read", folder, cause);
  }
}

/** In bytes. */
export function segmentSize(folder: string, name: string): number {
  return statSync(join(folder, name)).size;
}

/** The rows of a segment, block by block, up to the first block that is torn or was changed. */
export function* readBlocks(folder: string, name: string): Generator<Columns> {
  yield* withSegment(join(folder, name), function* ({ blocks, read }) {
    for (const { header, start } of blocks) {
      const bytes = read(start, HEADER_BYTES + header.rows * ROW_BYTES);
      if (checksumOf(bytes) !== header.checksum) return;
      yield columnsOf(bytes, header.rows);
    }
  });
}

export interface OpenSegment {
  readonly blocks: readonly { readonly header: BlockHeader; readonly start: number }[];
  /** @param into Taken for the bytes, where it is long enough: a pass over a long segment then makes no garbage. */
  readonly read: (start: number, length: number, into?: Uint8Array) => Uint8Array;
}

/** Opens a segment for as long as `use` goes on. Only headers have been read: steps can be skipped without a look. */
export function* withSegment<Item>(
  path: string,
  use: (segment: OpenSegment) => Generator<Item>,
): Generator<Item> {
  const descriptor = openSync(path, "r");
  try {
    const read = (start: number, length: number, into?: Uint8Array): Uint8Array => {
      const bytes =
        into === undefined || into.length < length ? new Uint8Array(length) : into.subarray(0, length);
      for (let done = 0; done < length;) {
        const count = readSync(descriptor, bytes, done, length - done, start + done);
        if (count === 0) return bytes.subarray(0, done);
        done += count;
      }
      return bytes;
    };
    const { size } = fstatSync(descriptor);
    const blocks: OpenSegment["blocks"][number][] = [];
    for (let start = 0; start + HEADER_BYTES <= size;) {
      const header = readHeader(read(start, HEADER_BYTES));
      const end = start + HEADER_BYTES + header.rows * ROW_BYTES;
      if (header.rows === 0 || end > size) break;
      blocks.push({ header, start });
      start = end;
    }
    yield* use({ blocks, read });
  } finally {
    closeSync(descriptor);
  }
}
