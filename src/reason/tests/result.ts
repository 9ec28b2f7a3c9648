/** What came of a policy's tests, as facts; saying them is the business of whoever shows them. */
import type { Expectation, PolicyTest, RouteRule } from "../../check/policy.ts";
import type { InterventionOpened } from "../bounds/decisions.ts";
import type { Cell } from "../cells.ts";
import type { BoundStory } from "./bounds.ts";
import type { Witness } from "./case.ts";

export interface TestResult {
  readonly test: PolicyTest;
  /** In the order of the expectations; empty where the test passes. */
  readonly failures: readonly Failure[];
  /** What the bounds did with the metrics that are given. */
  readonly story: BoundStory;
}

export type Failure =
  | WeightFailure
  | CohortFailure
  | ActionMissing
  | ActionTaken
  /** Too many cases are told apart to go through them all. */
  | { readonly kind: "undecided"; readonly expectation: ExpectationOf<"weight" | "cohort"> };

export type ExpectationOf<Kind extends Expectation["kind"]> = Extract<Expectation, { readonly kind: Kind }>;

/** One of the examples has another weight on some parameter of the band. */
export interface WeightFailure {
  readonly kind: "weight";
  readonly expectation: ExpectationOf<"weight">;
  readonly witness: Witness;
  /** The bands that hold the parameter. */
  readonly cell: Cell;
  /** Whether every parameter of the band lies in these bands, so that this is all of it. */
  readonly isWhole: boolean;
  /** What its weight is there. */
  readonly weight: number;
  /** The rules that give it; empty where none speaks, and it is the default. */
  readonly deciding: readonly RouteRule[];
}

/** One of the examples is in the cohort, or outside, against what is expected. */
export interface CohortFailure {
  readonly kind: "cohort";
  readonly expectation: ExpectationOf<"cohort">;
  readonly witness: Witness;
}

/** The expected action was never taken. */
export interface ActionMissing {
  readonly kind: "action_missing";
  readonly expectation: ExpectationOf<"action">;
  readonly reason:
    | "no metric given"
    /** No bound is on any of the metrics that are given. */
    | "no bound"
    | "not taken";
}

/** The action was taken, against what is expected. */
export interface ActionTaken {
  readonly kind: "action_taken";
  readonly expectation: ExpectationOf<"action">;
  /** The first time. */
  readonly taken: InterventionOpened;
}
