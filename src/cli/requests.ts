/** What each command is asked for, once the command line has been read: the one thing it shares with the program. */
import type { BackendChoice } from "../runtime/backends/select.ts";

/** `--set name=value`, in the order given; the last of one name counts. */
export type ParamTexts = ReadonlyMap<string, string>;

/** How problems are shown; `diagnostics/formats.ts` says what each is. */
export const DIAGNOSTIC_FORMATS = ["pretty", "compact", "json", "sarif", "github", "junit"] as const;
export type DiagnosticFormat = (typeof DIAGNOSTIC_FORMATS)[number];

/** For people, or for programs. */
export type OutputFormat = "pretty" | "json";

export interface CheckRequest {
  /** Files and folders; `-` is standard input. */
  readonly files: readonly string[];
  /** The path that a text from standard input is taken to have. */
  readonly stdinFilename: string | undefined;
  readonly model: string | undefined;
  readonly params: ParamTexts;
  readonly format: DiagnosticFormat;
  readonly maximumWarnings: number | undefined;
  /** Why what soft enforcement finds is to count for nothing. */
  readonly override: string | undefined;
  /** Errors only. */
  readonly quiet: boolean;
}

export interface CompileRequest {
  readonly file: string;
  /** Standard output when left out. */
  readonly output: string | undefined;
  readonly model: string | undefined;
  readonly params: ParamTexts;
  readonly format: DiagnosticFormat;
}

export interface FormatRequest {
  readonly files: readonly string[];
  /** What becomes of a text that is not in the canonical layout. */
  readonly mode: "write" | "check" | "diff";
  readonly format: DiagnosticFormat;
}

export interface FixRequest {
  readonly files: readonly string[];
  readonly model: string | undefined;
  readonly params: ParamTexts;
  /** What becomes of a text that fixes change. */
  readonly mode: "write" | "list" | "diff";
  readonly format: DiagnosticFormat;
}

export interface ExplainRequest {
  readonly code: string;
  readonly format: OutputFormat;
}

export interface PlanRequest {
  readonly file: string;
  readonly model: string | undefined;
  readonly params: ParamTexts;
  /** The plan itself, or how the cohorts lie to each other. */
  readonly shows: "plan" | "overlap";
  /** Of problems; with `json` what is shown is JSON, too. */
  readonly format: DiagnosticFormat;
}

export const DIFFERENCE_FORMATS = ["pretty", "json", "github", "markdown"] as const;
export type DifferenceFormat = (typeof DIFFERENCE_FORMATS)[number];

/** Kinds of change that a pipeline may refuse; `any` is every one. */
export const REFUSABLE = ["looser", "stricter", "different", "any"] as const;
export type Refusable = (typeof REFUSABLE)[number];

export interface DiffRequest {
  /** Files or folders, also `REVISION:PATH` of git. */
  readonly before: string;
  readonly after: string;
  readonly failOn: readonly Refusable[];
  readonly model: string | undefined;
  readonly params: ParamTexts;
  readonly format: DifferenceFormat;
}

export interface TestRequest {
  /** Files and folders. */
  readonly files: readonly string[];
  /** Only tests whose title holds this text, whatever its case. */
  readonly filter: string | undefined;
  readonly model: string | undefined;
  readonly params: ParamTexts;
  readonly format: DiagnosticFormat;
  /** Whether to say what the tests look at. */
  readonly coverage: boolean;
  /** The least share of it that will do, 0..1. */
  readonly threshold: number | undefined;
  /** Run again whenever a file changes, until Ctrl-C. */
  readonly watch: boolean;
}

export interface WhyRequest {
  readonly file: string;
  /** A file, or the JSON of one example. */
  readonly example: string;
  readonly layer: string | undefined;
  /** `step 500`, `epoch 3`. */
  readonly at: string | undefined;
  readonly model: string | undefined;
  readonly params: ParamTexts;
  /** Of problems; with `json` the answer is JSON, too. */
  readonly format: DiagnosticFormat;
}

/** Who reads a manifest: `auto` takes DuckDB where it is installed. */
export const DATA_ENGINES = ["auto", "duckdb", "scan"] as const;

export interface DataRequest {
  /** Files with a record of metadata for each example. */
  readonly manifests: readonly string[];
  readonly policy: string;
  readonly model: string | undefined;
  readonly params: ParamTexts;
  /** `step 500`, `epoch 3`. */
  readonly at: string | undefined;
  /** Where the records are written that are not let in. */
  readonly refused: string | undefined;
  /** More rejected and quarantined ones than this make the exit code 2. */
  readonly maximumRefused: number | undefined;
  readonly engine: (typeof DATA_ENGINES)[number];
  /** Of problems; with `json` the census is JSON, too. */
  readonly format: DiagnosticFormat;
}

export interface InitRequest {
  readonly folder: string;
  /** What to do about files that are there already. */
  readonly existing: "keep" | "overwrite";
}

/** Tools that people watch training with; `tracking/open.ts` has each. */
export const TRACKER_NAMES = ["wandb", "tensorboard", "mlflow"] as const;
export type TrackerName = (typeof TRACKER_NAMES)[number];

export interface TrackingRequest extends TrackerSettings {
  /** Undefined: those inside of whose run this one is started, as the environment says. */
  readonly trackers: readonly TrackerName[] | undefined;
}

