import * as tf from "@tensorflow/tfjs";
import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import { norm, type BandPart } from "./bands.ts";

/** Measures ‖Δθ_b‖ / ‖θ_b‖ of updates, for the bands that a bound asks about. */
export interface UpdateMeter {
  /** Carries out an update and takes its measure. */
  readonly measure: (update: () => void) => void;
  /** Of the last step, 0 where its update was left out; undefined before the first one, and for a band of zeros. */
  readonly ratio: (band: string) => number | undefined;
  readonly state: () => readonly (readonly [string, number])[];
  readonly restore: (state: readonly (readonly [string, number])[]) => void;
}

export function createUpdateMeter(
  plan: TfjsPlan,
  parts: ReadonlyMap<string, readonly BandPart[]>,
  variables: readonly tf.Variable[],
): UpdateMeter {
  const bands = plan.bounds.flatMap(({ metric }) => (metric.kind === "update_ratio" ? [metric.band] : []));
  const needed = new Set(bands.flatMap((band) => (parts.get(band) ?? []).map((part) => part.parameter)));
  const ratios = new Map<string, number>();
  return {
    ratio: (band) => ratios.get(band),
    state: () => [...ratios],
    restore: (state) => {
      ratios.clear();
      for (const [band, ratio] of state) ratios.set(band, ratio);
    },
    measure: (update) => {
      const before = variables.map((variable, index) =>
        needed.has(index) ? tf.tidy(() => variable.mul(1)) : null,
      );
      try {
        update();
        note(before);
      } finally {
        for (const tensor of before) tensor?.dispose();
      }
    },
  };

  function note(before: readonly (tf.Tensor | null)[]): void {
    const changes = before.map((old, index) => {
      const variable = variables[index];
      return old === null || variable === undefined ? null : tf.sub(variable, old);
    });
    for (const band of bands) {
      const own = parts.get(band) ?? [];
      const size = norm(before, own, plan.parameters);
      if (size === 0) ratios.delete(band);
      else ratios.set(band, norm(changes, own, plan.parameters) / size);
    }
    for (const tensor of changes) tensor?.dispose();
  }
}
