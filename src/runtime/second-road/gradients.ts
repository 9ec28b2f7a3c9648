/**
 * The gradients of a step a second time, by tfjs alone: for each different column of weights a forward and a backward
 * pass of the weighted losses of the examples, Σ_i w(i, θ) ∂ℓ_i/∂θ written out, without any hook on the tape. What is
 * detached is subtracted: with y the output of the layer behind which the error δ of an example ends, ∂⟨y, δ⟩/∂θ is what
 * it would have taught everything before.
 */
import * as tf from "@tensorflow/tfjs";
import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import type { SegmentWeightTable } from "../assertions.ts";
import { cutPart } from "../bands.ts";
import type { Batch } from "../batch.ts";
import type { ForwardPass, GovernedModel } from "../network/governed-model.ts";
import type { LayerCut } from "./cuts.ts";
import { lineOf, sayPlace, type Discrepancy } from "./discrepancy.ts";
import { weightAt } from "./expected-weights.ts";

/**
 * How far the two may lie apart, by the largest number of the gradient: a hundred times what the exactness suite allows,
 * and a hundredth of what the weakest planted fault comes to.
 */
export const TOLERANCE = 1e-3;

/**
 * Below this share of the largest number of all gradients a gradient is rounding, whatever its own largest number is: what
 * comes back through a layer normalisation of one unit, say, is 0, and float32 leaves some millionths of it.
 */
const ROUNDING = 2e-5;

/** The same where there is no larger one. */
const SMALLEST = 1e-9;

export interface GradientComparison {
  readonly plan: TfjsPlan;
  readonly model: GovernedModel;
  /** In the order of the plan's parameters. */
  readonly variables: readonly tf.Variable[];
  readonly batch: Batch;
  readonly weights: SegmentWeightTable;
  readonly cuts: readonly LayerCut[];
  /** Of the first road. */
  readonly gradients: readonly (tf.Tensor | null)[];
  readonly loss: number;
}

export type Compared =
  | { readonly kind: "compared"; readonly discrepancies: readonly Discrepancy[] }
  | { readonly kind: "incomparable"; readonly reason: string };

export function compareGradients(comparison: GradientComparison): Compared {
  const { plan, model, batch, loss } = comparison;
  const size = batch.examples.length;
  return tidied(() => {
    const { losses, total } = model.forward(batch, new Set(), () => undefined);
    if (losses.rank === 0) return incomparable("the loss does not tell examples apart");
    const [mean = Number.NaN, whole = Number.NaN] = [losses.mean(), total].map(
      (value) => value.dataSync()[0],
    );
    if (!isClose(mean, whole, 1e-5)) return incomparable("the loss has a part that is no example's");
    if (!isClose(whole, loss, 1e-4)) return incomparable("a second forward pass does not give the same loss");
    const groups = new Map<string, { readonly column: Float32Array; readonly segments: Place[] }>();
    plan.parameters.forEach(({ segments }, parameter) =>
      segments.forEach((_, segment) => {
        const weight = comparison.weights[parameter]?.[segment] ?? Number.NaN;
        const column = Float32Array.from({ length: size }, (_value, row) => weightAt(weight, row));
        const key = column.join(",");
        const group = groups.get(key) ?? { column, segments: [] };
        group.segments.push({ parameter, segment });
        groups.set(key, group);
      }),
    );
    const floor = Math.max(SMALLEST, ROUNDING * largestOf(comparison.gradients));
    const discrepancies: Discrepancy[] = [];
    for (const { column, segments } of groups.values()) {
      const found = tidied(() => {
        const own = differentiate(comparison, column, segments);
        return typeof own === "string"
          ? own
          : segments.flatMap((place) => compareSegment(comparison, place, own.get(place.parameter), floor));
      });
      if (typeof found === "string") return incomparable(found);
      discrepancies.push(...found);
    }
    return { kind: "compared", discrepancies: oneOfEach(discrepancies) };
  });
}

interface Place {
  readonly parameter: number;
  readonly segment: number;
}

/** By parameter; none where every weight is 0. */
function differentiate(
  comparison: GradientComparison,
  column: Float32Array,
  segments: readonly Place[],
): ReadonlyMap<number, tf.Tensor> | string {
  const { variables, cuts, plan } = comparison;
  const wanted = [...new Set(segments.map(({ parameter }) => parameter))];
  if (column.every((weight) => weight === 0)) return new Map();
  const weigh: Weigh = ({ losses }) => tf.mean(tf.mul(losses, tf.tensor1d(column)));
  const { gradients, outputs } = differentiateAt(comparison, weigh);
  const found = new Map(wanted.map((parameter) => [parameter, gradients[parameter]]));
  for (const cut of cuts) {
    const output = outputs.get(cut.layer);
    if (output === undefined || output === "several")
      return `the network does not show the output of \`${cut.layer}\`, where the error of a detached example ends`;
    if (output.error === undefined) continue;
    const ending = tf.mul(output.error, cutMask(cut, output.error));
    const before = differentiateAt(comparison, (_pass, shown) => tf.sum(tf.mul(shown(cut.layer), ending)));
    const isNested = plan.parameters.some(
      ({ layer }, index) =>
        before.gradients[index] && !cut.band.has(layer) && cuts.some(({ band }) => band.has(layer)),
    );
    if (isNested) return "a detached band lies before another one";
    for (const parameter of wanted) {
      const subtracted = before.gradients[parameter];
      const own = found.get(parameter);
      if (!subtracted || !own || cut.band.has(plan.parameters[parameter]?.layer ?? "")) continue;
      found.set(parameter, tf.sub(own, subtracted));
    }
  }
  return new Map(
    variables.flatMap((_, parameter) => {
      const gradient = found.get(parameter);
      return gradient ? [[parameter, gradient] as const] : [];
    }),
  );
}

