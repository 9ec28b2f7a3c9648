/**
 * The control loop of a bound: measure, decide, act, see whether it worked. A pure `init`/`update` pair on numbers,
 * so that the tests of a policy run the same machine as its training; nothing here knows a tensor.
 *
 * A bound is breached when its metric, averaged over its window, leaves the range, and clears once the average is
 * back inside by 5% of the range's width (of the limit's magnitude when the range has one side). A breach opens the
 * first intervention of the arm for its side. An intervention is closed as `achieved` when the bound clears, as
 * `not_achieved` when its time is up (then the ladder's next step follows; the last step is tried anew), and as
 * `superseded` when the breach changes sides.
 *
 * An action with `for` stays in force for just that long, also when the bound clears sooner; one without stays in
 * force while its intervention is open.
 */
import type { Action, Bound, BoundArm, Duration } from "../../check/policy.ts";
import type { Span } from "../../source/span.ts";
import { hasGoneBy, type EpochBeginnings } from "./duration.ts";
import { EMPTY_WINDOW, pushMeasurement, windowAverage, type MeasurementWindow } from "./window.ts";
import type { BoundDecision, InterventionClosed } from "./decisions.ts";
import type { Clock } from "../clock.ts";

const HYSTERESIS = 0.05;

export interface BoundState {
  readonly window: MeasurementWindow;
  /** Steps in which the metric was held against the range: those in which its window was full. */
  readonly judged: number;
  readonly breach: Breach | undefined;
  /** Actions in force, among them those whose `for` outlasts their intervention. */
  readonly inForce: readonly ActiveAction[];
}

export type Side = "below" | "above";

interface Breach {
  readonly side: Side;
  readonly arm: BoundArm | undefined;
  /** Index of the open step of the arm's ladder. */
  readonly rung: number;
  readonly open: OpenIntervention | undefined;
}

interface OpenIntervention {
  readonly id: number;
  readonly since: Clock;
}

export interface ActiveAction {
  readonly action: Action;
  readonly intervention: number;
  readonly since: Clock;
  /** The line of the action. */
  readonly span: Span;
}

export interface BoundUpdate {
  readonly state: BoundState;
  readonly decisions: readonly BoundDecision[];
  /** The metric's average, undefined while the window is filling. */
  readonly average: number | undefined;
}

export function initBound(): BoundState {
  return { window: EMPTY_WINDOW, judged: 0, breach: undefined, inForce: [] };
}

export interface BoundInput {
  readonly bound: Bound;
  /** Its index in the plan. */
  readonly index: number;
  readonly clock: Clock;
  readonly epochs: EpochBeginnings;
  /** The metric in this step; undefined where it could not be measured (no example of the cohort in the batch). */
  readonly value: number | undefined;
  /** The id that the next intervention gets. */
  readonly nextId: () => number;
}

