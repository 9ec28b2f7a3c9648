import * as tf from "@tensorflow/tfjs";
import type { EntropySubject, Metric } from "../check/policy.ts";
import { bandOf, type PlanBand, type TfjsPlan } from "../lower/tfjs/plan.ts";
import type { LayerExtent } from "../model/network.ts";
import { cutPart, cutUnits, norm, type BandPart } from "./bands.ts";
import { gradientEntropy, representationEntropy, weightEntropy } from "./entropy.ts";

/** What one step has to say about itself; the metrics of the bounds are read off it. */
export interface StepEvidence {
  readonly plan: TfjsPlan;
  readonly parts: ReadonlyMap<string, readonly BandPart[]>;
  /** Of all examples of the batch; a weight penalty is of none. */
  readonly meanLoss: () => number;
  /** Per example, where the loss tells them apart. */
  readonly losses: Float32Array | undefined;
  readonly members: (cohort: string) => Uint8Array;
  /** Output of the named layer in this step, `[B, ..., units]`; of one that is used more than once, the last. */
  readonly activation: (layer: string) => tf.Tensor | undefined;
  /** All its outputs. */
  readonly activations: (layer: string) => readonly tf.Tensor[];
  /** The governed gradients in the order of the plan's parameters, null where no example is permitted. */
  readonly gradients: readonly (tf.Tensor | null)[];
  readonly weights: readonly tf.Variable[];
  /** w(i, b)² ‖∂ℓ_i/∂θ_b‖² per example. */
  readonly energies: (band: string) => Float32Array | undefined;
  /** w(i, b) ⟨∂ℓ_i/∂θ_b, ∂ℓ/∂θ_b⟩ per example. */
  readonly influence: (band: string) => Float64Array;
  /** ‖Δθ_b‖ / ‖θ_b‖ of the update before this one. */
  readonly updateRatio: (band: string) => number | undefined;
}

/** The value of a metric in this step, undefined where it cannot be had (no example of the cohort in the batch). */
export function measureMetric(metric: Metric, evidence: StepEvidence): number | undefined {
  switch (metric.kind) {
    case "entropy":
      return entropyOf[metric.of](metric, evidence);
    case "gradient_norm":
      return norm(evidence.gradients, partsOf(metric.band, evidence), evidence.plan.parameters);
    case "update_ratio":
      return evidence.updateRatio(metric.band);
    case "loss":
      return cohortLoss(metric.cohort, evidence);
    case "loss_gap": {
      const left = cohortLoss(metric.left, evidence);
      const right = cohortLoss(metric.right, evidence);
      return left === undefined || right === undefined ? undefined : left - right;
    }
    case "dead_units":
      return deadShare(bandOf(evidence.plan, metric.band), evidence);
    case "influence":
      return influenceShare(evidence.influence(metric.band), evidence.members(metric.cohort));
  }
}

/** The share of the units of all of a band's layers that answered 0 to every example, at every position and use. */
function deadShare({ extent }: PlanBand, { activations }: StepEvidence): number | undefined {
  return tf.tidy(() => {
    const uses = extent.map((part) => activations(part.layer).map((output) => cutExtent(output, part)));
    if (uses.length === 0 || uses.some((outputs) => outputs.length === 0)) return undefined;
    const dead = uses.map((outputs) => {
      const largest = outputs.map((output) => tf.max(tf.abs(tf.reshape(output, [-1, unitsOf(output)])), 0));
      return tf.sum(tf.cast(tf.equal(tf.addN(largest), 0), "float32"));
    });
    const count = uses.reduce((sum, [output]) => sum + (output === undefined ? 0 : unitsOf(output)), 0);
    return (tf.addN(dead).dataSync()[0] ?? 0) / count;
  });
}

function unitsOf(output: tf.Tensor): number {
  return output.shape.at(-1) ?? 1;
}

/** Σ_C |influence| / Σ |influence|; undefined where no example had any. */
function influenceShare(influence: Float64Array, members: Uint8Array): number | undefined {
  const magnitudes = influence.map(Math.abs);
  const total = magnitudes.reduce((sum, magnitude) => sum + magnitude, 0);
  if (total === 0) return undefined;
  if (!Number.isFinite(total)) return Number.NaN;
  return magnitudes.reduce((sum, magnitude, row) => (members[row] === 1 ? sum + magnitude : sum), 0) / total;
}

type EntropyMetric = Extract<Metric, { kind: "entropy" }>;

const entropyOf: Readonly<
  Record<EntropySubject, (metric: EntropyMetric, evidence: StepEvidence) => number | undefined>
> = {
  representation: (metric, evidence) =>
    tf.tidy(() => {
      const activation = bandActivation(bandOf(evidence.plan, metric.band), evidence);
      // One example has no spread, whatever the network makes of it.
      if (activation === undefined || activation.shape[0] === 1) return undefined;
      return representationEntropy(activation, metric.unit);
    }),
  // A band with several kernels has the mean of theirs.
  weights: (metric, evidence) =>
    tf.tidy(() => {
      const parts = partsOf(metric.band, evidence);
      const kernels = evidence.plan.parameters.flatMap((parameter, index) => {
        const weight = evidence.weights[index];
        if (weight === undefined || weight.rank < 2) return [];
        // Where other bands cut the kernel is nothing to this one: its pieces are one matrix.
        const pieces = parts
          .filter((part) => part.parameter === index)
          .map((part) => cutPart(weight, part, parameter));
        return pieces.length > 1 ? [tf.concat(pieces, parameter.unitAxis)] : pieces;
      });
      return mean(kernels.map((kernel) => weightEntropy(kernel, metric.unit)));
    }),
  gradient: (metric, evidence) => {
    const energies = evidence.energies(metric.band);
    const isShared = energies !== undefined && energies.length > 1 && energies.some((energy) => energy !== 0);
    return isShared ? gradientEntropy(energies, metric.unit) : undefined;
  },
};

/** The output of a band's last layer, cut to the band's units on the last axis. */
export function bandActivation(
  { output }: PlanBand,
  { activation }: Pick<StepEvidence, "activation">,
): tf.Tensor | undefined {
  const shown = output && activation(output.layer);
  return shown && cutExtent(shown, output);
}

/** Of a layer's output, the units that an extent holds. */
function cutExtent(output: tf.Tensor, { units: held }: LayerExtent): tf.Tensor {
  if (held === "whole") return output;
  const slices = held.map((units) => cutUnits(output, output.rank - 1, units));
  return slices.length === 1 && slices[0] !== undefined ? slices[0] : tf.concat(slices, output.rank - 1);
}

function cohortLoss(cohort: string, evidence: StepEvidence): number | undefined {
  const { losses } = evidence;
  if (losses === undefined) return cohort === "all" ? evidence.meanLoss() : undefined;
  const members = evidence.members(cohort);
  return mean(Array.from(losses).filter((_, row) => members[row] === 1));
}

function partsOf(band: string, evidence: StepEvidence): readonly BandPart[] {
  return evidence.parts.get(band) ?? [];
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
