import { mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../reason/clock.ts";
import type { Recorder } from "../runtime/events.ts";
import { continueAppendFile, createAppendFile, type AppendFile } from "./append.ts";
import {
  keptCheckpoints,
  removeCheckpoints,
  writeCheckpoint,
  type KeptCheckpoint,
  type Retention,
} from "./checkpoints.ts";
import { checkBoundFiles, metricsDigests } from "./bindings.ts";
import { readDecisions } from "./decisions.ts";
import { digestsIn, sha256 } from "./digest.ts";
import { EvidenceError, evidenceError } from "./error.ts";
import { measurementShape } from "./event-shapes.ts";
import { ATTESTATIONS, isInputPath, LATEST, LEDGER, METRICS } from "./layout.ts";
import type { SigningKey } from "./ledger/keys.ts";
import { createLedger, type Ledger } from "./ledger/ledger.ts";
import { openLedger } from "./ledger/open.ts";
import { readBytes } from "./ledger/read-bytes.ts";
import { parseLine, splitLines } from "./lines.ts";
import { openMetrics } from "./metrics.ts";
import { placeOf, type FileBound, type LogEntry, type LoggedDecision } from "./record.ts";
import { createRecordWriter, type RecordWriter } from "./recorder.ts";
import { openProvenance, type ProvenanceStore } from "./provenance/store.ts";
import { isRunId } from "./run-id.ts";
import { syncFolder, writeWholeFile } from "./whole-file.ts";

export interface RunFolderOptions {
  /** The folder of all runs; made when it is not there. */
  readonly root: string;
  /** See `createRunId`. */
  readonly id: string;
  /** Path in the folder to text, as `layOutRun` gives them. */
  readonly files: Readonly<Record<string, string>>;
  /** Signs the ledger. */
  readonly key: SigningKey;
  /** The cohorts that hold an example by what is known before the training, for the provenance store; by its id. */
  readonly cohortsOf?: (id: string) => readonly string[];
  /** How long checkpoints are kept; the newest two are, whatever this says. */
  readonly retain?: Retention;
  /** Called once when the record can no longer be kept, so that the run can be stopped. */
  readonly onFailure?: (error: EvidenceError) => void;
}

/** The folder of a run in progress. */
export interface RunFolder {
  readonly path: string;
  /**
   * Keeps every event, a decision signed and durable before it returns; the end of the run is signed by `close`. It
   * never throws on a full disk: the record ends with the last whole entry, and `flush` and `close` say why.
   */
  readonly recorder: Recorder;
  /** Binds a file that lies in the folder and stays as it is; like the recorder, it never throws on a full disk. */
  readonly bind: (file: Omit<FileBound, "kind" | "clock">) => void;
  /** Keeps a checkpoint durably and hands its event to `tell`, which must record it; then removes those outlived. */
  readonly checkpoint: (bytes: Uint8Array, clock: Clock, tell: Recorder) => void;
  /** Writes and binds files that testify to the run so far; it never throws on a full disk either. */
  readonly attest: (testify: Testify) => void;
  /** Makes everything recorded durable; throws an `EvidenceError` when the record could not be kept. */
  flush(): void;
  /**
   * Signs the end of the record; throws an `EvidenceError` when the record could not be kept.
   *
   * @param testify Gives the files that testify to the whole of it.
   */
  close(testify?: Testify): Promise<void>;
}

/** Files by name, from what was decided (see `RecordWriter.decisions`) and a signed checkpoint that covers it. */
export type Testify = (state: {
  readonly decisions: readonly LoggedDecision[];
  readonly checkpoint: string;
}) => Readonly<Record<string, string>>;

/** Makes `root/id` with its files and an empty record, whole or not at all; throws an `EvidenceError` otherwise. */
export async function createRunFolder(options: RunFolderOptions): Promise<RunFolder> {
  const { root, id, files } = options;
  if (!isRunId(id)) throw new EvidenceError(`\`${id}\` cannot name a run`);
  const stray = Object.keys(files).find((path) => !isInputPath(path));
  if (stray !== undefined) throw new EvidenceError(`\`${stray}\` cannot be a file of a run`);
  const path = join(root, id);
  makeFolder(path);
  try {
    return beginRecord(path, options);
  } catch (cause) {
    rmSync(path, { recursive: true, force: true });
    throw cause;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(path);
  } catch (cause) {
    throw evidenceError("make the folder", path, cause);
  }
}

function beginRecord(path: string, options: RunFolderOptions): RunFolder {
  const { root, id, files, key, onFailure, retain, cohortsOf = inNone } = options;
  for (const [name, text] of Object.entries(files)) writeWholeFile(join(path, name), text);
  const folder = join(path, LEDGER);
  const metrics = createAppendFile(join(path, METRICS));
  const inputs = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha256(text)]));
  const ledger = createLedger({ folder, origin: `${key.name}/${id}`, key });
  const writer = createRecordWriter({
    ledger,
    folder,
    metrics,
    measured: NOTHING,
    decided: [],
    run: id,
    inputs,
  });
  syncFolder(path);
  writeWholeFile(join(root, LATEST), `${id}\n`);
  const provenance = openProvenance({ folder: path, cohortsOf, bind: writer.bind });
  return keepRecord({ path, ledger, writer, metrics, provenance, onFailure, retain, kept: [] });
}

const inNone = (): readonly string[] => [];
const NOTHING = new Uint8Array();

export interface ReopenedRun {
  readonly folder: RunFolder;
  /** What was decided so far. */
  readonly decisions: readonly LogEntry[];
}

export interface ReopenOptions extends Pick<RunFolderOptions, "key" | "onFailure" | "retain" | "cohortsOf"> {
  /** Measurements of this step and later ones will be made again; those that no decision speaks for are dropped. */
  readonly fromStep: number;
}

