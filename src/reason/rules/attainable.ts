import type { Metric } from "../../check/policy.ts";
import { intervalsOf } from "../../model/extents.ts";
import type { LayerExtent, NetworkLayer, NetworkShape } from "../../model/network.ts";
import type { ResolvedBands } from "../cells.ts";
import type { ReviewContext } from "./context.ts";

/** The values that a metric can have at all, inclusive; numbers that are not finite are left out of account. */
export interface Attainable {
  readonly low: number;
  readonly high: number;
  /** Why there is one value only, where there is. */
  readonly because?: string;
}

/**
 * The values that a metric can have under a policy.
 *
 * Of a network at hand it is known how many directions the output or the kernels of a band have, whatever the batch
 * (language reference, entropy: ln min(n, d)); and a band that no example trains has no gradient.
 */
export function attainableValues(metric: Metric, context: ReviewContext): Attainable {
  switch (metric.kind) {
    case "entropy":
      return metric.of === "gradient" && isUntrained(metric.band, "all", context)
        ? only(0, `no example trains \`${metric.band}\`, so that no gradient is shared`)
        : attainableEntropy(metric, context.resolved);
    case "gradient_norm":
    case "update_ratio":
      return isUntrained(metric.band, "all", context)
        ? only(0, `no example trains \`${metric.band}\`, so that its \`${metric.kind}\` is 0`)
        : NEVER_NEGATIVE;
    case "dead_units":
      return SHARE;
    case "influence":
      // A step in which nobody has any influence on the band does not count.
      if (metric.cohort === "all") return only(1, "all examples together have all the influence: it is 1");
      return isUntrained(metric.band, metric.cohort, context)
        ? only(0, `no example of \`${metric.cohort}\` trains \`${metric.band}\`, so that its influence is 0`)
        : SHARE;
    case "loss":
      return ANYTHING;
    case "loss_gap":
      return metric.left === metric.right ? only(0, "`loss_gap` of a cohort with itself is 0") : ANYTHING;
  }
}

const SHARE: Attainable = { low: 0, high: 1 };
const NEVER_NEGATIVE: Attainable = { low: 0, high: Number.POSITIVE_INFINITY };
const ANYTHING: Attainable = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

function only(value: number, because: string): Attainable {
  return { low: value, high: value, because };
}

/** Whether no example of a cohort ever has a weight above 0 on a band. */
function isUntrained(band: string, cohort: string, context: ReviewContext): boolean {
  const cells = context.cells.filter((cell) => cell.has(band));
  return cells.length > 0 && cells.every((cell) => context.isStarved(cell, cohort));
}

type EntropyMetric = Extract<Metric, { kind: "entropy" }>;

function attainableEntropy(metric: EntropyMetric, resolved: ResolvedBands | undefined): Attainable {
  const directions = resolved && directionsOf(metric, resolved);
  if (directions === undefined || directions.length === 0)
    return metric.unit === "normalized" ? SHARE : NEVER_NEGATIVE;
  if (directions.every((count) => count <= 1)) return only(0, "the entropy of a single direction is 0");
  // Of several kernels the metric is the mean, and each has a largest value of its own.
  const most = directions.map(MOST[metric.unit]);
  return { low: 0, high: most.reduce((sum, value) => sum + value, 0) / most.length };
}

/** The largest entropy of so many directions. */
const MOST: Readonly<Record<EntropyMetric["unit"], (directions: number) => number>> = {
  nats: Math.log,
  bits: Math.log2,
  normalized: (directions) => (directions > 1 ? 1 : 0),
};

/**
 * How many directions the band's output can have, or each of its kernels; undefined where the network does not say, or
 * the batch has a part in it.
 */
function directionsOf(
  metric: EntropyMetric,
  { network, extents }: ResolvedBands,
): readonly number[] | undefined {
  const parts = (extents.get(metric.band) ?? []).flatMap((extent) => {
    const layer = network.layers.find(({ name }) => name === extent.layer);
    return layer === undefined ? [] : [{ layer, extent }];
  });
  if (metric.of === "gradient") return undefined;
  if (metric.of === "representation") {
    const last = parts.at(-1);
    const units = last && isFlat(last.layer, network) ? unitsIn(last.layer, last.extent) : undefined;
    return units === undefined ? undefined : [units];
  }
  const kernels = parts.map(({ layer, extent }) => kernelDirections(layer, extent));
  return kernels.every((own) => own !== undefined) ? kernels.flat() : undefined;
}

/**
 * The smaller side of each kernel of a layer, laid out as the run lays it out: [..., d] as a matrix of d columns. A
 * recurrent kernel of n units, [in, 4n] or [in, 3n], so has up to `in` directions, and more than n.
 */
function kernelDirections(layer: NetworkLayer, extent: LayerExtent): readonly number[] | undefined {
  // What a stub does not show of a kernel with a column for each unit is how many rows there are.
  if (layer.parameters.length === 0) {
    const units = COLUMN_PER_UNIT.test(layer.kind) ? unitsIn(layer, extent) : undefined;
    return units === undefined ? undefined : [units];
  }
  return layer.parameters
    .filter(({ trainable, shape }) => trainable && shape.length >= 2)
    .map(({ shape, unitAxis }) => {
      const all = shape.at(-1) ?? 1;
      const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
      return Math.min(rows, unitAxis === undefined ? all : (unitsIn(layer, extent) ?? all));
    });
}

const COLUMN_PER_UNIT = /^(?:dense|embedding|conv[123]d)$/;

function unitsIn(layer: NetworkLayer, extent: LayerExtent): number | undefined {
  if (layer.units === undefined) return undefined;
  return intervalsOf(extent, layer.units).reduce((sum, { low, high }) => sum + high - low + 1, 0);
}

/**
 * Whether a layer's output has no axes but the batch and the units, for the entropy counts all others as features too.
 * A model file does not say so itself: a dense layer's output is taken to be flat where nothing in the network makes
 * sequences, and what images it has are flattened.
 */
function isFlat(layer: NetworkLayer, { layers }: NetworkShape): boolean {
  if (layer.kind !== "dense" || layers.some(({ kind }) => SEQUENCES.test(kind))) return false;
  return !layers.some(({ kind }) => IMAGES.test(kind)) || layers.some(({ kind }) => FLATTENING.test(kind));
}

const SEQUENCES =
  /^(?:unknown|embedding|.*lstm|.*gru|.*rnn|conv1d|bidirectional|time_distributed|repeat_vector|reshape|.*attention)/;
const IMAGES = /conv|pooling[23]d/;
const FLATTENING = /^(?:flatten|global_.*pooling)/;
