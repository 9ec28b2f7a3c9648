import type { Bound, Metric } from "../../check/policy.ts";
import type { Span } from "../../source/span.ts";
import { initBound, updateBound, type ActiveAction, type BoundState } from "./control.ts";
import type { Clock } from "../clock.ts";
import type { BoundDecision } from "./decisions.ts";
import type { EpochBeginnings } from "./duration.ts";
import { EMPTY_WINDOW } from "./window.ts";

/** What the bounds of a policy ask of the next update of the weights. */
export interface Effects {
  /** Rules that join those of the policy while they last: `freeze`, `attenuate`, `amplify`, `block`. */
  readonly rules: readonly TemporaryRule[];
  /** The gradient's L2 norm over a band is brought down to `at`. */
  readonly clips: readonly { readonly band: string; readonly at: number }[];
  /** The update of this step is left out. */
  readonly skip: Cause | undefined;
  readonly halt: Cause | undefined;
  /** Terms that join the loss while they last. */
  readonly steers: readonly Steering[];
  /** The weights go back to where every bound held, once, in the step in which the action is opened. */
  readonly rollback: Cause | undefined;
}

export interface TemporaryRule {
  readonly cohort: string;
  readonly band: string;
  readonly weight: number;
}

export interface Cause {
  readonly bound: number;
  /** The line of the action. */
  readonly span: Span;
}

/** strength · (entropy of the band's representation − toward)². */
export interface Steering {
  readonly band: string;
  readonly toward: number;
  readonly strength: number;
  readonly unit: Extract<Metric, { kind: "entropy" }>["unit"];
}

export const NO_EFFECTS: Effects = {
  rules: [],
  clips: [],
  steers: [],
  skip: undefined,
  halt: undefined,
  rollback: undefined,
};

/** All bounds of a policy, as data: the state of a run's control loops. */
export interface BoundsState {
  readonly states: readonly BoundState[];
  readonly nextIntervention: number;
  readonly epochs: EpochBeginnings;
}

export function initBounds(bounds: readonly Bound[]): BoundsState {
  return { states: bounds.map(() => initBound()), nextIntervention: 1, epochs: {} };
}

export interface BoundsUpdate {
  readonly state: BoundsState;
  readonly decisions: readonly BoundDecision[];
  /** Per bound: the average over its window, undefined while that is filling. */
  readonly averages: readonly (number | undefined)[];
  readonly effects: Effects;
}

/** One step of every bound; `values` holds each bound's metric, undefined where it could not be measured. */
export function updateBounds(
  bounds: readonly Bound[],
  state: BoundsState,
  clock: Clock,
  values: readonly (number | undefined)[],
): BoundsUpdate {
  let nextIntervention = state.nextIntervention;
  const isBegun = clock.epoch in state.epochs;
  const epochs = isBegun ? state.epochs : { ...state.epochs, [clock.epoch]: clock.step };
  const updates = bounds.map((bound, index) =>
    updateBound(state.states[index] ?? initBound(), {
      bound,
      index,
      clock,
      epochs,
      value: values[index],
      nextId: () => nextIntervention++,
    }),
  );
  const decisions = updates.flatMap((update) => update.decisions);
  const rollback = findRollback(decisions);
  // What was measured on weights that are gone says nothing about those that are back.
  const states = updates.map(({ state: own }) =>
    rollback === undefined ? own : { ...own, window: EMPTY_WINDOW },
  );
  return {
    state: { states, nextIntervention, epochs },
    decisions,
    averages: updates.map((update) => update.average),
    effects: { ...collectEffects(bounds, states), rollback },
  };
}

function findRollback(decisions: readonly BoundDecision[]): Cause | undefined {
  for (const decision of decisions)
    if (decision.kind === "intervention_opened" && decision.action.kind === "rollback")
      return { bound: decision.bound, span: decision.span };
  return undefined;
}

/** The effects of all actions in force; what is done once, when an action is opened, is not among them. */
export function collectEffects(bounds: readonly Bound[], states: readonly BoundState[]): Effects {
  return states.reduce<Effects>(
    (effects, state, index) =>
      state.inForce.reduce<Effects>(
        (sum, active) => addEffect(sum, active, index, bounds[index]?.metric),
        effects,
      ),
    NO_EFFECTS,
  );
}

function addEffect(
  effects: Effects,
  active: ActiveAction,
  bound: number,
  metric: Metric | undefined,
): Effects {
  const { action } = active;
  switch (action.kind) {
    case "freeze":
      return withRule(effects, { cohort: "all", band: action.band, weight: 0 });
    case "attenuate":
    case "amplify":
      return withRule(effects, { cohort: "all", band: action.band, weight: action.to });
    case "block":
      return withRule(effects, { cohort: action.cohort, band: action.band, weight: 0 });
    case "clip":
      return { ...effects, clips: [...effects.clips, { band: action.band, at: action.at }] };
    case "steer": {
      const { band, toward, strength } = action;
      const unit = metric?.kind === "entropy" ? metric.unit : "normalized";
      return { ...effects, steers: [...effects.steers, { band, toward, strength, unit }] };
    }
    case "skip":
      return { ...effects, skip: effects.skip ?? { bound, span: active.span } };
    case "halt":
      return { ...effects, halt: effects.halt ?? { bound, span: active.span } };
    case "log":
    case "warn":
    case "rollback":
      return effects;
  }
}

function withRule(effects: Effects, rule: TemporaryRule): Effects {
  return { ...effects, rules: [...effects.rules, rule] };
}
