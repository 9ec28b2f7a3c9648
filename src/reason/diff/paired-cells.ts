import type { BandSelector, Policy } from "../../check/policy.ts";
import { jointAlgebraCells, type BandIn } from "../algebra-cells.ts";
import { cellsOf, type Cell } from "../cells.ts";
import type { PolicyPair } from "./policy-pair.ts";
import { meaningText } from "../meaning.ts";
import type { Side } from "./translate.ts";

/** Parameters that lie in the same bands of either policy, `all` among them. */
export type PairCell = Readonly<Record<Side, Cell>>;

/**
 * What the bands of two policies tell apart: the parameters of the network where one is at hand. Else, what their
 * selectors say: the same selector holds the same parameters, and different ones are taken to be disjoint as within one
 * policy, except those of two bands of one name, of which any part may be what both hold.
 */
export function pairCells({ before, after, network }: PolicyPair): readonly PairCell[] {
  const cells = network === undefined ? algebra(before, after) : overNetwork(network);
  const distinct = new Map(
    cells.map((cell) => [meaningText([[...cell.before].toSorted(), [...cell.after].toSorted()]), cell]),
  );
  return [...distinct.values()];
}

function algebra(before: Policy, after: Policy): readonly PairCell[] {
  const [earlier, later] = [selectorsOf(before), selectorsOf(after)];
  const joined = [...later].flatMap(([name, selector]): readonly (readonly [BandIn, BandIn])[] => {
    const old = earlier.get(name);
    if (old === undefined || showSelector(old, earlier) === showSelector(selector, later)) return [];
    return [
      [
        { selector: old, bands: earlier },
        { selector, bands: later },
      ],
    ];
  });
  return jointAlgebraCells([earlier, later], joined).map(([old = [], fresh = []]) => ({
    before: new Set(["all", ...old]),
    after: new Set(["all", ...fresh]),
  }));
}

function selectorsOf({ bands }: Policy): ReadonlyMap<string, BandSelector> {
  return new Map(bands.map(({ name, selector }) => [name, selector]));
}

/** With what the bands in it say in place of their names. */
export function showSelector(selector: BandSelector, bands: ReadonlyMap<string, BandSelector>): string {
  if ("left" in selector)
    return `(${showSelector(selector.left, bands)} ${selector.kind} ${showSelector(selector.right, bands)})`;
  if (selector.kind === "band") {
    const named = bands.get(selector.name);
    return named === undefined ? selector.name : showSelector(named, bands);
  }
  return meaningText(selector);
}

function overNetwork({ shape, before, after }: NonNullable<PolicyPair["network"]>): readonly PairCell[] {
  const extents = new Map([
    ...[...before].map(([band, extent]) => [`before ${band}`, extent] as const),
    ...[...after].map(([band, extent]) => [`after ${band}`, extent] as const),
  ]);
  return cellsOf({ bands: [] }, { network: shape, extents }).map((cell) => ({
    before: own(cell, "before"),
    after: own(cell, "after"),
  }));
}

function own(cell: Cell, side: Side): Cell {
  const bands = [...cell].filter((name) => name.startsWith(`${side} `));
  return new Set(["all", ...bands.map((name) => name.slice(side.length + 1))]);
}
