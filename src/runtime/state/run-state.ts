/** Where a run stands between two steps: what a checkpoint holds, and from which the run goes on bit for bit. */
import type { BoundsState } from "../../reason/bounds/effects.ts";
import type { Clock } from "../../reason/clock.ts";
import type { RoutingCount } from "../routing-matrix.ts";
import type { TracerState } from "../tracer.ts";
import type { Snapshot } from "./snapshot.ts";

export interface RunState {
  readonly fit: FitState;
  readonly stepper: StepperState;
  readonly model: Snapshot;
  /** What `rollback` goes back to, where that is another moment. */
  readonly lastGood?: GoodMoment;
}

/** How far `fit` has come. */
export interface FitState {
  readonly epoch: number;
  /** Batches of the epoch that are done. */
  readonly batches: number;
  /** Of the epochs that are done; null where no batch was applied. */
  readonly losses: readonly (number | null)[];
  /** Of the epoch under way: the losses of the examples added up, and how many these are. */
  readonly sum: number;
  readonly count: number;
  readonly steps: number;
  readonly updates: number;
}

export interface StepperState {
  readonly clock: Clock;
  readonly bounds: BoundsState;
  readonly tracer: TracerState;
  readonly routing: readonly RoutingCount[];
  readonly counted: Clock;
  /** By band; see `UpdateMeter`. */
  readonly updateRatios: readonly (readonly [string, number])[];
  /** Parameters whose examples cannot be told apart, found so far. */
  readonly unmeasurable: readonly number[];
}

/** A moment at which every bound held. */
export interface GoodMoment {
  readonly clock: Clock;
  readonly model: Snapshot;
}
