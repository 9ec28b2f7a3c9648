import type { BandSelector } from "../check/policy.ts";
import { compileGlob, globsMeet } from "../source/glob.ts";

/**
 * Which bands can hold a parameter together, read off their selectors alone. Each selector is tried on points that
 * stand for the parameters it can mean; points of different systems are joined only where the policy itself combines
 * the selectors, by `&` or `-`.
 */
export function algebraCells(bands: Bands): readonly (readonly string[])[] {
  return jointAlgebraCells([bands], []).map(([held]) => held ?? []);
}

type Bands = ReadonlyMap<string, BandSelector>;

/**
 * The same for several policies over one network: each cell says which bands of each policy hold it.
 *
 * @param joined Bands of the policies, one of each pair from either, that may share parameters although their
 *   selectors differ.
 */
export function jointAlgebraCells(
  policies: readonly Bands[],
  joined: readonly (readonly [BandIn, BandIn])[],
): readonly (readonly (readonly string[])[])[] {
  const leaves = policies.flatMap((bands) => [...bands.values()].flatMap(leavesOf));
  const finders = new Map(policies.map((bands) => [bands, pointFinder(bands, leaves)]));
  const pointsIn = ({ selector, bands }: BandIn): readonly Point[] =>
    (finders.get(bands) ?? pointFinder(bands, leaves))(selector);
  const own = policies.flatMap((bands) =>
    [...bands.values()].flatMap((selector) => pointsIn({ selector, bands })),
  );
  const shared = joined.flatMap(([left, right]) => joinPoints(pointsIn(left), pointsIn(right)));
  const resting = policies.map(restTakers);
  return distinct([OUTSIDE, ...own, ...shared]).map((point) =>
    policies.map((bands, index) => bandsHolding(point, bands, resting[index] ?? [])),
  );
}

/** A selector beside the bands among which its names mean something. */
export interface BandIn {
  readonly selector: BandSelector;
  readonly bands: Bands;
}

type Leaf = Exclude<BandSelector, { left: BandSelector } | { kind: "band" }>;

/** A selector that means places of its own. */
type PlacedLeaf = Exclude<Leaf, { kind: "all" | "rest" }>;

/** A place that a selector can mean, in the terms of that kind of selector. */
type Place =
  | { readonly system: "name"; readonly layer: string; readonly unit: number }
  /** Counted from the input, from 0. */
  | { readonly system: "position"; readonly index: number }
  /** Counted from the output, from 0. */
  | { readonly system: "end"; readonly index: number }
  | { readonly system: "depth"; readonly at: number }
  | { readonly system: "layer_kind"; readonly layerKind: string };

/** One parameter, told in as many systems as the policy joins. */
type Point = readonly Place[];

/** A parameter that no selector means: only `all` and `rest` hold it. */
const OUTSIDE: Point = [];

/** The names of the bands that hold a point. */
function bandsHolding(point: Point, bands: Bands, takers: readonly string[]): readonly string[] {
  const known = new Map<string, boolean>();
  const isIn = (name: string): boolean => {
    const selector = bands.get(name);
    const answer = known.get(name) ?? (selector !== undefined && holds(selector));
    known.set(name, answer);
    return answer;
  };
  const holds = (selector: BandSelector): boolean => {
    switch (selector.kind) {
      case "union":
        return holds(selector.left) || holds(selector.right);
      case "intersection":
        return holds(selector.left) && holds(selector.right);
      case "difference":
        return holds(selector.left) && !holds(selector.right);
      case "band":
        return isIn(selector.name);
      case "all":
        return true;
      case "rest":
        return !takers.some(isIn);
      default:
        return point.some((place) => meets(selector, place));
    }
  };
  return [...bands.keys()].filter(isIn);
}

/** The bands whose parameters are not the rest: those that mention `rest` neither themselves nor through a band. */
function restTakers(bands: Bands): readonly string[] {
  const known = new Map<string, boolean>();
  const mentionsRest = (selector: BandSelector): boolean => {
    if ("left" in selector) return mentionsRest(selector.left) || mentionsRest(selector.right);
    return selector.kind === "band" ? nameMentionsRest(selector.name) : selector.kind === "rest";
  };
  const nameMentionsRest = (name: string): boolean => {
    const selector = bands.get(name);
    const answer = known.get(name) ?? (selector !== undefined && mentionsRest(selector));
    known.set(name, answer);
    return answer;
  };
  return [...bands.keys()].filter((name) => !nameMentionsRest(name));
}

function meets(leaf: PlacedLeaf, place: Place): boolean {
  switch (leaf.kind) {
    case "names":
      return (
        place.system === "name" &&
        leaf.globs.some(
          (glob) => glob === place.layer || (isLiteral(place.layer) && compileGlob(glob)(place.layer)),
        ) &&
        (leaf.units === undefined || (leaf.units.low <= place.unit && place.unit <= leaf.units.high))
      );
    case "positions":
      return place.system === "position" && leaf.low <= place.index && place.index <= leaf.high;
    case "end":
      return place.system === (leaf.end === "first" ? "position" : "end") && place.index < leaf.count;
    case "depth":
      return (
        place.system === "depth" &&
        leaf.low <= place.at &&
        (place.at < leaf.high || (leaf.high >= 1 && leaf.excludesHigh !== true))
      );
    case "layer_kind":
      return place.system === "layer_kind" && place.layerKind === leaf.layerKind;
  }
}

