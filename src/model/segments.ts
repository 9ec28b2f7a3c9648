import { intervalsOf } from "./extents.ts";
import type { BandExtents, NetworkLayer, UnitInterval } from "./network.ts";

/** A piece of a layer whose units lie in the same bands. */
export interface Segment {
  readonly units: "whole" | UnitInterval;
  /** The bands that hold the piece, `all` left out. */
  readonly bands: readonly string[];
}

/** A layer in pieces: disjoint, ascending, covering it; one whole piece unless bands cut it by units. */
export function segmentLayer(layer: NetworkLayer, extents: BandExtents): readonly Segment[] {
  const held = [...extents].flatMap(([band, extent]) => {
    const own = extent.find((part) => part.layer === layer.name);
    return own === undefined || band === "all" ? [] : [{ band, own }];
  });
  if (held.every(({ own }) => own.units === "whole"))
    return [{ units: "whole", bands: held.map(({ band }) => band) }];
  const units = layer.units ?? 1;
  const edges = held.flatMap(({ own }) =>
    intervalsOf(own, units).flatMap(({ low, high }) => [low, high + 1]),
  );
  const starts = [...new Set([0, ...edges])].filter((edge) => edge < units).toSorted((a, b) => a - b);
  const segments = starts.map((low, index): Segment => {
    const holding = held.filter(({ own }) =>
      intervalsOf(own, units).some((part) => part.low <= low && low <= part.high),
    );
    return {
      units: { low, high: (starts[index + 1] ?? units) - 1 },
      bands: holding.map(({ band }) => band),
    };
  });
  const [only] = segments;
  return segments.length === 1 && only !== undefined ? [{ ...only, units: "whole" }] : segments;
}
