import { createHash } from "node:crypto";
import { join } from "node:path";
import { canonicalJson } from "../ir/canonical.ts";
import type { Clock } from "../reason/clock.ts";
import type { Decision, Measurement, RunEvent, RunStarted } from "../runtime/events.ts";
import type { AppendFile } from "./append.ts";
import { sha256 } from "./digest.ts";
import { LONGEST_ENTRY } from "./ledger/entries.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { PAYLOADS } from "./ledger/tiles.ts";
import type { FileBound, LoggedDecision, MetricsDigest, PayloadReference } from "./record.ts";
import { writeWholeFile } from "./whole-file.ts";

/** Puts the events of a run where they belong; throws an `EvidenceError` when they cannot be kept. */
export interface RecordWriter {
  write(event: RunEvent): void;
  /** What was decided so far, what is not signed yet included; of checkpoints and ends of epochs, the last. */
  decisions(): readonly LoggedDecision[];
  /** Binds a file that lies in the run's folder and stays as it is. */
  bind(file: Omit<FileBound, "kind" | "clock">): void;
  /** Signs and makes durable what was written. */
  sync(): void;
}

export interface RecordFiles {
  readonly ledger: Ledger;
  /** The folder of the ledger. */
  readonly folder: string;
  readonly metrics: AppendFile;
  /** What the metrics hold already, where the run is continued. */
  readonly measured: Uint8Array;
  /** What was decided already, where the run is continued. */
  readonly decided: readonly LoggedDecision[];
  /** The id of the run. */
  readonly run: string;
  /** Path to SHA-256 in hex of the files that the folder began with; bound by the first decision. */
  readonly inputs: Readonly<Record<string, string>>;
}

export function createRecordWriter(files: RecordFiles): RecordWriter {
  const { ledger, folder, metrics, run, inputs } = files;
  const metricsHash = createHash("sha256").update(files.measured);
  let metricsBytes = files.measured.length;
  const decisions = [...files.decided];
  let last: Clock = decisions.at(-1)?.clock ?? START;

  function decide(event: LoggedDecision): void {
    last = event.clock;
    remember(event);
    const entry = Buffer.from(canonicalJson(plainData(event)));
    ledger.append(entry.length <= LONGEST_ENTRY ? entry : putAside(folder, entry));
  }

  /** A long run saves thousands of checkpoints, of which only the last says more than the ledger does. */
  function remember(event: LoggedDecision): void {
    if (event.kind === "checkpoint_saved" || event.kind === "epoch_ended") {
      const earlier = decisions.findLastIndex(({ kind }) => kind === event.kind);
      if (earlier >= 0) decisions.splice(earlier, 1);
    }
    decisions.push(event);
  }

  function measure(event: Measurement): void {
    last = event.clock;
    const line = canonicalJson(plainData(event));
    metrics.append(line);
    metricsHash.update(`${line}\n`);
    metricsBytes += Buffer.byteLength(line) + 1;
  }

  /** The measurements so far, on the disk before a decision speaks for them. */
  function settleMetrics(): MetricsDigest {
    metrics.sync();
    return { bytes: metricsBytes, sha256: metricsHash.copy().digest("hex") };
  }

  function logged(event: Exclude<Decision, RunStarted>): LoggedDecision {
    switch (event.kind) {
      case "epoch_ended":
      case "run_resumed":
      case "run_ended":
        return { ...event, metrics: settleMetrics() };
      default:
        return event;
    }
  }

  function write(event: RunEvent): void {
    if (isMeasurement(event)) return measure(event);
    // INVARIANT: the first entry binds the files, also where nobody announced the run.
    if (event.kind === "run_started") decide({ ...event, run, files: inputs });
    else if (ledger.size() === 0) {
      write({ kind: "run_started", clock: START, inputs: {} });
      write(event);
      return;
    } else decide(logged(event));
    // INVARIANT: no signed state of a run has its end and lacks the attestations that follow on it.
    if (event.kind !== "run_ended") ledger.commitSync();
  }

  return {
    write,
    decisions: () => decisions,
    bind: (file) => decide({ kind: "file_bound", clock: last, ...file }),
    sync() {
      metrics.sync();
      ledger.commitSync();
    },
  };
}

const START = { step: 0, epoch: 0, examples: 0 };

/** Writes an event that is too long for an entry to a file of its own, and gives the entry that stands for it. */
function putAside(folder: string, event: Uint8Array): Uint8Array {
  const reference: PayloadReference = { payload: sha256(event), bytes: event.length };
  writeWholeFile(join(folder, PAYLOADS, reference.payload), event);
  return Buffer.from(canonicalJson(reference));
}

const MEASUREMENTS: Readonly<Record<Measurement["kind"], true>> = {
  step_measured: true,
  routing_measured: true,
  distributions_measured: true,
  influence_measured: true,
  run_evaluated: true,
};

function isMeasurement(event: RunEvent): event is Measurement {
  return Object.hasOwn(MEASUREMENTS, event.kind);
}

/** The same data as JSON can hold it: no undefined members, null for numbers that are not finite, well-formed text. */
function plainData(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "string") return value.replace(/\p{Surrogate}/gu, "\ufffd");
  if (Array.isArray(value)) return value.map(plainData);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [plainData(name), plainData(member)]));
}
