/**
 * Detach: where the error signal of a cut example leaves a band towards the input, it is multiplied by 0 (gradient
 * routing, Cloud et al. 2024). A band is the nodes where its variables enter, and those on the paths between them that
 * no other variable enters; with unit slices, of these nodes' results only the units of the band.
 */
import type { UnitInterval } from "../../model/network.ts";
import { AttributionError } from "./attribution-error.ts";
import type { AttributedTape, Entry } from "./attribution.ts";
import { agree, findAxisRule } from "./axes.ts";
import type { Flow, PlanBook } from "./edges.ts";
import type { TapeNode } from "./engine.ts";
import type { Overlay, Place } from "./place.ts";

export interface DetachMask {
  /** The band: governed variables by index, each once, whole or some of its units. */
  readonly extent: readonly {
    readonly variable: number;
    readonly units: "whole" | readonly UnitInterval[];
  }[];
  /** [B]: 0 where the example's signal is cut, 1 where it flows. */
  readonly keep: Float32Array;
}

export interface DetachPlanning {
  readonly tape: readonly TapeNode[];
  readonly attributed: AttributedTape;
  /** Of the governed variables, by index. */
  readonly names: readonly string[];
  readonly masks: readonly DetachMask[];
  readonly book: PlanBook;
}

/** @throws AttributionError where the band's share of a signal cannot be told from the rest. */
export function planDetaches(planning: DetachPlanning): void {
  const cutting = planning.masks.filter(({ keep }) => keep.some((value) => value !== 1));
  for (const mask of joinMasks(cutting)) planDetach(planning, mask);
}

/** One mask for each band, whatever the number of cohorts: a signal goes on where all of them let it. */
function joinMasks(masks: readonly DetachMask[]): readonly DetachMask[] {
  const joined = new Map<string, DetachMask>();
  for (const { extent, keep } of masks) {
    const key = JSON.stringify(extent);
    const other = joined.get(key)?.keep;
    joined.set(key, { extent, keep: keep.map((value, row) => value * (other?.[row] ?? 1)) });
  }
  return [...joined.values()];
}

function planDetach({ tape, attributed, names, book }: DetachPlanning, { extent, keep }: DetachMask): void {
  const name = names[extent[0]?.variable ?? -1] ?? "a variable";
  const entries = new Map(attributed.entries.map((entry) => [entry.node.id, entry]));
  const members = findMembers(attributed.entries, extent, name);
  const owned = spreadOwnership(tape, entries, members);
  const leading = findLeading(tape, entries, members);
  for (const node of tape) {
    const isMember = members.has(node.id);
    const isBetween = !entries.has(node.id) && node.outputs.some(({ id }) => leading.has(id));
    const own = node.outputs[0] === undefined ? undefined : owned.get(node.outputs[0].id);
    if (own === undefined || !(isMember || isBetween)) continue;
    for (const [input, tensor] of Object.entries(node.inputs)) {
      const attribution = attributed.attributions.get(tensor.id);
      if (attribution?.kind !== "examples" && attribution?.kind !== "coupled") continue;
      const cut = cutBetween(node, input, own, owned.get(tensor.id), name);
      if (cut === undefined) continue;
      const output = attributed.attributions.get(node.outputs[0]?.id ?? -1);
      if (output?.kind !== "examples") return refuse(node, name);
      const isClosed =
        cut.columns === "whole" && cut.returned === undefined && keep.every((value) => value === 0);
      if (isClosed) book.drop(node, input);
      else
        book.update(node, input, (edge) => ({
          ...edge,
          flows: divideFlows(edge.flows, cut, keep, output.place),
        }));
    }
  }
}

/** What of a tensor belongs to the band. `lost`: some of its units did, but they can no longer be followed. */
type Ownership = "whole" | "lost" | OwnedUnits;

interface OwnedUnits {
  readonly place: Place;
  /** For each unit, whether it is the band's. */
  readonly flags: readonly boolean[];
}

/** The entries of the band's variables, with what is the band's of their results. */
function findMembers(
  entries: readonly Entry[],
  extent: DetachMask["extent"],
  name: string,
): ReadonlyMap<number, Ownership> {
  const extents = new Map(extent.map(({ variable, units }) => [variable, units]));
  const members = new Map<number, Ownership>();
  for (const { node, parameters } of entries)
    for (const [input, { variables }] of parameters)
      for (const [variable, layout] of variables) {
        const units = extents.get(variable);
        if (units === undefined) continue;
        const place =
          layout.units === undefined ? undefined : findAxisRule(node.kernelName)?.(node, input, layout.units);
        const own = ownUnits(units, place);
        const before = members.get(node.id);
        if (own === "lost" || (before !== undefined && !sameOwnership(own, before)))
          return refuse(node, name);
        members.set(node.id, own);
      }
  return members;
}

function ownUnits(units: "whole" | readonly UnitInterval[], place: Place | undefined): Ownership {
  if (units === "whole") return "whole";
  if (place === undefined) return "lost";
  const flags = Array.from({ length: place.count }, (_, unit) =>
    units.some(({ low, high }) => unit >= low && unit <= high),
  );
  return flags.every((flag) => flag) ? "whole" : { place, flags };
}

