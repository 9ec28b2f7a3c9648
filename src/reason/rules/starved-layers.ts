import type { DetachRule, Predicate } from "../../check/policy.ts";
import type { NetworkLayer, NetworkShape } from "../../model/network.ts";
import { segmentLayer } from "../../model/segments.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import type { ResolvedBands } from "../cells.ts";
import { windowHolds } from "../windows.ts";
import { inSome, memberOf, not } from "../formulas.ts";
import type { ReviewContext, ReviewRule } from "./context.ts";
import { learnsUnder } from "./learning.ts";

/** Beyond so many lines of `detach` in force at once, their combinations are not gone through. */
const MOST_DETACHES = 8;

/** Layers that no example trains because its error is cut on every way from the loss to them (GOV4014). */
export const findStarvedLayers: ReviewRule = (context) => {
  const { resolved, policy } = context;
  if (resolved === undefined || policy.detaches.length === 0 || !knowsItsInputs(resolved.network)) return [];
  const found = new Map<string, Cut>();
  for (const layer of resolved.network.layers.filter(({ trainable }) => trainable)) {
    const cells = cellsOf(layer, resolved);
    // What routes withhold is said of the band.
    if (cells.every((cell) => context.isStarved(cell))) continue;
    if (cells.some((cell) => canLearn(layer, cell, context, resolved))) continue;
    const rules = policy.detaches.filter(
      (rule) => !isHeldBy(layer, rule, resolved) && cuts(rule, layer, resolved),
    );
    const places = [...new Map(rules.map(({ span }) => [`${span.file} ${span.start}`, span])).values()];
    const key = JSON.stringify(places);
    found.set(key, { places, layers: [...(found.get(key)?.layers ?? []), layer.name] });
  }
  return [...found.values()].flatMap(describe);
};

/** Layers that the same lines cut off. */
interface Cut {
  readonly places: readonly Span[];
  readonly layers: readonly string[];
}

function describe({ places: [first, ...others], layers }: Cut): readonly Diagnostic[] {
  if (first === undefined) return [];
  const names = layers.map((name) => `\`${name}\``).join(", ");
  return [
    diagnose(
      "GOV4014",
      first,
      `no example's error ever reaches ${layers.length === 1 ? "layer" : "the layers"} ${names}`,
      {
        label: "every way from the loss is cut, for every example",
        related: others.slice(0, 3).map((span) => ({ span, text: "and here" })),
        help: "`detach` stops what comes before the band from learning through it; `route … : block` stops the band itself",
      },
    ),
  ];
}

function knowsItsInputs({ layers }: NetworkShape): boolean {
  const names = new Set(layers.map(({ name }) => name));
  const inputs = layers.flatMap((layer) => layer.inputs);
  return inputs.length > 0 && inputs.every((name) => names.has(name));
}

function cellsOf(layer: NetworkLayer, { extents }: ResolvedBands): readonly ReadonlySet<string>[] {
  return segmentLayer(layer, extents).map(({ bands }) => new Set(["all", ...bands]));
}

/** Whether some example, at some time, has weight on the part and a way for its error to come there. */
function canLearn(
  layer: NetworkLayer,
  cell: ReadonlySet<string>,
  { policy, canHold, momentsOf }: ReviewContext,
  resolved: ResolvedBands,
): boolean {
  const rules = policy.rules.filter((rule) => cell.has(rule.band));
  const cutting = policy.detaches.filter((rule) => !isHeldBy(layer, rule, resolved));
  return momentsOf([...rules, ...cutting]).some((moment) => {
    const inForce = cutting.filter(({ window }) => windowHolds(window, moment));
    if (inForce.length > MOST_DETACHES) return true;
    const learns = learnsUnder(
      rules.filter(({ window }) => windowHolds(window, moment)),
      policy.defaultWeight.weight,
    );
    return subsetsOf(inForce).some((active) => {
      if (!reachesLoss(layer, active, resolved)) return false;
      const goal: Predicate = { kind: "and", operands: [learns, ...onlyIn(active, inForce)] };
      return canHold(goal, moment) !== "impossible";
    });
  });
}

/** That an example lies in the cohorts of these rules and in those of no others. */
function onlyIn(active: readonly DetachRule[], all: readonly DetachRule[]): readonly Predicate[] {
  const others = all.filter((rule) => !active.includes(rule));
  return [...active.map(({ cohort }) => memberOf(cohort)), not(inSome(others))];
}

/** Whether a way leads from the layer to an output of the network that none of the rules cuts. */
function reachesLoss(
  layer: NetworkLayer,
  active: readonly DetachRule[],
  { network, extents }: ResolvedBands,
): boolean {
  const walls = new Set(
    active.flatMap(({ band }) =>
      (extents.get(band) ?? []).filter(({ units }) => units === "whole").map(({ layer: name }) => name),
    ),
  );
  const seen = new Set<string>();
  const visit = (name: string): boolean => {
    if (seen.has(name)) return false;
    seen.add(name);
    const readers = network.layers.filter(({ inputs }) => inputs.includes(name));
    return readers.length === 0 || readers.some((reader) => !walls.has(reader.name) && visit(reader.name));
  };
  return visit(layer.name);
}

/** A band's own layers learn from what is detached at it. */
function isHeldBy(layer: NetworkLayer, { band }: DetachRule, { extents }: ResolvedBands): boolean {
  return (extents.get(band) ?? []).some((extent) => extent.layer === layer.name);
}

/** Whether the rule lies on a way from the layer to the loss. */
function cuts({ band }: DetachRule, layer: NetworkLayer, { network, extents }: ResolvedBands): boolean {
  const later = new Set<string>();
  const visit = (name: string): void => {
    for (const reader of network.layers) {
      if (!reader.inputs.includes(name) || later.has(reader.name)) continue;
      later.add(reader.name);
      visit(reader.name);
    }
  };
  visit(layer.name);
  return (extents.get(band) ?? []).some((extent) => later.has(extent.layer));
}

function subsetsOf(rules: readonly DetachRule[]): readonly (readonly DetachRule[])[] {
  return rules.reduce<readonly (readonly DetachRule[])[]>(
    (subsets, rule) => [...subsets, ...subsets.map((subset) => [...subset, rule])],
    [[]],
  );
}