export interface TrackerSettings {
  /** A project in W&B, an experiment in MLflow. */
  readonly project: string | undefined;
  /** The user or team in W&B. */
  readonly entity: string | undefined;
  /** What the run is called there. */
  readonly name: string | undefined;
  /** Where TensorBoard's folder of the run is made. */
  readonly logdir: string | undefined;
}

/** For the command line, which does not load TensorFlow. */
export const BACKEND_CHOICES = [
  "auto",
  "wasm",
  "cpu",
  "node-gpu",
  "webgpu",
] as const satisfies readonly BackendChoice[];

/** What a record can be handed on as; `export/targets.ts` has each. */
export const EXPORT_TARGETS = ["jsonl", "prov", "openlineage", "cyclonedx", ...TRACKER_NAMES] as const;
export type ExportTarget = (typeof EXPORT_TARGETS)[number];

export interface ExportRequest extends TrackerSettings {
  readonly run: string;
  readonly target: ExportTarget;
  /** A file or folder; its name says the run when left out. */
  readonly output: string | undefined;
  /** The folder in which `gov run --save` put the model. */
  readonly model: string | undefined;
}

export interface RunRequest {
  /** Undefined only with `resume`, whose record names it. */
  readonly experiment: string | undefined;
  /** The run that is to go on, as a person names it. */
  readonly resume: string | undefined;
  /** In place of the policy that the experiment names. */
  readonly policy: string | undefined;
  readonly params: ParamTexts;
  /** Why what soft enforcement finds is to count for nothing; the record keeps it. */
  readonly override: string | undefined;
  readonly seed: number | undefined;
  readonly epochs: number | undefined;
  readonly backend: BackendChoice;
  /** The folder in which the run's own folder is made. */
  readonly runs: string;
  /** The folder in which the trained model is saved. */
  readonly save: string | undefined;
  /** Train the ungoverned twin as well. */
  readonly baseline: boolean;
  readonly quiet: boolean;
  readonly format: OutputFormat;
  /** The private key that signs the record; the project's own when left out. */
  readonly key: string | undefined;
  /** A file to which every event goes as a line of JSON. */
  readonly jsonl: string | undefined;
  readonly tracking: TrackingRequest;
}

export interface SweepRequest {
  /** What every run has in common. */
  readonly run: RunRequest;
  readonly swept: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** What the runs inside their bounds are ranked by. */
  readonly goal: { readonly by: string; readonly direction: "minimize" | "maximize" };
  readonly format: OutputFormat;
}

export interface AuditRequest {
  readonly experiment: string;
  /** In place of the policy that the experiment names. */
  readonly policy: string | undefined;
  readonly params: ParamTexts;
  readonly seed: number | undefined;
  readonly backend: BackendChoice;
  /** Of each run. */
  readonly steps: number;
  /** Runs without a fault. */
  readonly cleanRuns: number;
  readonly format: OutputFormat;
}

export interface DashboardRequest {
  /** The folder of runs. */
  readonly folder: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

export interface ReportRequest {
  readonly run: string;
  readonly output: string | undefined;
}

export interface ModelRequest {
  readonly experiment: string;
  readonly output: string;
}

export interface BackendDoctorRequest {
  readonly format: OutputFormat;
}

export interface BackendBuildRequest {
  /** Which build of the library. */
  readonly library: "cpu" | "cuda";
  /** A wheel of TensorFlow that is there already. */
  readonly wheel: string | undefined;
}

export interface VerifyRequest {
  /** A run, or the file of a proof. */
  readonly run: string;
  /** A public key, as a file or as its text, by which the run must be signed. */
  readonly key: string | undefined;
  /** Public keys of witnesses that must have signed, too. */
  readonly witnesses: readonly string[];
  /** A file with an earlier checkpoint of the run. */
  readonly checkpoint: string | undefined;
  /** The entry of the ledger that is to be proved; counted from 0. */
  readonly entry: number | undefined;
  /** Where the proof goes; standard output when left out. */
  readonly output: string | undefined;
  /** What becomes of a record that stops before the end of its run. */
  readonly unfinished: "accept" | "refuse";
  readonly format: OutputFormat;
}

export type KeysRequest = { readonly format: OutputFormat } & (
  | {
      readonly kind: "make";
      readonly name: string;
      /** Where to; the project's own when left out. */
      readonly folder: string | undefined;
    }
  | {
      readonly kind: "show";
      /** Files of either kind, or texts of public keys. */
      readonly keys: readonly string[];
    }
  | {
      readonly kind: "cosign";
      readonly run: string;
      /** The witness's private key. */
      readonly key: string;
      /** The public key by which the run must be signed; the one in its folder when left out. */
      readonly signer: string | undefined;
    }
);

export interface TraceRequest {
  readonly run: string;
  readonly band: string | undefined;
  readonly behavior: string | undefined;
  readonly cohort: string | undefined;
  readonly example: string | undefined;
  readonly layer: string | undefined;
  /** First and last, both included. */
  readonly steps: { readonly first: number; readonly last: number } | undefined;
  readonly top: number;
  /** Cohorts and ids of examples: what share came from them. */
  readonly without: readonly string[] | undefined;
  /** An experiment, whose data shows on the page what the examples look like. */
  readonly data: string | undefined;
  readonly format: TraceFormat;
  /** Standard output when left out; the current folder for files. */
  readonly output: string | undefined;
}

export const TRACE_FORMATS = ["pretty", "json", "csv", "parquet", "html"] as const;
export type TraceFormat = (typeof TRACE_FORMATS)[number];
