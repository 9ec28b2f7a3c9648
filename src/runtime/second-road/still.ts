/** What must not move in an update, kept before and compared bit for bit afterwards, with the optimizer's slots. */
import * as tf from "@tensorflow/tfjs";
import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import type { SegmentWeightTable } from "../assertions.ts";
import { cutPart } from "../bands.ts";
import { readSlots } from "../optimizer/slots.ts";
import type { GovernedModel } from "../network/governed-model.ts";
import { lineOf, sayPlace, type Discrepancy } from "./discrepancy.ts";

export interface StillOptions {
  readonly plan: TfjsPlan;
  readonly model: Pick<GovernedModel, "state">;
  readonly optimizer: tf.Optimizer;
  /** In the order of the plan's parameters. */
  readonly variables: readonly tf.Variable[];
  readonly weights: SegmentWeightTable;
}

/** To be asked once, after the update; the copies are released then. */
export type Watch = () => readonly Discrepancy[];

interface Kept {
  readonly before: tf.Tensor;
  readonly now: () => tf.Tensor | undefined;
  readonly discrepancy: Discrepancy;
}

export function watchStill({ plan, model, optimizer, variables, weights }: StillOptions): Watch {
  const kept: Kept[] = [];
  plan.parameters.forEach((parameter, index) => {
    const variable = variables[index];
    if (variable === undefined) return;
    parameter.segments.forEach(({ units }, segment) => {
      if (!isShut(weights[index]?.[segment])) return;
      const span = lineOf(plan, index, segment);
      if (span === undefined) return;
      const cut = (tensor: tf.Tensor): tf.Tensor =>
        tf.tidy(() => tf.clone(cutPart(tensor, { parameter: index, segment, units }, parameter)));
      const place = sayPlace(plan, index, segment);
      const watch = (before: tf.Tensor, now: Kept["now"], what: string): void => {
        const found = `${what} of ${place} changed in a step in which no example may teach it`;
        kept.push({ before: tf.keep(before), now, discrepancy: { assertion: "update", found, span } });
      };
      watch(cut(variable), () => cut(variable), "the values");
      readSlots(optimizer, index, variable.shape).forEach((slot, number) => {
        const read = (): tf.Variable | undefined =>
          readSlots(optimizer, index, variable.shape)[number]?.variable;
        const before = slot.variable ?? tf.fill([...slot.shape], slot.initial);
        const now = (): tf.Tensor | undefined => {
          const after = read();
          return after && cut(after);
        };
        watch(
          tf.tidy(() => cut(before)),
          now,
          "what the optimizer remembers",
        );
        if (slot.variable === undefined) before.dispose();
      });
    });
  });
  const governed = new Set<tf.Variable>(variables);
  const [line] = plan.parameters.flatMap((_, index) => lineOf(plan, index, 0) ?? []);
  for (const [name, variable] of model.state) {
    if (governed.has(variable) || line === undefined) continue;
    const found = `\`${name}\`, which is not trained, changed after the forward pass`;
    const before = tf.keep(tf.clone(variable));
    kept.push({
      before,
      now: () => tf.clone(variable),
      discrepancy: { assertion: "state", found, span: line },
    });
  }
  return () => {
    const moved = kept.filter(({ before, now }) => {
      const after = now();
      const isSame = after === undefined || sameBits(before, after);
      after?.dispose();
      return !isSame;
    });
    tf.dispose(kept.map(({ before }) => before));
    return moved.map(({ discrepancy }) => discrepancy);
  };
}

function isShut(weight: Float32Array | number | undefined): boolean {
  if (weight === undefined) return false;
  return typeof weight === "number" ? weight === 0 : weight.every((value) => value === 0);
}

function sameBits(left: tf.Tensor, right: tf.Tensor): boolean {
  // A variable that nobody assigned to holds the very same data.
  if (left.dataId === right.dataId) return true;
  // A copy: on cpu, dataSync hands out the live buffer.
  const [one, other] = [left, right].map(
    (tensor) => new Uint8Array(Float32Array.from(tensor.dataSync()).buffer),
  );
  return one?.every((byte, index) => byte === other?.[index]) === true;
}
