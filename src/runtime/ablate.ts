import * as tf from "@tensorflow/tfjs";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import { partsOfBands, type BandPart } from "./bands.ts";

/** Runs `measure` while every parameter of a band is 0, and gives back what it gave. */
export type Ablate = <Result>(band: string, measure: () => Result | Promise<Result>) => Promise<Result>;

/**
 * Afterwards the parameters are what they were, bit for bit, also when `measure` throws.
 * @throws RangeError when the policy has no such band.
 */
export function createAblation(plan: TfjsPlan, variables: ReadonlyMap<string, tf.Variable>): Ablate {
  const parts = partsOfBands(plan);
  return async (band, measure) => {
    const own = parts.get(band);
    if (own === undefined)
      throw new RangeError(`the policy has no band named ${band}; it has ${[...parts.keys()].join(", ")}`);
    const touched = [...new Set(own.map(({ parameter }) => parameter))].flatMap((index) => {
      const parameter = plan.parameters[index];
      const variable = parameter && variables.get(parameter.name);
      return variable === undefined ? [] : [{ index, variable, kept: variable.clone() }];
    });
    try {
      for (const { index, variable } of touched)
        silence(
          variable,
          plan.parameters[index]?.unitAxis,
          own.filter(({ parameter }) => parameter === index),
        );
      return await measure();
    } finally {
      for (const { variable, kept } of touched) {
        variable.assign(kept);
        kept.dispose();
      }
    }
  };
}

function silence(variable: tf.Variable, unitAxis: number | undefined, parts: readonly BandPart[]): void {
  const isSilent = (unit: number): boolean =>
    parts.some(({ units }) => units === "whole" || (units.low <= unit && unit <= units.high));
  const axis = unitAxis ?? 0;
  // Values of one unit lie this far apart: those of the axes after its own.
  const stride = variable.shape.slice(axis + 1).reduce((product, length) => product * length, 1);
  const values = variable.dataSync().slice();
  const length = variable.shape[axis] ?? 1;
  for (let place = 0; place < values.length; place += 1)
    if (isSilent(Math.floor(place / stride) % length)) values[place] = 0;
  const silenced = tf.tensor(values, variable.shape, variable.dtype);
  variable.assign(silenced);
  silenced.dispose();
}