/** Follows the band's results through nodes that no variable outside of it enters; by tensor id. */
function spreadOwnership(
  tape: readonly TapeNode[],
  entries: ReadonlyMap<number, Entry>,
  members: ReadonlyMap<number, Ownership>,
): ReadonlyMap<number, Ownership> {
  const owned = new Map<number, Ownership>();
  for (const node of tape) {
    const own = members.get(node.id) ?? (entries.has(node.id) ? undefined : inheritOwnership(node, owned));
    if (own !== undefined) for (const { id } of node.outputs) owned.set(id, own);
  }
  return owned;
}

function inheritOwnership(node: TapeNode, owned: ReadonlyMap<number, Ownership>): Ownership | undefined {
  const inherited = Object.entries(node.inputs).flatMap(([input, { id }]): Ownership[] => {
    const own = owned.get(id);
    if (own === undefined) return [];
    if (own === "whole" || own === "lost") return [own];
    const place = findAxisRule(node.kernelName)?.(node, input, own.place);
    return [place === undefined ? "lost" : { ...own, place }];
  });
  const [first, ...others] = inherited;
  return others.reduce<Ownership | undefined>(
    (joint, own) => (joint === undefined ? own : joinOwnership(joint, own)),
    first,
  );
}

/** Where two signals of the band meet (a skip), a unit is the band's when either is: each lets the other's go. */
function joinOwnership(left: Ownership, right: Ownership): Ownership {
  if (left === "lost" || right === "lost") return "lost";
  if (left === "whole" || right === "whole") return "whole";
  if (!agree(left.place, right.place)) return "lost";
  const flags = left.flags.map((flag, unit) => flag || right.flags[unit] === true);
  return flags.every((flag) => flag) ? "whole" : { place: left.place, flags };
}

/** Tensors from which a path that no variable outside of the band enters leads to one of its entries; by id. */
function findLeading(
  tape: readonly TapeNode[],
  entries: ReadonlyMap<number, Entry>,
  members: ReadonlyMap<number, Ownership>,
): ReadonlySet<number> {
  const leading = new Set<number>();
  for (const node of [...tape].reverse()) {
    const isMember = members.has(node.id);
    const isBetween = !entries.has(node.id) && node.outputs.some(({ id }) => leading.has(id));
    if (isMember || isBetween) for (const { id } of Object.values(node.inputs)) leading.add(id);
  }
  return leading;
}

interface Cut {
  /** Of the node's result: what leaves the band. */
  readonly columns: "whole" | OwnedUnits;
  /** Of the input: what is still the band's, where the columns of the two are not the same. */
  readonly returned: OwnedUnits | undefined;
}

function cutBetween(
  node: TapeNode,
  input: string,
  own: Ownership,
  inputOwn: Ownership | undefined,
  name: string,
): Cut | undefined {
  if (inputOwn === "whole") return undefined;
  if (own === "lost" || inputOwn === "lost") return refuse(node, name);
  if (inputOwn === undefined) return { columns: own, returned: undefined };
  const place = findAxisRule(node.kernelName)?.(node, input, inputOwn.place);
  if (place === undefined) return { columns: own, returned: inputOwn };
  // Column by column: only the columns that the input does not share leave the band.
  if (own !== "whole" && !agree(own.place, place)) return refuse(node, name);
  const flags = inputOwn.flags.map((flag, unit) => !flag && (own === "whole" || own.flags[unit] === true));
  return flags.some((flag) => flag) ? { columns: { place, flags }, returned: undefined } : undefined;
}

/** Every flow goes on without what leaves the band; what stays in it flows on its own. */
function divideFlows(flows: readonly Flow[], cut: Cut, keep: Float32Array, examples: Place): readonly Flow[] {
  const passing = layOver(keep, cut.columns, examples, "passing");
  const passed = flows.map((flow) => ({ ...flow, error: [...flow.error, passing] }));
  if (cut.returned === undefined) return passed;
  const leaving = layOver(keep, cut.columns, examples, "leaving");
  const { place, flags } = cut.returned;
  const staying: Overlay = { values: Float32Array.from(flags, Number), examples: place, units: undefined };
  return [
    ...passed,
    ...flows.map((flow) => ({ error: [...flow.error, leaving], gradient: [...flow.gradient, staying] })),
  ];
}

/** The factors of what passes, or of what leaves, for each example and where need be each unit. */
function layOver(
  keep: Float32Array,
  columns: "whole" | OwnedUnits,
  examples: Place,
  part: "passing" | "leaving",
): Overlay {
  const factorOf = (flag: boolean, value: number): number => {
    const passing = flag ? value : 1;
    return part === "passing" ? passing : 1 - passing;
  };
  if (columns === "whole")
    return { values: keep.map((value) => factorOf(true, value)), examples, units: undefined };
  const { flags, place } = columns;
  const values = new Float32Array(keep.length * flags.length);
  keep.forEach((value, row) =>
    flags.forEach((flag, unit) => (values[row * flags.length + unit] = factorOf(flag, value))),
  );
  return { values, examples, units: place };
}

function sameOwnership(left: Ownership, right: Ownership): boolean {
  if (typeof left === "string" || typeof right === "string") return left === right;
  return agree(left.place, right.place) && left.flags.every((flag, unit) => flag === right.flags[unit]);
}

function refuse(node: TapeNode, name: string): never {
  throw new AttributionError({
    variable: name,
    kernel: node.kernelName,
    reason: "it cannot be told which part of the signal leaves the detached band at this operation",
    remedy: "detach a band of whole layers",
  });
}