/**
 * Opens the folder of a run that was killed, to go on with its record: what was being written then is cut off, and
 * everything that was acknowledged is there. The first event is to be `run_resumed`.
 *
 * @throws EvidenceError when the record is not what was signed, was signed by another key, or has its end.
 */
export async function openRunFolder(
  path: string,
  { key, onFailure, retain, fromStep, cohortsOf = inNone }: ReopenOptions,
): Promise<ReopenedRun> {
  const folder = join(path, LEDGER);
  const { ledger, entries } = openLedger(folder, key);
  const { decisions, problems } = readDecisions(
    folder,
    entries.map((bytes, index) => ({ index, bytes })),
  );
  const metricsBytes = readBytes(path, METRICS) ?? NOTHING;
  const [problem] = [
    ...problems,
    ...openMetrics(path).advance(decisions, Number.POSITIVE_INFINITY).mismatch,
    ...checkBoundFiles(digestsIn(path), decisions),
  ];
  const hindrance =
    problem === undefined ? hindranceIn(decisions) : `${placeOf(problem)}: ${problem.message}`;
  if (hindrance !== undefined) throw new EvidenceError(`cannot continue the run in ${path}: ${hindrance}`);
  const length = keptLength(metricsBytes, decisions, fromStep);
  const metrics = continueAppendFile(join(path, METRICS), length);
  const measured = metricsBytes.subarray(0, length);
  const decided = decisions.map(({ event }) => event);
  const writer = createRecordWriter({
    ledger,
    folder,
    metrics,
    measured,
    decided,
    run: basename(path),
    inputs: {},
  });
  const bound = new Set(decided.flatMap((event) => (event.kind === "file_bound" ? [event.path] : [])));
  const provenance = openProvenance({ folder: path, cohortsOf, bind: writer.bind, bound, fromStep });
  const kept = keptCheckpoints(decisions).filter(({ clock }) => clock.step <= fromStep);
  const folderKept = keepRecord({ path, ledger, writer, metrics, provenance, onFailure, retain, kept });
  return { folder: folderKept, decisions };
}

function hindranceIn(decisions: readonly LogEntry[]): string | undefined {
  if (decisions.length === 0) return "it was killed before its first decision: start it anew";
  const end = decisions.find(({ event }) => event.kind === "run_ended");
  return end === undefined ? undefined : "it has ended";
}

/** How many bytes of the measurements stay: all that a decision speaks for, and whole lines of earlier steps. */
function keptLength(metrics: Uint8Array, decisions: readonly LogEntry[], fromStep: number): number {
  const bound = metricsDigests(decisions).at(-1)?.digest.bytes ?? 0;
  const { lines } = splitLines(metrics.subarray(bound));
  let length = bound;
  for (const line of lines) {
    const found = parseLine(line, measurementShape);
    if (found.problem !== undefined || found.value.clock.step >= fromStep) break;
    length += line.bytes.length + 1;
  }
  return length;
}

interface Kept {
  readonly path: string;
  readonly ledger: Ledger;
  readonly writer: RecordWriter;
  readonly metrics: AppendFile;
  readonly provenance: ProvenanceStore;
  readonly onFailure: RunFolderOptions["onFailure"];
  readonly retain: Retention;
  /** Checkpoints that are there. */
  readonly kept: readonly KeptCheckpoint[];
}

function keepRecord(options: Kept): RunFolder {
  const { path, ledger, writer, metrics, provenance, onFailure, retain } = options;
  let { kept } = options;
  const { attempt, check } = guard(onFailure);
  const flush = (): void => {
    check();
    writer.sync();
  };
  const bindAll = (testify: Testify): void => {
    const files = testify({ decisions: writer.decisions(), checkpoint: ledger.note() });
    for (const [name, text] of Object.entries(files)) {
      const file = `${ATTESTATIONS}/${name}`;
      writeWholeFile(join(path, file), text);
      writer.bind({ role: "attestation", path: file, sha256: sha256(text) });
    }
  };
  return {
    path,
    recorder: (event) =>
      attempt(() => {
        // On the disk before the end of the epoch speaks for it.
        if (event.kind === "epoch_ended") provenance.flush();
        if (event.kind === "influence_measured") provenance.add(event);
        writer.write(event);
      }),
    bind: (file) => attempt(() => writer.bind(file)),
    checkpoint: (bytes, clock, tell) =>
      attempt(() => {
        // A run that goes on from here will not measure again what came before.
        provenance.flush();
        const saved = writeCheckpoint(path, bytes, clock, kept, retain);
        tell(saved);
        // INVARIANT: no checkpoint goes before the ledger says so.
        check();
        removeCheckpoints(path, saved.pruned);
        const gone = new Set([saved.file, ...saved.pruned]);
        kept = [...kept.filter(({ file }) => !gone.has(file)), saved];
      }),
    attest: (testify) =>
      attempt(() => {
        bindAll(testify);
        writer.sync();
      }),
    flush,
    async close(testify) {
      try {
        check();
        provenance.close();
        if (testify !== undefined) bindAll(testify);
        flush();
        ledger.close();
      } finally {
        metrics.close();
      }
    },
  };
}

/** Stops writing at the first failure, so that what is on the disk stays the beginning of what happened. */
function guard(onFailure: RunFolderOptions["onFailure"]): {
  readonly attempt: (work: () => void) => void;
  /** Throws the failure that there was. */
  readonly check: () => void;
} {
  let failure: EvidenceError | undefined;
  return {
    attempt(work) {
      if (failure !== undefined) return;
      try {
        work();
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error;
        if (failure !== undefined) return;
        failure = error;
        onFailure?.(error);
      }
    },
    check() {
      if (failure !== undefined) throw failure;
    },
  };
}
