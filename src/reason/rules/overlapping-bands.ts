import type { Band, BandSelector } from "../../check/policy.ts";
import { intersect, subtract, type Extent } from "../../model/extents.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { ResolvedBands } from "../cells.ts";
import { placeOfName, type ReviewContext, type ReviewRule } from "./context.ts";

/**
 * Bands with rules of their own that share a part of their parameters, each having others beside (GOV4016). That one band
 * lies within another, or is made of it, is hardly an accident.
 */
export const findOverlappingBands: ReviewRule = (context) => {
  const { resolved, policy } = context;
  if (resolved === undefined) return [];
  const ruled = new Set([...policy.rules, ...policy.detaches].map(({ band }) => band));
  const bands = policy.bands.filter(
    ({ name }) => ruled.has(name) && placeOfName(name, "band", context)?.isOwn === true,
  );
  const layers = new Map(
    bands.map(({ name }) => [name, new Set(resolved.extents.get(name)?.map(({ layer }) => layer))]),
  );
  return bands.flatMap((later, index) =>
    bands.slice(0, index).flatMap((earlier): readonly Diagnostic[] => {
      const [left, right] = [layers.get(earlier.name), layers.get(later.name)];
      if (left === undefined || right === undefined || !meet(left, right)) return [];
      const shared = sharedInPart(earlier, later, resolved);
      if (shared === undefined) return [];
      if (isMadeOf(later, earlier, context) || isMadeOf(earlier, later, context)) return [];
      return [overlap(earlier, later, shared, context)];
    }),
  );
};

function meet(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const [few, many] = left.size < right.size ? [left, right] : [right, left];
  for (const name of few) if (many.has(name)) return true;
  return false;
}

/** What two bands share where each holds something else, too. */
function sharedInPart(earlier: Band, later: Band, { network, extents }: ResolvedBands): Extent | undefined {
  const [left, right] = [extents.get(earlier.name) ?? [], extents.get(later.name) ?? []];
  // Of a large network most layers have nothing to do with the two.
  const names = new Set([...left, ...right].map(({ layer }) => layer));
  const near = { ...network, layers: network.layers.filter(({ name }) => names.has(name)) };
  const shared = intersect(left, right, near);
  const isPart = subtract(left, right, near).length > 0 && subtract(right, left, near).length > 0;
  return shared.length > 0 && isPart ? shared : undefined;
}

function overlap(earlier: Band, later: Band, shared: Extent, context: ReviewContext): Diagnostic {
  const [place, rival] = [later, earlier].map(
    ({ name, span }) => placeOfName(name, "band", context)?.span ?? span,
  );
  return diagnose(
    "GOV4016",
    place ?? later.span,
    `the bands \`${earlier.name}\` and \`${later.name}\` share ${shared.slice(0, MOST_SHOWN).map(showExtent).join(", ")}${shared.length > MOST_SHOWN ? ", …" : ""}`,
    {
      label: "there the rules of both speak, and the smaller weight counts",
      related: [{ span: rival ?? earlier.span, text: "the other band" }],
      help: `take it out of one of them: \`… - ${earlier.name}\`; where it is meant, write \`// gov-ignore GOV4016: why\``,
    },
  );
}

const MOST_SHOWN = 3;

function showExtent({ layer, units }: Extent[number]): string {
  if (units === "whole") return `layer \`${layer}\``;
  const ranges = units.map(({ low, high }) => (low === high ? `${low}` : `${low}..${high}`));
  const isOne = units.length === 1 && units[0]?.low === units[0]?.high;
  return `${isOne ? "unit" : "units"} ${ranges.join(", ")} of layer \`${layer}\``;
}

/** Whether a band's definition speaks of another, or of one that does. */
function isMadeOf(band: Band, other: Band, { policy }: ReviewContext): boolean {
  const seen = new Set<string>();
  const visit = (selector: BandSelector): boolean => {
    if (selector.kind === "union" || selector.kind === "intersection" || selector.kind === "difference")
      return visit(selector.left) || visit(selector.right);
    if (selector.kind !== "band" || seen.has(selector.name)) return false;
    seen.add(selector.name);
    if (selector.name === other.name) return true;
    const named = policy.bands.find(({ name }) => name === selector.name);
    return named !== undefined && visit(named.selector);
  };
  return visit(band.selector);
}
