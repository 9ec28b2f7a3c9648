/** What the decisions of a run say about the rest of its folder, held against what is there. */
import { createHash } from "node:crypto";
import { sha256 } from "./digest.ts";
import { DECISIONS, METRICS } from "./layout.ts";
import type { LogEntry, MetricsDigest, RecordProblem } from "./record.ts";

/** Path to SHA-256 in hex of the files that the run began with; empty where the first entry is lost. */
export function boundFiles(entries: readonly LogEntry[]): Readonly<Record<string, string>> {
  const event = entries[0]?.event;
  return event?.kind === "run_started" ? event.files : {};
}

/** Every file that the run began with is there and unchanged. */
export function checkFiles(
  entries: readonly LogEntry[],
  files: ReadonlyMap<string, Uint8Array | undefined>,
): readonly RecordProblem[] {
  return Object.entries(boundFiles(entries)).flatMap(([file, digest]): readonly RecordProblem[] => {
    const bytes = files.get(file);
    if (bytes === undefined)
      return [{ kind: "missing", file, message: "the run began with a file that is not there" }];
    if (sha256(bytes) === digest) return [];
    return [{ kind: "altered", file, message: "the file is not the one that the run began with" }];
  });
}

/** The log begins and ends as logs do. */
export function checkEnding(entries: readonly LogEntry[]): readonly RecordProblem[] {
  const file = DECISIONS;
  const first = entries[0];
  if (first === undefined)
    return [{ kind: "cut_off", file, message: "the run stopped before its first decision" }];
  const begins: readonly RecordProblem[] =
    first.sequence !== 0 || first.event.kind === "run_started"
      ? []
      : [{ kind: "altered", file, line: 1, message: "the log does not begin with the start of the run" }];
  const end = entries.findIndex(({ event }) => event.kind === "run_ended");
  if (end === -1)
    return [
      ...begins,
      { kind: "cut_off", file, message: "the run was stopped before it could record its end" },
    ];
  if (end === entries.length - 1) return begins;
  return [...begins, { kind: "altered", file, message: "decisions follow on the end of the run" }];
}

/** `metrics.jsonl` holds at its front what it held at the end of each epoch and of the run. */
export function checkMetrics(entries: readonly LogEntry[], metrics: Uint8Array): readonly RecordProblem[] {
  const hash = createHash("sha256");
  let hashed = 0;
  for (const { digest, end } of metricsDigests(entries)) {
    const problem = (message: string): readonly RecordProblem[] => [
      { kind: "altered", file: METRICS, message },
    ];
    if (digest.bytes > metrics.length)
      return problem(`${digest.bytes} bytes were recorded and ${metrics.length} are there`);
    if (digest.bytes < hashed) return problem("its recorded lengths shrink");
    hash.update(metrics.subarray(hashed, digest.bytes));
    if (hash.copy().digest("hex") !== digest.sha256)
      return problem(`bytes ${hashed} to ${digest.bytes} are not those that were recorded`);
    if (end && metrics.length > digest.bytes)
      return problem(`${metrics.length - digest.bytes} bytes follow on the end of the run`);
    hashed = digest.bytes;
  }
  return [];
}

function metricsDigests(
  entries: readonly LogEntry[],
): readonly { readonly digest: MetricsDigest; readonly end: boolean }[] {
  return entries.flatMap(({ event }) =>
    event.kind === "epoch_ended" || event.kind === "run_ended"
      ? [{ digest: event.metrics, end: event.kind === "run_ended" }]
      : [],
  );
}
