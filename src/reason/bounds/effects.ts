import type { Bound } from "../../check/policy.ts";
import type { Span } from "../../source/span.ts";
import { initBound, updateBound, type ActiveAction, type BoundState } from "./control.ts";
import type { Clock } from "../clock.ts";
import type { BoundDecision } from "./decisions.ts";

/** What the bounds of a policy ask of the next update of the weights. */
export interface Effects {
  /** Rules that join those of the policy while they last: `freeze`, `attenuate`, `amplify`, `block`. */
  readonly rules: readonly TemporaryRule[];
  /** The gradient's L2 norm over a band is brought down to `at`. */
  readonly clips: readonly { readonly band: string; readonly at: number }[];
  /** The update of this step is left out. */
  readonly skip: Cause | undefined;
  readonly halt: Cause | undefined;
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

export const NO_EFFECTS: Effects = { rules: [], clips: [], skip: undefined, halt: undefined };

/** All bounds of a policy, as data: the state of a run's control loops. */
export interface BoundsState {
  readonly states: readonly BoundState[];
  readonly nextIntervention: number;
}

export function initBounds(bounds: readonly Bound[]): BoundsState {
  return { states: bounds.map(() => initBound()), nextIntervention: 1 };
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
  const updates = bounds.map((bound, index) =>
    updateBound(state.states[index] ?? initBound(), {
      bound,
      index,
      clock,
      value: values[index],
      nextId: () => nextIntervention++,
    }),
  );
  const states = updates.map((update) => update.state);
  return {
    state: { states, nextIntervention },
    decisions: updates.flatMap((update) => update.decisions),
    averages: updates.map((update) => update.average),
    effects: collectEffects(states),
  };
}

/** The effects of all actions in force. */
export function collectEffects(states: readonly BoundState[]): Effects {
  return states.reduce<Effects>(
    (effects, state, bound) =>
      state.inForce.reduce<Effects>((sum, active) => addEffect(sum, active, bound), effects),
    NO_EFFECTS,
  );
}

function addEffect(effects: Effects, active: ActiveAction, bound: number): Effects {
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
    case "skip":
      return { ...effects, skip: effects.skip ?? { bound, span: active.span } };
    case "halt":
      return { ...effects, halt: effects.halt ?? { bound, span: active.span } };
    case "log":
    case "warn":
    // Refused at lowering (GOV4011), so that they never come here in force.
    case "rollback":
    case "steer":
      return effects;
  }
}

function withRule(effects: Effects, rule: TemporaryRule): Effects {
  return { ...effects, rules: [...effects.rules, rule] };
}
