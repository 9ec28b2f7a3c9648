/** What a run leaves behind, as data: written by `run-folder.ts`, read back by `read.ts`, shown by `report/`. */
import type { Ir } from "../ir/ir.ts";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import type { Decision, EpochEnded, Measurement, RunEnded, RunStarted } from "../runtime/events.ts";

export interface RunRecord {
  /** The name of the run's folder. */
  readonly id: string;
  /** Undefined where the folder has none that can be read; `problems` says why. */
  readonly ir: Ir | undefined;
  readonly plan: RecordedPlan | undefined;
  readonly environment: Environment | undefined;
  /** The policy's files as compiled, the policy itself first. */
  readonly sources: readonly RecordedSource[];
  readonly decisions: readonly LogEntry[];
  readonly measurements: readonly Measurement[];
  readonly problems: readonly RecordProblem[];
}

/** The part of the plan that is read back. */
export interface RecordedPlan extends Pick<TfjsPlan, "policyName" | "policyDigest"> {
  readonly bands: readonly { readonly name: string; readonly parameterCount: number }[];
}

export interface RecordedSource {
  /** The path in the run's folder: `policy.gov`, `sources/lib/common.gov`. */
  readonly path: string;
  readonly text: string;
}

/** What the run ran on and with; whoever starts it says what is known. */
export interface Environment {
  readonly seed?: number;
  readonly backend?: string;
  /** ISO 8601. */
  readonly started?: string;
  readonly command?: readonly string[];
  /** Name to version: `node`, `strata-gov`, `@tensorflow/tfjs`. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly git?: { readonly commit: string; readonly state: "clean" | "changed" };
  /** Name to SHA-256 in hex. */
  readonly data?: Readonly<Record<string, string>>;
}

/** One line of `decisions.jsonl`, in canonical JSON (RFC 8785). */
export interface LogEntry {
  /** Counted from 0. */
  readonly sequence: number;
  /** SHA-256 in hex of the previous line's bytes without its line break; zeros on the first line. */
  readonly previous: string;
  readonly event: LoggedDecision;
}

export type LoggedDecision =
  | Exclude<Decision, RunStarted | EpochEnded | RunEnded>
  | LoggedRunStarted
  | LoggedEpochEnded
  | LoggedRunEnded;

/** The first entry binds the folder's files. */
export interface LoggedRunStarted extends RunStarted {
  /** Path in the folder to SHA-256 in hex. */
  readonly files: Readonly<Record<string, string>>;
}

export interface LoggedEpochEnded extends EpochEnded {
  readonly metrics: MetricsDigest;
}

export interface LoggedRunEnded extends RunEnded {
  readonly metrics: MetricsDigest;
}

/** What `metrics.jsonl` held at that moment: its first `bytes` bytes. */
export interface MetricsDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/** `seal.json`: written last, so that a finished log can neither lose nor change its last lines unseen. */
export interface Seal {
  readonly entries: number;
  /** SHA-256 in hex of the last line's bytes without its line break. */
  readonly sha256: string;
}

export interface RecordProblem {
  /**
   * `altered`: not what was written. `malformed`: no form in which runs write. `missing`: not there.
   * `unreadable`: bound by the log, but not understood by this version. `cut_off`: the run was killed there.
   */
  readonly kind: "altered" | "malformed" | "missing" | "unreadable" | "cut_off";
  /** In the run's folder. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Lower-case, no full stop. */
  readonly message: string;
}

const BREAKS_THE_RECORD: Readonly<Record<RecordProblem["kind"], boolean>> = {
  altered: true,
  malformed: true,
  missing: true,
  unreadable: false,
  cut_off: false,
};

/** Whether the record is what the run wrote, as far as it goes. A run that was cut off verifies. */
export function verifies(record: Pick<RunRecord, "problems">): boolean {
  return !record.problems.some((problem) => BREAKS_THE_RECORD[problem.kind]);
}
