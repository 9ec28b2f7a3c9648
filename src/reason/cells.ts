import type { BandSelector, Policy } from "../check/policy.ts";
import type { BandExtents, NetworkShape } from "../model/network.ts";
import { segmentLayer } from "../model/segments.ts";
import { algebraCells } from "./algebra-cells.ts";

/** Parameters that lie in the same bands, and so have the same weight: named by these bands, `all` among them. */
export type Cell = ReadonlySet<string>;

export interface ResolvedBands {
  readonly network: NetworkShape;
  readonly extents: BandExtents;
}

/**
 * The cells of a policy's parameters: those of a network where one is at hand, else those that the bands' set algebra
 * tells apart (selectors of different bands are then taken to be disjoint unless the policy combines them).
 */
export function cellsOf(policy: Pick<Policy, "bands">, resolved?: ResolvedBands): readonly Cell[] {
  const cells =
    resolved === undefined
      ? algebraCells(new Map(policy.bands.map((band): [string, BandSelector] => [band.name, band.selector])))
      : resolved.network.layers
          .filter((layer) => layer.trainable)
          .flatMap((layer) => segmentLayer(layer, resolved.extents).map((segment) => segment.bands));
  const distinct = new Map(cells.map((bands) => [bands.toSorted().join("\n"), new Set(["all", ...bands])]));
  return [...distinct.values()];
}
