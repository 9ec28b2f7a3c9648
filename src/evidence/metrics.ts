/** `metrics.jsonl`, read on from where the last look ended, and held against the digests that the ledger has of it. */
import { createHash, type Hash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Measurement } from "../runtime/events.ts";
import { metricsDigests } from "./bindings.ts";
import { measurementShape } from "./event-shapes.ts";
import { METRICS } from "./layout.ts";
import { parseLine, splitLines } from "./lines.ts";
import type { LogEntry, LoggedRunResumed, RecordProblem } from "./record.ts";
import { stampOf } from "./stamps.ts";

export interface MetricsReader {
  /**
   * Reads on, by `bytes` at most and what is left of a line then.
   *
   * @param decisions All that the ledger holds.
   */
  readonly advance: (decisions: readonly LogEntry[], bytes: number) => MetricsAdvance;
}

export interface MetricsAdvance {
  /** Told once. */
  readonly fresh: readonly Measurement[];
  /** Whether what was told before counts no longer, so that `fresh` begins at the start. */
  readonly again: boolean;
  /** Bytes that are still to be read. */
  readonly behind: number;
  /** Where the file is not the one that the ledger speaks of. */
  readonly mismatch: readonly RecordProblem[];
  /** Lines that are no measurements, those told of before included. */
  readonly malformed: readonly RecordProblem[];
}

/** @param folder Of the run. */
export function openMetrics(folder: string): MetricsReader {
  let progress: Progress | undefined;
  return {
    advance(decisions, bytes) {
      const file = openFile(join(folder, METRICS));
      try {
        const resumed = decisions.flatMap(({ event }) => (event.kind === "run_resumed" ? [event] : []));
        const before = progress;
        const goesOn = before !== undefined && isContinued(before, file, resumed);
        const now = goesOn ? before : begin(file, resumed);
        progress = now;
        const fresh = readLines(file, now, bytes);
        const behind = now.isAtEnd ? 0 : file.size - now.place;
        compare(file, now, decisions);
        return {
          ...{ fresh, behind },
          again: before !== undefined && !goesOn,
          mismatch: now.mismatch ?? [],
          malformed: [...now.malformed, ...tornLine(now, file)],
        };
      } finally {
        file.close();
      }
    },
  };
}

/** How far a file was read. */
interface Progress {
  readonly identity: number;
  readonly resumed: readonly LoggedRunResumed[];
  /** The end of the last whole line that was read. */
  place: number;
  lines: number;
  isAtEnd: boolean;
  readonly malformed: RecordProblem[];
  /** Over the front of the file, as far as the last digest that was compared speaks for it. */
  readonly hash: Hash;
  hashed: number;
  digests: number;
  /** The length that the file had at the end of the run. */
  ended: number | undefined;
  /** After the first, nothing more is compared. */
  mismatch: readonly RecordProblem[] | undefined;
}

function begin({ identity }: OpenFile, resumed: readonly LoggedRunResumed[]): Progress {
  return {
    ...{ identity, resumed, place: 0, lines: 0, isAtEnd: false, malformed: [] },
    ...{ hash: createHash("sha256"), hashed: 0, digests: 0, ended: undefined, mismatch: undefined },
  };
}

/** A run that went on from earlier weights has measured some steps again: those told before count no longer. */
function isContinued(
  { identity, place, hashed, resumed: before }: Progress,
  file: OpenFile,
  resumed: readonly LoggedRunResumed[],
): boolean {
  return (
    file.identity === identity && file.size >= Math.max(place, hashed) && before.length === resumed.length
  );
}

const CHUNK = 1 << 20;

function readLines(file: OpenFile, now: Progress, bytes: number): readonly Measurement[] {
  const fresh: Measurement[] = [];
  const start = now.place;
  let rest: Uint8Array = new Uint8Array();
  let at = start;
  // A line longer than what is to be read is read all the same: the next look would come no further.
  while (at < file.size && (at < start + bytes || now.place === start)) {
    // A line longer than a chunk is not copied for each chunk of it.
    const length = Math.max(Math.min(CHUNK, bytes), rest.length);
    const chunk = file.read(at, Math.min(length, file.size - at));
    if (chunk.length === 0) break;
    at += chunk.length;
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const { lines, torn } = splitLines(text);
    for (const line of lines) takeUp(line.bytes, now, fresh);
    rest = text.subarray(text.length - torn);
  }
  now.isAtEnd = at >= file.size;
  return fresh;
}

function takeUp(line: Uint8Array, now: Progress, fresh: Measurement[]): void {
  const { place, resumed } = now;
  now.place += line.length + 1;
  now.lines += 1;
  const found = parseLine({ number: now.lines, bytes: line }, measurementShape);
  if (found.problem !== undefined)
    now.malformed.push({ kind: "malformed", file: METRICS, line: now.lines, message: found.problem });
  else if (!isAgain(found.value, place, resumed)) fresh.push(found.value);
}

function isAgain({ clock }: Measurement, place: number, resumed: readonly LoggedRunResumed[]): boolean {
  return resumed.some((event) => place < event.metrics.bytes && clock.step >= event.clock.step);
}

function tornLine({ isAtEnd, place, lines }: Progress, { size }: OpenFile): readonly RecordProblem[] {
  const torn = size - place;
  if (!isAtEnd || torn === 0) return [];
  const message = `the last line is torn (${torn} ${torn === 1 ? "byte" : "bytes"} without an end) and is left out`;
  return [{ kind: "cut_off", file: METRICS, line: lines + 1, message }];
}

/** The file holds at its front what it held at the end of each epoch and of the run. */
function compare(file: OpenFile, now: Progress, decisions: readonly LogEntry[]): void {
  for (const { digest, end } of metricsDigests(decisions).slice(now.digests)) {
    if (now.mismatch !== undefined) return;
    if (digest.bytes > file.size)
      return differ(now, `${digest.bytes} bytes were recorded and ${file.size} are there`);
    if (digest.bytes < now.hashed) return differ(now, "its recorded lengths shrink");
    // What was not read yet is not hashed yet either: a look at a long file takes no longer than it was given.
    if (digest.bytes > now.place && !now.isAtEnd) return;
    for (let at = now.hashed; at < digest.bytes;) {
      const chunk = file.read(at, Math.min(CHUNK, digest.bytes - at));
      now.hash.update(chunk);
      at += chunk.length;
    }
    if (now.hash.copy().digest("hex") !== digest.sha256)
      return differ(now, `bytes ${now.hashed} to ${digest.bytes} are not those that were recorded`);
    now.hashed = digest.bytes;
    now.digests += 1;
    if (end) now.ended = digest.bytes;
  }
  if (now.ended !== undefined && now.mismatch === undefined && file.size > now.ended)
    differ(now, `${file.size - now.ended} bytes follow on the end of the run`);
}

function differ(now: Progress, message: string): void {
  now.mismatch = [{ kind: "altered", file: METRICS, message }];
}

interface OpenFile {
  readonly size: number;
  /** Another one after it was replaced. */
  readonly identity: number;
  readonly read: (start: number, length: number) => Uint8Array;
  readonly close: () => void;
}

const NO_FILE: OpenFile = { size: 0, identity: 0, read: () => new Uint8Array(), close: () => undefined };

/** A file that is not there has no bytes. */
function openFile(path: string): OpenFile {
  if (stampOf(path) === undefined) return NO_FILE;
  const descriptor = openSync(path, "r");
  const { size, ino } = fstatSync(descriptor);
  return {
    ...{ size, identity: ino },
    read(start, length) {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, start));
    },
    close: () => closeSync(descriptor),
  };
}
