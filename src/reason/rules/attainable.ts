import type { Metric } from "../../check/policy.ts";
import { intervalsOf } from "../../model/extents.ts";
import type { LayerExtent, NetworkLayer, NetworkShape } from "../../model/network.ts";
import type { ResolvedBands } from "../cells.ts";

/** The values that a metric can have at all, inclusive; numbers that are not finite are left out of account. */
export interface Attainable {
  readonly low: number;
  readonly high: number;
}

/**
 * The values that a metric can have.
 *
 * @param resolved With a network, the entropy in nats and bits of a band ends at the logarithm of its number of units,
 *   whatever the batch (language reference, entropy: ln min(n, d)).
 */
export function attainableValues(metric: Metric, resolved: ResolvedBands | undefined): Attainable {
  switch (metric.kind) {
    case "entropy": {
      if (metric.unit === "normalized") return { low: 0, high: 1 };
      const most = resolved && mostDirections(metric, resolved);
      if (most === undefined) return { low: 0, high: Number.POSITIVE_INFINITY };
      return { low: 0, high: metric.unit === "bits" ? Math.log2(most) : Math.log(most) };
    }
    case "gradient_norm":
    case "update_ratio":
      return { low: 0, high: Number.POSITIVE_INFINITY };
    case "dead_units":
    case "influence":
      return { low: 0, high: 1 };
    case "loss":
      return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    case "loss_gap":
      return metric.left === metric.right
        ? { low: 0, high: 0 }
        : { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  }
}

/** How many directions the band's output or its kernels can have; undefined where the network does not say. */
function mostDirections(
  metric: Extract<Metric, { kind: "entropy" }>,
  { network, extents }: ResolvedBands,
): number | undefined {
  const parts = (extents.get(metric.band) ?? []).flatMap((extent) => {
    const layer = network.layers.find(({ name }) => name === extent.layer);
    return layer === undefined ? [] : [{ layer, extent }];
  });
  if (metric.of === "gradient") return undefined;
  if (metric.of === "representation") {
    const last = parts.at(-1);
    return last !== undefined && isFlat(last.layer, network) ? unitsIn(last.layer, last.extent) : undefined;
  }
  // The mean over several kernels is at most the largest.
  const each = parts.map(({ layer, extent }) => unitsIn(layer, extent));
  return each.length === 0 || !each.every((units) => units !== undefined) ? undefined : Math.max(...each);
}

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
