import { canonicalJson } from "../ir/canonical.ts";
import { sha256 } from "./digest.ts";
import { decisionShape, payloadShape } from "./event-shapes.ts";
import { LEDGER } from "./layout.ts";
import { readBytes } from "./ledger/read-bytes.ts";
import type { ReadEntry } from "./ledger/reading.ts";
import { PAYLOADS } from "./ledger/tiles.ts";
import { parseJson } from "./lines.ts";
import type { LogEntry, RecordProblem } from "./record.ts";

/** The decisions that lie in the entries of a ledger, and what is wrong with those that hold none. */
export function readDecisions(
  folder: string,
  entries: readonly ReadEntry[],
): { readonly decisions: readonly LogEntry[]; readonly problems: readonly RecordProblem[] } {
  const decisions: LogEntry[] = [];
  const problems: RecordProblem[] = [];
  for (const { index, bytes } of entries) {
    const payload = readPayload(folder, bytes);
    if (payload.problem !== undefined) {
      problems.push(payload.problem);
      continue;
    }
    const found = parseJson(payload.bytes, decisionShape, "the entry");
    if (found.problem === undefined && isCanonical(found.value, payload.bytes))
      decisions.push({ sequence: index, event: found.value });
    else
      problems.push({
        kind: "malformed",
        file: LEDGER,
        entry: index,
        message: found.problem ?? "the entry is not in the form in which runs write",
      });
  }
  return { decisions, problems };
}

/** Whether one of the entries stands for a file, which is named as in the run's folder. */
export function payloadsOf(entries: readonly ReadEntry[]): (file: string) => boolean {
  let files: ReadonlySet<string> | undefined;
  // Few ledgers have any: the entries are read for it only when somebody asks.
  return (file) => {
    files ??= new Set(
      entries.flatMap(({ bytes }) => {
        const found = parseJson(bytes, payloadShape, "the entry");
        return found.problem === undefined ? [`${LEDGER}/${PAYLOADS}${found.value.payload}`] : [];
      }),
    );
    return files.has(file);
  };
}

/** The bytes of the event: those of the entry, or of the file to which it points. */
function readPayload(
  folder: string,
  entry: Uint8Array,
): { readonly bytes: Uint8Array; readonly problem?: undefined } | { readonly problem: RecordProblem } {
  const found = parseJson(entry, payloadShape, "the entry");
  if (found.problem !== undefined) return { bytes: entry };
  const reference = found.value;
  const name = `${PAYLOADS}${reference.payload}`;
  const file = `${LEDGER}/${name}`;
  const bytes = readBytes(folder, name);
  if (bytes === undefined)
    return { problem: { kind: "missing", file, message: "the event that an entry stands for is not there" } };
  if (sha256(bytes) === reference.payload) return { bytes };
  return {
    problem: { kind: "altered", file, message: "the event is not the one that its entry stands for" },
  };
}

// One meaning has one form: the bytes of a decision can be had again from its value.
function isCanonical(value: unknown, bytes: Uint8Array): boolean {
  try {
    return Buffer.from(canonicalJson(value)).equals(bytes);
  } catch {
    // JSON can hold what has no canonical form: unpaired surrogates, nesting deeper than the stack.
    return false;
  }
}