type Weigh = (pass: ForwardPass, output: (layer: string) => tf.Tensor) => tf.Tensor;

interface Differentiated {
  /** In the order of the variables. */
  readonly gradients: readonly (tf.Tensor | undefined)[];
  /** Of the layers behind which something is cut, the error that came back to the output. */
  readonly outputs: ReadonlyMap<string, { readonly error: tf.Tensor | undefined } | "several">;
}

/** tfjs's own gradients of what `weigh` makes of a forward pass, at the variables and at the outputs of cut layers. */
function differentiateAt(
  { model, batch, variables, cuts }: GradientComparison,
  weigh: Weigh,
): Differentiated {
  const shown = new Map<string, tf.Tensor | "several">();
  // tfjs reads the list after the forward pass: by then the outputs are in it.
  const at: tf.Tensor[] = [...variables];
  const { grads } = tf.engine().gradients(
    () => {
      const pass = model.forward(batch, new Set(cuts.map(({ layer }) => layer)), (layer, output) => {
        shown.set(layer, shown.has(layer) ? "several" : output);
        at.push(output);
      });
      return weigh(pass, (layer) => {
        const output = shown.get(layer);
        return output instanceof tf.Tensor ? output : tf.scalar(0);
      });
    },
    at,
    undefined,
    true,
  );
  return {
    gradients: variables.map((_, index) => grads[index]),
    outputs: new Map(
      [...shown].map(([layer, output]) => [
        layer,
        output === "several" ? output : { error: grads[at.indexOf(output)] },
      ]),
    ),
  };
}

/** 1 where the error ends: in rows that are cut, and of these in the units of the band. */
function cutMask({ cut, units }: LayerCut, error: tf.Tensor): tf.Tensor {
  const rows = tf.tensor(
    cut,
    error.shape.map((_, axis) => (axis === 0 ? cut.length : 1)),
  );
  if (units === "whole") return rows;
  const own = Array.from({ length: error.shape.at(-1) ?? 1 }, (_, unit) =>
    units.some(({ low, high }) => unit >= low && unit <= high) ? 1 : 0,
  );
  return tf.mul(rows, tf.tensor1d(own));
}

function compareSegment(
  { plan, gradients }: GradientComparison,
  { parameter, segment }: Place,
  expected: tf.Tensor | undefined,
  floor: number,
): readonly Discrepancy[] {
  const own = plan.parameters[parameter];
  const units = own?.segments[segment]?.units;
  if (own === undefined || units === undefined) return [];
  const given = gradients[parameter] ?? undefined;
  const cut = (tensor: tf.Tensor | undefined): tf.Tensor =>
    tensor === undefined ? tf.scalar(0) : cutPart(tensor, { parameter, segment, units }, own);
  const [apart = 0, largest = 0] = [
    tf.max(tf.abs(tf.sub(cut(given), cut(expected)))),
    tf.maximum(maxOf(given), maxOf(expected)),
  ].map((value) => value.dataSync()[0]);
  // Where training has diverged, that is for a bound to say; every comparison with NaN is false.
  if (!(apart > Math.max(floor, TOLERANCE * largest))) return [];
  const span = lineOf(plan, parameter, segment);
  if (span === undefined) return [];
  const share = (apart / largest).toPrecision(2);
  const found = `the gradient of ${sayPlace(plan, parameter, segment)} is ${share} of its largest number away from what the weights give`;
  return [{ assertion: "gradients", found, span }];
}

/** A tidy out of which no tensor comes. */
function tidied<T>(work: () => T): T {
  const results: T[] = [];
  tf.tidy(() => {
    results.push(work());
  });
  return results[0] as T;
}

function maxOf(tensor: tf.Tensor | undefined): tf.Tensor {
  return tensor === undefined ? tf.scalar(0) : tf.max(tf.abs(tensor));
}

function largestOf(gradients: GradientComparison["gradients"]): number {
  const largest = gradients.map((gradient) => maxOf(gradient ?? undefined).dataSync()[0] ?? 0);
  // Where one of them has diverged, the others are still looked at.
  return Math.max(0, ...largest.filter(Number.isFinite));
}

function oneOfEach(discrepancies: readonly Discrepancy[]): readonly Discrepancy[] {
  return [...new Map(discrepancies.map((one) => [one.found, one])).values()];
}

function isClose(value: number, other: number, tolerance: number): boolean {
  return Math.abs(value - other) <= tolerance * Math.max(1e-6, Math.abs(value), Math.abs(other));
}

function incomparable(reason: string): Compared {
  return { kind: "incomparable", reason };
}
