import type { PartChange, PartPlace, RuleChange, Ruling } from "../../reason/diff/difference.ts";
import type { Span } from "../../source/span.ts";
import { placeOf, type JsonPlace } from "../diagnostics/json.ts";
import { joinVerdicts, type Compared, type ComparedSide } from "./compared.ts";

/** How two policies differ, for programs: places are those of the files that the reader named. */
export function describeDifference({ difference, before, after }: Compared): unknown {
  const { verdict, weights, detaches, parts, rulesets, undecided, network } = difference;
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
    parts: parts.map((one) => describePlaces(one, before, after)),
    rulesets: rulesets.map((one) => ({
      ...describePlaces(one, before, after),
      weights: one.weights.map(change),
      detaches: one.detaches.map(change),
      parts: one.parts.map((part) => describePlaces(part, before, after)),
    })),
    undecided,
  };
}

/** How the policies of two folders differ. */
export function describeDifferences(all: readonly Compared[]): unknown {
  return { verdict: joinVerdicts(all), policies: all.map(describeDifference) };
}

function describeSide({ shown, policy, isAbsent }: ComparedSide): unknown {
  const { name, version } = policy;
  if (isAbsent) return { file: shown, absent: true };
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

function describePlaces<Change extends Pick<PartChange, "before" | "after">>(
  change: Change,
  before: ComparedSide,
  after: ComparedSide,
): object {
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
