/** What the bounds of a policy decide, in a run and in the tests of a policy alike; numbers that are not finite are null. */
import type { Action, Metric } from "../../check/policy.ts";
import type { Span } from "../../source/span.ts";
import type { AtClock } from "../clock.ts";

export type BoundDecision = BoundBreached | BoundCleared | InterventionOpened | InterventionClosed;

export interface BoundBreached extends AtClock<"bound_breached"> {
  /** Index into the plan's bounds. */
  readonly bound: number;
  readonly metric: Metric;
  readonly side: "below" | "above";
  /** The metric averaged over the bound's window. */
  readonly measured: number | null;
  readonly range: { readonly low?: number; readonly high?: number };
  readonly span: Span;
}

export interface BoundCleared extends AtClock<"bound_cleared"> {
  readonly bound: number;
  readonly measured: number | null;
  readonly span: Span;
}

/** What was done, and what it is meant to bring about. */
export interface InterventionOpened extends AtClock<"intervention_opened"> {
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

export interface InterventionClosed extends AtClock<"intervention_closed"> {
  readonly id: number;
  readonly bound: number;
  readonly outcome: "achieved" | "not_achieved" | "superseded";
  readonly measured: number | null;
  readonly span: Span;
}
