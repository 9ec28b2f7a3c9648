/** Sets of a network's parameters, as units of layers: what bands are made of. */
import type { LayerExtent, NetworkShape, UnitInterval } from "./network.ts";

export type Extent = readonly LayerExtent[];

export function unite(left: Extent, right: Extent, network: NetworkShape): Extent {
  return combine(left, right, network, (a, b) => a || b);
}

export function intersect(left: Extent, right: Extent, network: NetworkShape): Extent {
  return combine(left, right, network, (a, b) => a && b);
}

export function subtract(left: Extent, right: Extent, network: NetworkShape): Extent {
  return combine(left, right, network, (a, b) => a && !b);
}

/** Whether the two sets share anything. */
export function overlaps(left: Extent, right: Extent, network: NetworkShape): boolean {
  return intersect(left, right, network).length > 0;
}

/** The members of a layer's extent among the units 0..units-1 as inclusive intervals; `whole` is all of them. */
export function intervalsOf(extent: LayerExtent, units: number): readonly UnitInterval[] {
  return extent.units === "whole" ? [{ low: 0, high: units - 1 }] : extent.units;
}

function combine(
  left: Extent,
  right: Extent,
  network: NetworkShape,
  keep: (inLeft: boolean, inRight: boolean) => boolean,
): Extent {
  return network.layers.flatMap((layer): Extent => {
    const a = left.find((extent) => extent.layer === layer.name);
    const b = right.find((extent) => extent.layer === layer.name);
    if ((a === undefined || a.units === "whole") && (b === undefined || b.units === "whole")) {
      return keep(a !== undefined, b !== undefined) ? [{ layer: layer.name, units: "whole" }] : [];
    }
    // Only layers with units are ever cut, so that there is a count of them here.
    const units = combineUnits(
      a && intervalsOf(a, layer.units ?? 1),
      b && intervalsOf(b, layer.units ?? 1),
      layer.units ?? 1,
      keep,
    );
    if (units.length === 0) return [];
    const whole = units.length === 1 && units[0]?.low === 0 && units[0].high === (layer.units ?? 1) - 1;
    return [{ layer: layer.name, units: whole ? "whole" : units }];
  });
}

function combineUnits(
  left: readonly UnitInterval[] | undefined,
  right: readonly UnitInterval[] | undefined,
  count: number,
  keep: (inLeft: boolean, inRight: boolean) => boolean,
): readonly UnitInterval[] {
  const holds = (intervals: readonly UnitInterval[] | undefined, unit: number): boolean =>
    intervals?.some(({ low, high }) => low <= unit && unit <= high) ?? false;
  const edges = [left ?? [], right ?? []].flat().flatMap(({ low, high }) => [low, high + 1]);
  const starts = [...new Set([0, ...edges])].filter((edge) => edge < count).toSorted((a, b) => a - b);
  const result: UnitInterval[] = [];
  starts.forEach((low, index) => {
    if (!keep(holds(left, low), holds(right, low))) return;
    const high = (starts[index + 1] ?? count) - 1;
    const last = result.at(-1);
    if (last !== undefined && last.high === low - 1) result[result.length - 1] = { low: last.low, high };
    else result.push({ low, high });
  });
  return result;
}
