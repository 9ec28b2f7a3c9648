/**
 * What a governed run says as it goes. The governor only emits; `evidence/` keeps, `report/` draws, `cli/` prints.
 * Every decision cites the policy's span. Plain data, fit for JSON; numbers that are not finite are given as null.
 */
import type { Action, Metric } from "../check/policy.ts";
import type { DiagnosticCode } from "../source/codes.ts";
import type { Span } from "../source/span.ts";

/** Zero-based counts of what has begun: the first step has step 0, epoch 0, examples 0. */
export interface Clock {
  readonly step: number;
  readonly epoch: number;
  readonly examples: number;
}

/** A decision is kept in the hash-chained log; a measurement goes to the metrics file. */
export type RunEvent = Decision | Measurement;

export type Decision =
  | BoundBreached
  | BoundCleared
  | InterventionOpened
  | InterventionClosed
  | ExamplesRefused
  | StepSkipped
  | ViolationFound
  | EpochEnded
  | RunStarted
  | RunEnded;

interface EventBase<Kind extends string> {
  readonly kind: Kind;
  readonly clock: Clock;
}

export interface RunStarted extends EventBase<"run_started"> {
  /** Name to SHA-256 in hex of everything that the run depends on: policy, IR, plan, data, experiment. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface RunEnded extends EventBase<"run_ended"> {
  readonly outcome: "finished" | "halted" | "interrupted" | "failed";
  /** For `halted`: the line that halted it. */
  readonly span?: Span;
  readonly reason?: string;
}

export interface BoundBreached extends EventBase<"bound_breached"> {
  /** Index into the plan's bounds. */
  readonly bound: number;
  readonly metric: Metric;
  readonly side: "below" | "above";
  /** The metric averaged over the bound's window. */
  readonly measured: number | null;
  readonly range: { readonly low?: number; readonly high?: number };
  readonly span: Span;
}

export interface BoundCleared extends EventBase<"bound_cleared"> {
  readonly bound: number;
  readonly measured: number | null;
  readonly span: Span;
}

/** What was done, and what it is meant to bring about. */
export interface InterventionOpened extends EventBase<"intervention_opened"> {
  readonly id: number;
  readonly bound: number;
  readonly action: Action;
  readonly intent: Intent;
  /** The line of the action. */
  readonly span: Span;
}

export interface Intent {
  readonly metric: Metric;
  readonly before: number | null;
  readonly target: { readonly low?: number; readonly high?: number };
  /** The step by which it should be achieved; null when the policy sets no horizon. */
  readonly deadline: number | null;
}

export interface InterventionClosed extends EventBase<"intervention_closed"> {
  readonly id: number;
  readonly bound: number;
  readonly outcome: "achieved" | "not_achieved" | "superseded";
  readonly measured: number | null;
  readonly span: Span;
}

export interface ExamplesRefused extends EventBase<"examples_refused"> {
  readonly disposition: "reject" | "quarantine" | "halt";
  readonly count: number;
  /** The first few, with the field that each lacks; untrusted text. */
  readonly examples: readonly { readonly id: string; readonly missing: readonly string[] }[];
  readonly span: Span;
}

export interface StepSkipped extends EventBase<"step_skipped"> {
  readonly bound: number;
  readonly span: Span;
}

/** Training broke the policy (GOV8xxx): recorded, and the policy decides what happens. */
export interface ViolationFound extends EventBase<"violation_found"> {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly span: Span;
}

export interface EpochEnded extends EventBase<"epoch_ended"> {
  readonly loss: number | null;
  /** SHA-256 over the model's weights in order, hex. */
  readonly weightsDigest: string;
}

export type Measurement = StepMeasured | RoutingMeasured | InfluenceMeasured;

export interface StepMeasured extends EventBase<"step_measured"> {
  readonly loss: number | null;
  readonly milliseconds: number;
  readonly examples: number;
  /** Index of the bound to its metric in this step and its average over the window. */
  readonly bounds: Readonly<
    Record<number, { readonly value: number | null; readonly average: number | null }>
  >;
}

/** Since the last one of its kind: what each cohort was meant to give to each band, and what it gave. */
export interface RoutingMeasured extends EventBase<"routing_measured"> {
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

export interface InfluenceMeasured extends EventBase<"influence_measured"> {
  readonly band: string;
  /** null: toward the batch's own loss. */
  readonly behavior: string | null;
  readonly rows: readonly {
    readonly id: string;
    readonly weight: number;
    /** η · w · ⟨∂ℓ_i/∂θ_b, v_b⟩; positive lowers the loss it points toward. */
    readonly influence: number | null;
  }[];
  readonly span: Span;
}

/** Where events go. Called in order, between steps; must not throw. */
export type Recorder = (event: RunEvent) => void;
