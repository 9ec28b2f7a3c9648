import { createReadStream } from "node:fs";
import { ManifestError } from "./manifest-error.ts";

/** Whole lines of a text file, many at a time. */
export interface LineBlock {
  readonly text: string;
  /** Of the first line, counted from 1. */
  readonly line: number;
}

/** A line that is longer is no record: the file has no line breaks, or is no text. */
const LONGEST_LINE = 1 << 26;

/**
 * A file as UTF-8, without its byte order mark, in blocks that end where a line does.
 *
 * @throws ManifestError where a line is not UTF-8.
 */
export async function* readLineBlocks(path: string, shown: string): AsyncGenerator<LineBlock> {
  let line = 1;
  let carried: Uint8Array = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) carried = Buffer.concat([carried, chunk]);
    else {
      const bytes = Buffer.concat([carried, chunk.subarray(0, end)]);
      yield { text: decode(bytes, line, shown), line };
      line += countLines(bytes);
      carried = chunk.subarray(end);
    }
    if (carried.length > LONGEST_LINE)
      throw new ManifestError(
        `${shown}:${line}`,
        "this line has more than 64 MB",
        "end each record with a line break",
      );
  }
  if (carried.length > 0) yield { text: decode(carried, line, shown), line };
}

const NEWLINE = 0x0a;

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

function decode(bytes: Uint8Array, line: number, shown: string): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: line > 1 });
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ManifestError(
      `${shown}:${line + linesBeforeFault(bytes, decoder)}`,
      "this is not UTF-8 text",
      "save the file in the encoding UTF-8",
    );
  }
}

function linesBeforeFault(bytes: Uint8Array, decoder: InstanceType<typeof TextDecoder>): number {
  let before = 0;
  for (let start = 0; start < bytes.length; before += 1) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return before;
    }
    start = end;
  }
  return before;
}
