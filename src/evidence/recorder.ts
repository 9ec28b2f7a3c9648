import { createHash } from "node:crypto";
import { canonicalJson } from "../ir/canonical.ts";
import type { Decision, Measurement, RunEvent, RunStarted } from "../runtime/events.ts";
import type { AppendFile } from "./append.ts";
import { GENESIS, sha256 } from "./digest.ts";
import type { LoggedDecision, MetricsDigest, Seal } from "./record.ts";

/** Puts the events of a run into its two files; throws an `EvidenceError` when a file cannot be written. */
export interface RecordWriter {
  write(event: RunEvent): void;
  sync(): void;
  /** What seals the log as it stands. */
  seal(): Seal;
}

export interface RecordFiles {
  readonly decisions: AppendFile;
  readonly metrics: AppendFile;
  /** Path to SHA-256 in hex of the files that the folder began with; bound by the first decision. */
  readonly inputs: Readonly<Record<string, string>>;
}

export function createRecordWriter(files: RecordFiles): RecordWriter {
  let sequence = 0;
  let previous = GENESIS;
  const metricsHash = createHash("sha256");
  let metricsBytes = 0;

  function decide(event: LoggedDecision): void {
    const line = canonicalJson({ sequence, previous, event: plainData(event) });
    files.decisions.append(line);
    files.decisions.sync();
    previous = sha256(line);
    sequence += 1;
  }

  function measure(event: Measurement): void {
    const line = canonicalJson(plainData(event));
    files.metrics.append(line);
    metricsHash.update(`${line}\n`);
    metricsBytes += Buffer.byteLength(line) + 1;
  }

  /** The measurements so far, on the disk before a decision speaks for them. */
  function settleMetrics(): MetricsDigest {
    files.metrics.sync();
    return { bytes: metricsBytes, sha256: metricsHash.copy().digest("hex") };
  }

  function logged(event: Exclude<Decision, RunStarted>): LoggedDecision {
    const speaksForMetrics = event.kind === "epoch_ended" || event.kind === "run_ended";
    return speaksForMetrics ? { ...event, metrics: settleMetrics() } : event;
  }

  function write(event: RunEvent): void {
    if (isMeasurement(event)) return measure(event);
    if (event.kind === "run_started") return decide({ ...event, files: files.inputs });
    // INVARIANT: the first entry binds the files, also where nobody announced the run.
    if (sequence === 0) write({ kind: "run_started", clock: START, inputs: {} });
    decide(logged(event));
  }

  return {
    write,
    sync() {
      files.metrics.sync();
      files.decisions.sync();
    },
    seal: () => ({ entries: sequence, sha256: previous }),
  };
}

const START = { step: 0, epoch: 0, examples: 0 };

const MEASUREMENTS: Readonly<Record<Measurement["kind"], true>> = {
  step_measured: true,
  routing_measured: true,
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
