/** What a run leaves behind, as data: written by `run-folder.ts`, read back by `read.ts`, shown by `report/`. */
import type { Ir } from "../ir/ir.ts";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import type { AtClock } from "../reason/clock.ts";
import type {
  Decision,
  EpochEnded,
  Measurement,
  RunEnded,
  RunResumed,
  RunStarted,
} from "../runtime/events.ts";

export interface RunRecord extends RunOutline {
  readonly measurements: readonly Measurement[];
}

/** All of a record but the measurements, of which a long run has millions. */
export interface RunOutline {
  /** The name of the run's folder. */
  readonly id: string;
  /** Undefined where the folder has none that can be read; `problems` says why. */
  readonly ir: Ir | undefined;
  readonly plan: RecordedPlan | undefined;
  readonly environment: Environment | undefined;
  /** The policy's files as compiled, the policy itself first. */
  readonly sources: readonly RecordedSource[];
  readonly decisions: readonly LogEntry[];
  /** Undefined where the ledger has no checkpoint that can be read. */
  readonly head: SignedHead | undefined;
  readonly problems: readonly RecordProblem[];
}

/** The part of the plan that is read back. */
export interface RecordedPlan extends Pick<TfjsPlan, "policyName" | "policyDigest"> {
  readonly bands: readonly {
    readonly name: string;
    readonly parameterCount: number;
    readonly extent?: readonly { readonly layer: string }[];
  }[];
  /** Which bands hold the parts of each parameter, and the numbers of the rules that speak about them. */
  readonly parameters?: readonly {
    readonly layer: string;
    readonly segments: readonly { readonly bands: readonly string[]; readonly rules: readonly number[] }[];
  }[];
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
  readonly enforcement?: Enforcement;
  /** Name to SHA-256 in hex. */
  readonly data?: Readonly<Record<string, string>>;
}

/** How binding what the check found was for the run; it is decided outside of the policy. */
export interface Enforcement {
  readonly level: "advisory" | "soft" | "hard";
  /** The reason for which soft enforcement was set aside. */
  readonly override?: string;
  readonly found: { readonly errors: number; readonly warnings: number };
}

/** One entry of the ledger: the event in canonical JSON (RFC 8785) and its place. */
export interface LogEntry {
  /** Counted from 0. */
  readonly sequence: number;
  readonly event: LoggedDecision;
}

/** What an entry says in place of an event that is longer than 65,535 bytes: it lies in `ledger/payload/`. */
export interface PayloadReference {
  /** SHA-256 in hex. */
  readonly payload: string;
  readonly bytes: number;
}

export type LoggedDecision =
  | Exclude<Decision, RunStarted | EpochEnded | RunResumed | RunEnded>
  | LoggedRunStarted
  | LoggedRunResumed
  | LoggedEpochEnded
  | LoggedRunEnded
  | FileBound;

/** The first entry binds the folder's files. */
export interface LoggedRunStarted extends RunStarted {
  /** The id of the run, which its ledger's origin names, too. */
  readonly run: string;
  /** Path in the folder to SHA-256 in hex. */
  readonly files: Readonly<Record<string, string>>;
}

/** A file that the run wrote as it went, and that stays as it is from here on. */
export interface FileBound extends AtClock<"file_bound"> {
  readonly role: "attestation" | "provenance";
  /** In the run's folder. */
  readonly path: string;
  readonly sha256: string;
}

export interface LoggedEpochEnded extends EpochEnded {
  readonly metrics: MetricsDigest;
}

/** What was measured of this moment and later ones before, counts no longer. */
export interface LoggedRunResumed extends RunResumed {
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

/** What the ledger's checkpoint says, and by whose word. */
export interface SignedHead {
  readonly origin: string;
  readonly size: number;
  /** SHA-256 in hex. */
  readonly root: string;
  readonly signer: KeyName;
  /** `given`: checked by a key that the reader brought. `enclosed`: by the one that lies in the folder. */
  readonly trust: "given" | "enclosed";
  /** Keys whose signatures stand under the checkpoint; only the signer's was checked here. */
  readonly signatures: readonly KeyName[];
}

export interface KeyName {
  readonly name: string;
  /** In hex. */
  readonly id: string;
}

export interface RecordProblem {
  /**
   * `altered`: not what was written. `malformed`: no form in which runs write. `missing`: not there.
   * `unreadable`: bound by the ledger, but not understood by this version. `cut_off`: the run was killed there.
   * `unbound`: a file that the record says nothing about.
   */
  readonly kind: "altered" | "malformed" | "missing" | "unreadable" | "cut_off" | "unbound";
  /** In the run's folder. */
  readonly file: string;
  /** Of the ledger, counted from 0. */
  readonly entry?: number;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 0. */
  readonly byte?: number;
  /** Lower-case, no full stop. */
  readonly message: string;
}

/** `ledger/tile/entries/000, entry 12`, `metrics.jsonl:7`, `policy.gov`. */
export function placeOf({ file, entry, line, byte }: RecordProblem): string {
  if (line !== undefined) return `${file}:${line}`;
  const parts = [file, entry === undefined ? "" : `entry ${entry}`, byte === undefined ? "" : `byte ${byte}`];
  return parts.filter((part) => part !== "").join(", ");
}

const BREAKS_THE_RECORD: Readonly<Record<RecordProblem["kind"], boolean>> = {
  altered: true,
  malformed: true,
  missing: true,
  unreadable: false,
  cut_off: false,
  unbound: false,
};

/** Whether the record is what the run wrote, as far as it goes. A run that was cut off verifies. */
export function verifies(record: Pick<RunOutline, "problems">): boolean {
  return !record.problems.some((problem) => BREAKS_THE_RECORD[problem.kind]);
}

/**
 * What the record is worth. `unfinished`: all that was signed is there, but the run did not get to record its end; a
 * finished record that was set back to an earlier state of its own looks the same.
 */
export type Verdict = "verifies" | "unfinished" | "does_not_verify";

export function judge(record: Pick<RunOutline, "problems">): Verdict {
  if (!verifies(record)) return "does_not_verify";
  return record.problems.some(({ kind }) => kind === "cut_off") ? "unfinished" : "verifies";
}