/** Finds the points of selectors; what a band holds is looked for once, however often it is named. */
function pointFinder(bands: Bands, leaves: readonly Leaf[]): (selector: BandSelector) => readonly Point[] {
  const known = new Map<string, readonly Point[]>();
  const pointsOf = (selector: BandSelector): readonly Point[] => {
    switch (selector.kind) {
      case "union":
        return distinct([...pointsOf(selector.left), ...pointsOf(selector.right)]);
      case "intersection":
      case "difference": {
        const [left, right] = [pointsOf(selector.left), pointsOf(selector.right)];
        return distinct([...left, ...right, ...joinPoints(left, right)]);
      }
      case "band": {
        const named = bands.get(selector.name);
        const points = known.get(selector.name) ?? (named === undefined ? [] : pointsOf(named));
        known.set(selector.name, points);
        return points;
      }
      case "all":
      case "rest":
        return [OUTSIDE];
      default:
        return placesOf(selector, leaves).map((place) => [place]);
    }
  };
  return pointsOf;
}

function joinPoints(left: readonly Point[], right: readonly Point[]): readonly Point[] {
  return left.flatMap((point) =>
    right
      .filter((other) => point.every((place) => other.every((second) => canCoincide(place, second))))
      .map((other) => [...point, ...other]),
  );
}

/** Each point once, whatever the order in which its places were found. */
function distinct(points: readonly Point[]): readonly Point[] {
  const kept = new Map<string, Point>();
  for (const point of points) {
    const places = new Map(point.map((place) => [JSON.stringify(place), place]));
    const key = [...places.keys()].toSorted().join(" ");
    if (!kept.has(key)) kept.set(key, [...places.values()]);
  }
  return [...kept.values()];
}

/** Whether one parameter may be at both places: two names coincide where some layer's name meets both. */
function canCoincide(left: Place, right: Place): boolean {
  if (left.system !== right.system) return true;
  return (
    left.system === "name" &&
    right.system === "name" &&
    left.layer !== right.layer &&
    left.unit === right.unit &&
    globsMeet(left.layer, right.layer)
  );
}

/** Places enough to tell a selector's parts from each other: between all edges of its system. */
function placesOf(leaf: PlacedLeaf, leaves: readonly Leaf[]): readonly Place[] {
  const tried = ((): readonly Place[] => {
    switch (leaf.kind) {
      case "names": {
        const units = startsOf(
          leaves.flatMap((other) => (other.kind === "names" && other.units ? [other.units] : [])),
        );
        const literals = leaves.flatMap((other) =>
          other.kind === "names" ? other.globs.filter(isLiteral) : [],
        );
        const layers = [...new Set([...leaf.globs, ...literals])];
        return layers.flatMap((layer) => units.map((unit): Place => ({ system: "name", layer, unit })));
      }
      case "positions":
        return startsOf(positionsOf(leaves)).map((index) => ({ system: "position", index }));
      case "end":
        return leaf.end === "first"
          ? startsOf(positionsOf(leaves)).map((index) => ({ system: "position", index }))
          : startsOf(endsOf(leaves, "last")).map((index) => ({ system: "end", index }));
      case "depth": {
        const edges = leaves.flatMap((other) => (other.kind === "depth" ? [other.low, other.high] : []));
        const sorted = [...new Set([0, 1, ...edges])].toSorted((a, b) => a - b);
        const between = sorted.slice(1).map((edge, index) => (edge + (sorted[index] ?? 0)) / 2);
        return [...sorted, ...between].map((at) => ({ system: "depth", at }));
      }
      case "layer_kind":
        return [{ system: "layer_kind", layerKind: leaf.layerKind }];
    }
  })();
  return tried.filter((place) => meets(leaf, place));
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

function positionsOf(leaves: readonly Leaf[]): readonly Interval[] {
  return [...leaves.filter((leaf) => leaf.kind === "positions"), ...endsOf(leaves, "first")];
}

function endsOf(leaves: readonly Leaf[], end: "first" | "last"): readonly Interval[] {
  return leaves.flatMap((leaf) =>
    leaf.kind === "end" && leaf.end === end ? [{ low: 0, high: leaf.count - 1 }] : [],
  );
}

/** The first number of each stretch in which no interval begins or ends. */
function startsOf(intervals: readonly Interval[]): readonly number[] {
  return [...new Set([0, ...intervals.flatMap(({ low, high }) => [low, high + 1])])];
}

function leavesOf(selector: BandSelector): readonly Leaf[] {
  if ("left" in selector) return [...leavesOf(selector.left), ...leavesOf(selector.right)];
  return selector.kind === "band" ? [] : [selector];
}

function isLiteral(glob: string): boolean {
  return !/[*?]/.test(glob);
}
