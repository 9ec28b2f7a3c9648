import type { Policy } from "../../check/policy.ts";
import type { PartChange, PartPlace, RuleChange, Ruling } from "../../reason/diff/difference.ts";
import type { Span } from "../../source/span.ts";
import { placeOf, type JsonPlace } from "../diagnostics/json.ts";
import type { Compared, ComparedSide } from "./compared.ts";

/** How two policies differ, for programs: places are those of the files that the reader named. */
export function describeDifference({ difference, before, after }: Compared): unknown {
  const { verdict, weights, detaches, parts, undecided, network } = difference;
  const change = (one: RuleChange): unknown => ({
    ...one,
    before: describeRuling(one.before, before),
    after: describeRuling(one.after, after),
  });
  return {
    ...{ verdict, before: describeSide(before), after: describeSide(after) },
    ...(network !== undefined && { network }),
    weights: weights.map(change),
    detaches: detaches.map(change),
    parts: parts.map((one) => describePart(one, before, after)),
    undecided,
  };
}

function describeSide({
  shown,
  policy,
}: ComparedSide): { readonly file: string } & Pick<Policy, "name" | "version"> {
  const { name, version } = policy;
  return { file: shown, name, ...(version !== undefined && { version }) };
}

function describeRuling({ weight, rules }: Ruling, side: ComparedSide): unknown {
  return {
    weight,
    rules: rules.map(({ cohort, band, weight: own, window, span, via }) => ({
      ...{ cohort, band, weight: own, window },
      ...placesIn(side, { span, via }),
    })),
  };
}

function describePart(change: PartChange, before: ComparedSide, after: ComparedSide): unknown {
  return {
    ...change,
    ...(change.before && { before: placesIn(before, change.before) }),
    ...(change.after && { after: placesIn(after, change.after) }),
  };
}

interface JsonPlaces {
  readonly place: JsonPlace;
  readonly via: readonly JsonPlace[];
}

function placesIn({ showing }: ComparedSide, { span, via }: PartPlace): JsonPlaces {
  const place = (one: Span): JsonPlace => placeOf(one, showing);
  return { place: place(span), via: via.map(place) };
}