/** One step of one bound. */
export function updateBound(state: BoundState, input: BoundInput): BoundUpdate {
  const { bound, clock, epochs, value } = input;
  const length = { over: bound.over, epochs };
  const window = value === undefined ? state.window : pushMeasurement(state.window, clock, value, length);
  const average = windowAverage(window, clock, length);
  const decisions: BoundDecision[] = [];
  const emit = (decision: BoundDecision): void => void decisions.push(decision);

  let breach = state.breach;
  let inForce = state.inForce.filter((active) => !hasRunOut(active, clock, epochs));
  if (average !== undefined) {
    const side = breachedSide(bound, average, breach?.side);
    if (breach !== undefined && side !== breach.side) {
      closeOpen(breach, side === undefined ? "achieved" : "superseded");
      if (side === undefined)
        emit({
          kind: "bound_cleared",
          clock,
          bound: input.index,
          measured: finite(average),
          span: bound.span,
        });
      inForce = inForce.filter((active) => durationOf(active.action) !== undefined);
      breach = undefined;
    }
    if (side !== undefined && breach === undefined) {
      const arm = armFor(bound, side, average);
      emit({
        kind: "bound_breached",
        clock,
        bound: input.index,
        metric: bound.metric,
        side,
        measured: finite(average),
        range: rangeOf(bound),
        span: bound.span,
      });
      breach = { side, arm, rung: 0, open: openRung(arm, 0) };
    } else if (breach?.open !== undefined) {
      breach = escalate(breach, breach.open);
    }
  }
  const judged = state.judged + (average === undefined ? 0 : 1);
  return { state: { window, judged, breach, inForce }, decisions, average };

  function openRung(arm: BoundArm | undefined, rung: number): OpenIntervention | undefined {
    const step = arm?.ladder[rung];
    if (arm === undefined || step === undefined) return undefined;
    const id = input.nextId();
    const horizon = arm.ladder[rung + 1]?.after ?? durationOf(step.action);
    emit({
      kind: "intervention_opened",
      clock,
      id,
      bound: input.index,
      action: step.action,
      intent: {
        metric: bound.metric,
        before: finite(average),
        target: rangeOf(bound),
        deadline: horizon?.unit === "steps" ? clock.step + horizon.count : null,
      },
      span: step.span,
    });
    // INVARIANT: at most one action of a bound's ladder is in force per rung; a new rung replaces open-ended ones.
    inForce = inForce.filter((active) => durationOf(active.action) !== undefined);
    inForce = [...inForce, { action: step.action, intervention: id, since: clock, span: step.span }];
    return { id, since: clock };
  }

  function closeOpen(from: Breach, outcome: InterventionClosed["outcome"]): void {
    const step = from.arm?.ladder[from.rung];
    if (from.open === undefined || step === undefined) return;
    emit({
      kind: "intervention_closed",
      clock,
      id: from.open.id,
      bound: input.index,
      outcome,
      measured: finite(average),
      span: step.span,
    });
  }

  function escalate(from: Breach, open: OpenIntervention): Breach {
    const ladder = from.arm?.ladder ?? [];
    const current = ladder[from.rung];
    const horizon = ladder[from.rung + 1]?.after ?? (current && durationOf(current.action));
    if (horizon === undefined || !hasGoneBy(open.since, clock, horizon, epochs)) return from;
    closeOpen(from, "not_achieved");
    const rung = from.rung + 1 < ladder.length ? from.rung + 1 : from.rung;
    return { ...from, rung, open: openRung(from.arm, rung) };
  }
}

/** The side on which the average lies outside; once breached, the hysteresis margin counts as outside too. */
function breachedSide(bound: Bound, average: number, current: Side | undefined): Side | undefined {
  if (Number.isNaN(average)) return current ?? "above";
  const { low, high, excludesHigh } = bound.range;
  const margin = marginOf(bound);
  if (low !== undefined && average < (current === "below" ? low + margin : low)) return "below";
  if (high !== undefined) {
    const limit = current === "above" ? high - margin : high;
    if (average > limit || (excludesHigh && average >= limit)) return "above";
  }
  if (!Number.isFinite(average)) return average > 0 ? "above" : "below";
  return undefined;
}

function marginOf(bound: Bound): number {
  const { low, high } = bound.range;
  if (low !== undefined && high !== undefined) return HYSTERESIS * (high - low);
  return HYSTERESIS * Math.abs(low ?? high ?? 0);
}

/** NaN lies on no side: it takes the arm for `outside`, else whichever there is. */
function armFor(bound: Bound, side: Side, average: number): BoundArm | undefined {
  const arm = bound.arms.find((candidate) => candidate.side === side || candidate.side === "outside");
  return arm ?? (Number.isNaN(average) ? bound.arms[0] : undefined);
}

function hasRunOut(active: ActiveAction, clock: Clock, epochs: EpochBeginnings): boolean {
  const duration = durationOf(active.action);
  return duration !== undefined && hasGoneBy(active.since, clock, duration, epochs);
}

/** How long an action stays in force, where it says so. */
function durationOf(action: Action): Duration | undefined {
  return "for" in action ? action.for : undefined;
}

function rangeOf(bound: Bound): { readonly low?: number; readonly high?: number } {
  const { low, high } = bound.range;
  return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
