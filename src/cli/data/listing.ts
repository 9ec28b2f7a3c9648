import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { evidenceError } from "../../evidence/error.ts";
import type { RefusedRecord } from "./refused.ts";

/** A file of refused records that appears whole or not at all, however many there are. */
export interface Listing {
  readonly take: (record: RefusedRecord) => void;
  readonly finish: () => void;
  /** Takes back what was written. */
  readonly abandon: () => void;
}

const BUFFERED = 1 << 20;

/** @throws EvidenceError where it cannot be written. */
export function openListing(path: string): Listing {
  const partial = `${path}.partial`;
  const attempt = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw evidenceError("write", path, cause);
    }
  };
  const descriptor = attempt(() => openSync(partial, "w"));
  let waiting = "";
  const flush = (): void => {
    const bytes = Buffer.from(waiting, "utf8");
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    waiting = "";
  };
  return {
    take: (record) => {
      waiting += `${JSON.stringify(record)}\n`;
      if (waiting.length > BUFFERED) attempt(flush);
    },
    finish: () =>
      attempt(() => {
        flush();
        fsyncSync(descriptor);
        closeSync(descriptor);
        renameSync(partial, path);
      }),
    abandon: () => {
      closeSync(descriptor);
      rmSync(partial, { force: true });
    },
  };
}
