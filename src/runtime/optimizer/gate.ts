/**
 * The gate before the optimizer: a variable, or some of its units, that no example of a step may teach does not change
 * in that step, bit for bit; not by momentum, not by weight decay, and its slots do not change either.
 */
import * as tf from "@tensorflow/tfjs";
import type { PlanParameter } from "../../lower/tfjs/plan.ts";
import type { GovernedVariable } from "../tape/gradients.ts";
import { optimizerProblem, readSlots, type SlotState } from "./slots.ts";

/**
 * One update of the optimizer, in which only what its gates leave open may change.
 *
 * @param variables Always all of them, in the same order: tfjs finds their slots by position.
 * @param gradients In the order and the shapes of the variables; they stay the caller's.
 * @param gates For each variable, for each of its segments, whether it may change.
 * @throws TypeError where `optimizerProblem` finds one.
 */
export function applyGated(
  optimizer: tf.Optimizer,
  variables: readonly GovernedVariable[],
  gradients: readonly (tf.Tensor | null)[],
  gates: readonly (readonly boolean[])[],
): void {
  const problem = optimizerProblem(optimizer);
  if (problem !== undefined) throw new TypeError(problem);
  tf.tidy(() => {
    const named = variables.map(({ variable }, index) => ({
      name: variable.name,
      tensor: isShut(gates[index]) ? null : (gradients[index] ?? null),
    }));
    const halves = variables.flatMap((governed, index) => {
      const gate = gates[index] ?? [];
      return named[index]?.tensor && gate.includes(false) ? [{ ...governed, gate, index }] : [];
    });
    const before = halves.map(({ variable, index }) => ({
      value: tf.clone(variable),
      slots: readSlots(optimizer, index, variable.shape).map(copySlot),
    }));
    // tfjs passes over a variable without gradient, but counts its position; its types do not say so.
    optimizer.applyGradients(named as Parameters<tf.Optimizer["applyGradients"]>[0]);
    halves.forEach(({ variable, plan, gate, index }, position) => {
      const old = before[position];
      if (old === undefined) return;
      restoreShut(variable, old.value, plan, gate);
      readSlots(optimizer, index, variable.shape).forEach(({ variable: slot }, number) => {
        const value = old.slots[number];
        if (slot !== undefined && value !== undefined) restoreShut(slot, value, plan, gate);
      });
    });
  });
}

function isShut(gate: readonly boolean[] | undefined): boolean {
  return gate === undefined || !gate.includes(true);
}

function copySlot({ variable, initial, shape }: SlotState): tf.Tensor {
  return variable === undefined ? tf.fill([...shape], initial) : tf.clone(variable);
}

/** Puts back the segments whose gate is shut; slices and concatenation copy every bit. */
function restoreShut(
  variable: tf.Variable,
  old: tf.Tensor,
  { name, unitAxis, segments }: PlanParameter,
  gate: readonly boolean[],
): void {
  tf.tidy(() => {
    const pieces = segments.map(({ units }, index) => {
      const source = gate[index] === true ? variable : old;
      if (units === "whole" || unitAxis === undefined)
        throw new RangeError(`${name} has a segment without units among others`);
      const begin = source.shape.map((_, axis) => (axis === unitAxis ? units.low : 0));
      const size = source.shape.map((length, axis) =>
        axis === unitAxis ? units.high - units.low + 1 : length,
      );
      return tf.slice(source, begin, size);
    });
    variable.assign(tf.concat(pieces, unitAxis ?? 0));
  });
}
