/** Detaches as cuts behind layers, found by walking the network rather than the tape. */
import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import type { LayerExtent, NetworkLayer, NetworkShape, UnitInterval } from "../../model/network.ts";
import type { Clock } from "../../reason/clock.ts";
import { windowHolds } from "../../reason/windows.ts";

/** Where the error of some examples stops: what has come back to a layer's output goes no further than the layer. */
export interface LayerCut {
  readonly layer: string;
  readonly units: "whole" | readonly UnitInterval[];
  /** The layers of its band, which still learn from it. */
  readonly band: ReadonlySet<string>;
  /** [B]: 1 where the error is cut, 0 where it flows. */
  readonly cut: Float32Array;
}

export type Cuts =
  | { readonly kind: "cuts"; readonly cuts: readonly LayerCut[] }
  | { readonly kind: "untold"; readonly reason: string };

/** The cuts in force; `untold` where the walk cannot say where the error leaves the band. */
export function cutsInForce(
  plan: TfjsPlan,
  network: NetworkShape,
  members: (cohort: string) => Uint8Array,
  clock: Clock,
): Cuts {
  const cuts = new Map<string, LayerCut>();
  for (const { rule, extent } of plan.detaches) {
    if (!windowHolds(rule.window, clock) || !members(rule.cohort).includes(1)) continue;
    const own = extent.filter(({ layer }) => isTrained(network, layer));
    const found = cutBand(network, own);
    if (found === undefined)
      return {
        kind: "untold",
        reason: `where the error leaves \`${rule.band}\`, at which \`${rule.cohort}\` is detached, only the tape tells`,
      };
    const band = new Set(own.map(({ layer }) => layer));
    for (const part of found) {
      const key = JSON.stringify([part, ...band]);
      const before = cuts.get(key)?.cut;
      const cut = Float32Array.from(members(rule.cohort), (member, row) =>
        Math.max(member, before?.[row] ?? 0),
      );
      cuts.set(key, { ...part, band, cut });
    }
  }
  return { kind: "cuts", cuts: [...cuts.values()] };
}

/** The layers of a band into which something from outside of it goes. */
function cutBand(network: NetworkShape, extent: readonly LayerExtent[]): readonly LayerExtent[] | undefined {
  const isSliced = extent.some(({ units }) => units !== "whole");
  // Which units of one layer feed which of another, a walk by layers does not see.
  if (isSliced && extent.length > 1) return undefined;
  if (isSliced && !SLICED_KINDS.has(kindOf(network, extent[0]?.layer))) return undefined;
  // A network in plain code does not say which of its layers follows on which.
  if (extent.length > 1 && network.layers.every(({ inputs }) => inputs.length === 0)) return undefined;
  const own = new Set(extent.map(({ layer }) => layer));
  const sources = extent.map((part) => ({ part, from: sourceOf(network, part.layer) }));
  if (sources.some(({ from }) => from === "untold")) return undefined;
  return sources.filter(({ from }) => from === undefined || !own.has(from)).map(({ part }) => part);
}

/** Where the units are the last axis of the result, and none of them depends on another. */
const SLICED_KINDS: ReadonlySet<string> = new Set(["dense", "conv1d", "conv2d"]);

/** The trained layer before this one, by layers without weights of their own; undefined where the input comes first. */
function sourceOf(network: NetworkShape, name: string): string | undefined {
  const layer = find(network, name);
  if (layer === undefined || layer.inputs.length > 1) return "untold";
  const [before] = layer.inputs;
  const source = before === undefined ? undefined : find(network, before);
  if (source === undefined) return before === undefined ? undefined : "untold";
  return source.parameters.length > 0 ? source.name : sourceOf(network, source.name);
}

function isTrained(network: NetworkShape, name: string): boolean {
  return find(network, name)?.parameters.some(({ trainable }) => trainable) === true;
}

function kindOf(network: NetworkShape, name: string | undefined): string {
  return (name === undefined ? undefined : find(network, name)?.kind) ?? "unknown";
}

function find({ layers }: NetworkShape, name: string): NetworkLayer | undefined {
  return layers.find((layer) => layer.name === name);
}
