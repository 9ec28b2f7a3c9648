/**
 * What a governed run says as it goes. The governor only emits; `evidence/` keeps, `report/` draws, `cli/` prints.
 * Every decision cites the policy's span. Plain data, fit for JSON; numbers that are not finite are given as null.
 */
import type { BoundDecision } from "../reason/bounds/decisions.ts";
import type { AtClock, Clock } from "../reason/clock.ts";
import type { DiagnosticCode } from "../source/codes.ts";
import type { Span } from "../source/span.ts";

/** A decision is an entry of the signed ledger; a measurement goes to the metrics file. */
export type RunEvent = Decision | Measurement;

export type Decision =
  | BoundDecision
  | ExamplesRefused
  | StepSkipped
  | WeightsRestored
  | CheckpointSaved
  | ViolationFound
  | EpochEnded
  | RunStarted
  | RunResumed
  | RunEnded
  | TrackerFailed;

export interface RunStarted extends AtClock<"run_started"> {
  /** Name to SHA-256 in hex of everything that the run depends on: policy, IR, plan, data, experiment. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** A run that was killed goes on from weights that it kept; the clock is that of the step that comes next. */
export type RunResumed = AtClock<"run_resumed">;

export interface RunEnded extends AtClock<"run_ended"> {
  readonly outcome: "finished" | "halted" | "interrupted" | "failed";
  /** For `halted`: the line that halted it. */
  readonly span?: Span;
  readonly reason?: string;
  /** Steps in which the weights were updated. */
  readonly updates?: number;
  /** Name to SHA-256 in hex of the files of the trained model, where it was saved. */
  readonly saved?: Readonly<Record<string, string>>;
}

export interface ExamplesRefused extends AtClock<"examples_refused"> {
  readonly disposition: "reject" | "quarantine" | "halt";
  readonly count: number;
  /** The first few, with the fields that each lacks and the digests that its content does not have; untrusted text. */
  readonly examples: readonly {
    readonly id: string;
    readonly missing: readonly string[];
    readonly altered: readonly string[];
  }[];
  readonly span: Span;
}

export interface StepSkipped extends AtClock<"step_skipped"> {
  readonly bound: number;
  readonly span: Span;
}

/** A `rollback`: the update of the step is left out, and model and optimizer are as they were. */
export interface WeightsRestored extends AtClock<"weights_restored"> {
  readonly bound: number;
  /** The moment that they come from, at which every bound held. */
  readonly from: Clock;
  readonly span: Span;
}

/** All that the run needs to go on from this moment lies in a file of its folder. */
export interface CheckpointSaved extends AtClock<"checkpoint_saved"> {
  readonly file: string;
  readonly sha256: string;
  /** Older checkpoints that are gone now, by what the policy's `retain` says. */
  readonly pruned: readonly string[];
}

/** Training broke the policy (GOV8xxx): recorded, and the policy decides what happens. */
export interface ViolationFound extends AtClock<"violation_found"> {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly span: Span;
}

/** A copy of the events for another tool ends here; the run goes on. The reason is untrusted text. */
export interface TrackerFailed extends AtClock<"tracker_failed"> {
  readonly tracker: string;
  readonly reason: string;
}

export interface EpochEnded extends AtClock<"epoch_ended"> {
  readonly loss: number | null;
  /** SHA-256 over the model's weights in order, hex. */
  readonly weightsDigest: string;
  /** By the bound's index: in how many steps so far its metric was held against its range. */
  readonly judged: readonly number[];
}

export type Measurement =
  StepMeasured | RoutingMeasured | DistributionsMeasured | InfluenceMeasured | RunEvaluated;

export interface StepMeasured extends AtClock<"step_measured"> {
  readonly loss: number | null;
  readonly milliseconds: number;
  readonly examples: number;
  /** Index of the bound to its metric in this step and its average over the window. */
  readonly bounds: Readonly<
    Record<number, { readonly value: number | null; readonly average: number | null }>
  >;
}

/** Since the last one of its kind: what each cohort was meant to give to each band, and what it gave. */
export interface RoutingMeasured extends AtClock<"routing_measured"> {
  readonly cells: readonly {
    readonly cohort: string;
    readonly band: string;
    readonly examples: number;
    /** Mean of w(i, b) over the cohort's examples, by the policy. */
    readonly intended: number;
    /** The cohort's share of the band's absorbed gradient energy, in 0..1; null where it was not measured. */
    readonly share: number | null;
  }[];
}

/** How the numbers of each band were spread in a step, before its update. */
export interface DistributionsMeasured extends AtClock<"distributions_measured"> {
  readonly distributions: readonly Distribution[];
}

/** A histogram: bins of equal width from the least to the greatest number. */
export interface Distribution {
  readonly band: string;
  readonly of: "weights" | "gradients" | "activations";
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  /** Numbers that are in no bin. */
  readonly notFinite: number;
}

export interface InfluenceMeasured extends AtClock<"influence_measured"> {
  readonly band: string;
  /** null: toward the batch's own loss. */
  readonly behavior: string | null;
  readonly rows: readonly {
    readonly id: string;
    /** w(i, b); where the parts of the band differ, their mean by the number of parameters. */
    readonly weight: number;
    /** η · w · ⟨∂ℓ_i/∂θ_b, v_b⟩; positive lowers the loss it points toward. */
    readonly influence: number | null;
  }[];
  readonly span: Span;
}

/** What the training came to by the experiment's own measure, before the run ends. Names and sentences are untrusted. */
export interface RunEvaluated extends AtClock<"run_evaluated"> {
  readonly governed: MeasuredEvaluation | null;
  /** Of the twin that was trained without the policy; null where there is none. */
  readonly ungoverned: MeasuredEvaluation | null;
  /** What the experiment itself says to the two. */
  readonly comparison: string | null;
  /** Why something of it is missing. */
  readonly problem?: string;
}

/** An `Evaluation`, its numbers as a record can hold them. */
export interface MeasuredEvaluation {
  readonly figures: readonly MeasuredFigure[];
  readonly summary?: string;
}

export interface MeasuredFigure {
  readonly name: string;
  readonly value: number | null;
  readonly unit?: string;
}

/** Where events go. Called in order, between steps; must not throw. */
export type Recorder = (event: RunEvent) => void;
