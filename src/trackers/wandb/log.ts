/**
 * The transaction log of a W&B run: LevelDB's log format (doc/log_format.md there) with W&B's header, and checksums
 * that are plain CRC-32 over type and data.
 */
import { crc32 } from "node:zlib";

export const LOG_HEADER = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00);

const BLOCK = 32_768;
const CHUNK_HEADER = 7;
const TYPES = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** Cuts records into the chunks that come next in the file; blocks are counted from the file's first byte. */
export function createLogFramer(): (record: Uint8Array) => Uint8Array {
  let offset = LOG_HEADER.length;
  return (record) => {
    const pieces: Uint8Array[] = [];
    let rest = record;
    let isFirst = true;
    do {
      const left = BLOCK - (offset % BLOCK);
      if (left < CHUNK_HEADER) {
        pieces.push(new Uint8Array(left));
        offset += left;
        continue;
      }
      const data = rest.subarray(0, left - CHUNK_HEADER);
      rest = rest.subarray(data.length);
      const piece = frameChunk(chunkType(isFirst, rest.length === 0), data);
      isFirst = false;
      offset += piece.length;
      pieces.push(piece);
    } while (rest.length > 0 || isFirst);
    return Buffer.concat(pieces);
  };
}

function chunkType(isFirst: boolean, isLast: boolean): number {
  if (isFirst) return isLast ? TYPES.full : TYPES.first;
  return isLast ? TYPES.last : TYPES.middle;
}

function frameChunk(type: number, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(CHUNK_HEADER + data.length);
  chunk.writeUInt16LE(data.length, 4);
  chunk.writeUInt8(type, 6);
  chunk.set(data, CHUNK_HEADER);
  chunk.writeUInt32LE(crc32(chunk.subarray(6)), 0);
  return chunk;
}
