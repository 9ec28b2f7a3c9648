/** What the decisions of a run say about the rest of its folder, held against what is there. */
import { isInside, LEDGER, METRICS } from "./layout.ts";
import { PAYLOADS } from "./ledger/tiles.ts";
import type { LogEntry, LoggedDecision, MetricsDigest, RecordProblem } from "./record.ts";

/** Path to SHA-256 in hex of the files that the run began with; empty where the first entry is lost. */
export function boundFiles(entries: readonly LogEntry[]): Readonly<Record<string, string>> {
  return boundFilesOf(entries[0]?.event);
}

/** The same, of the event itself. */
export function boundFilesOf(event: LoggedDecision | undefined): Readonly<Record<string, string>> {
  return event?.kind === "run_started" ? event.files : {};
}

/** SHA-256 in hex of a file in the run's folder; undefined where there is none. */
export type DigestOf = (file: string) => string | undefined;

/** Every file that the run began with, and every one that it bound as it went, is there and unchanged. */
export function checkBoundFiles(digestOf: DigestOf, entries: readonly LogEntry[]): readonly RecordProblem[] {
  const began = Object.entries(boundFiles(entries)).flatMap(([file, digest]) =>
    checkFile(digestOf, { file, digest, what: "the run began with" }),
  );
  const written = entries.flatMap(({ event, sequence }) =>
    event.kind === "file_bound"
      ? checkFile(digestOf, { file: event.path, digest: event.sha256, what: `entry ${sequence} binds` })
      : [],
  );
  return [...began, ...written];
}

interface BoundFile {
  readonly file: string;
  readonly digest: string;
  /** Who says so: `entry 7 binds`. */
  readonly what: string;
}

function checkFile(digestOf: DigestOf, { file, digest, what }: BoundFile): readonly RecordProblem[] {
  // A record that tells of files elsewhere does not get them read.
  const found = isInside(file) ? digestOf(file) : undefined;
  if (found === undefined) return [{ kind: "missing", file, message: `the file that ${what} is not there` }];
  if (found === digest) return [];
  return [{ kind: "altered", file, message: `the file is not the one that ${what}` }];
}

/** The ledger begins and ends as ledgers of runs do. */
export function checkEnding(entries: readonly LogEntry[]): readonly RecordProblem[] {
  const file = LEDGER;
  const first = entries[0];
  if (first === undefined)
    return [{ kind: "cut_off", file, message: "the run stopped before its first decision" }];
  const begins: readonly RecordProblem[] =
    first.sequence !== 0 || first.event.kind === "run_started"
      ? []
      : [{ kind: "altered", file, entry: 0, message: "the ledger does not begin with the start of the run" }];
  const end = entries.findIndex(({ event }) => event.kind === "run_ended");
  if (end === -1)
    return [
      ...begins,
      { kind: "cut_off", file, message: "the run was stopped before it could record its end" },
    ];
  const late = entries.slice(end + 1).find(({ event }) => event.kind !== "file_bound");
  if (late === undefined) return begins;
  return [
    ...begins,
    { kind: "altered", file, entry: late.sequence, message: "decisions follow on the end of the run" },
  ];
}

/**
 * Files that nothing in the record speaks for. What stands where a folder of the record should be is a link, and no part
 * of the record: the files behind it can be changed by who has never touched this folder.
 *
 * @param paths Everything in the run's folder that is no folder.
 * @param isPayload Whether an entry of the ledger stands for this file.
 */
export function findUnbound(
  paths: readonly string[],
  entries: readonly LogEntry[],
  isPayload: (file: string) => boolean,
): readonly RecordProblem[] {
  const bound = new Set([...Object.keys(boundFiles(entries)), METRICS]);
  for (const { event } of entries) {
    if (event.kind === "file_bound") bound.add(event.path);
    if (event.kind === "checkpoint_saved") bound.add(event.file);
  }
  const isKnown = (path: string): boolean =>
    path.startsWith(`${LEDGER}/`)
      ? !path.startsWith(`${LEDGER}/${PAYLOADS}`) || isPayload(path)
      : bound.has(path);
  const isFolder = (path: string): boolean =>
    path === LEDGER || [...bound].some((file) => file.startsWith(`${path}/`));
  return paths
    .filter((path) => !isKnown(path))
    .map((file) =>
      isFolder(file)
        ? { kind: "altered", file, message: "it is a link: the files that the record binds lie elsewhere" }
        : { kind: "unbound", file, message: "the record says nothing about this file" },
    );
}

/** What decisions say about the measurements, in order. */
export function metricsDigests(
  entries: readonly LogEntry[],
): readonly { readonly digest: MetricsDigest; readonly end: boolean }[] {
  return entries.flatMap(({ event }) =>
    "metrics" in event ? [{ digest: event.metrics, end: event.kind === "run_ended" }] : [],
  );
}
