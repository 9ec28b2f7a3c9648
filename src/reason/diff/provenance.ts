import type { Behavior, Duration, Requirement, Trace } from "../../check/policy.ts";
import { isSame, type Comparison } from "./comparison.ts";
import { directionOf, placeOf, type Direction, type PartChange, type PartPlace } from "./difference.ts";
import { meaningText } from "../meaning.ts";

/** What a policy asks to be known about examples, and to be kept about a run. More of it is stricter. */
export function compareProvenance(comparison: Comparison): readonly PartChange[] {
  const { before, after } = comparison;
  const [old, fresh] = [before.provenance, after.provenance];
  return [
    ...compareRequirements(old.require, fresh.require),
    ...compareSingles("verify", old.verifyDigest, fresh.verifyDigest, () => "none"),
    ...compareTraces(comparison),
    ...compareSingles("retain", old.retain, fresh.retain, (earlier, later) =>
      compareRetention(earlier.duration, later.duration),
    ),
    ...(["release", "epoch"] as const).flatMap((moment) =>
      compareSingles(
        "attest",
        old.attest.find((one) => one.moment === moment),
        fresh.attest.find((one) => one.moment === moment),
        () => "none",
      ),
    ),
  ];
}

interface Placed {
  readonly span: PartPlace["span"];
}

/** Something that is said once at most. */
function compareSingles<Said extends Placed>(
  part: PartChange["part"],
  before: Said | undefined,
  after: Said | undefined,
  compare: (before: Said, after: Said) => Direction,
  name?: string,
): readonly PartChange[] {
  const common = { part, notes: [], ...(name !== undefined && { name }) };
  if (before === undefined)
    return after === undefined
      ? []
      : [{ ...common, change: "added", direction: "stricter", after: placeOf(after) }];
  if (after === undefined)
    return [{ ...common, change: "removed", direction: "looser", before: placeOf(before) }];
  const direction = compare(before, after);
  if (direction === "none") return [];
  return [{ ...common, change: "changed", direction, before: placeOf(before), after: placeOf(after) }];
}

/** Field by field: where several ask for one, the most severe decides. */
function compareRequirements(
  before: readonly Requirement[],
  after: readonly Requirement[],
): readonly PartChange[] {
  const fields = new Set([...before, ...after].flatMap((requirement) => requirement.fields));
  const decides = (field: string, requirements: readonly Requirement[]): Requirement | undefined =>
    requirements
      .filter((requirement) => requirement.fields.includes(field))
      .toSorted((left, right) => SEVERITY[right.otherwise] - SEVERITY[left.otherwise])[0];
  return [...fields].flatMap((field) =>
    compareSingles(
      "require",
      decides(field, before),
      decides(field, after),
      (old, fresh) => compareNumbers(SEVERITY[old.otherwise], SEVERITY[fresh.otherwise]),
      field,
    ),
  );
}

const SEVERITY: Readonly<Record<Requirement["otherwise"], number>> = { reject: 0, quarantine: 1, halt: 2 };

/** Larger is stricter. */
function compareNumbers(before: number, after: number): Direction {
  return directionOf({ isAtLeastAsStrict: after >= before, isAtLeastAsLoose: after <= before });
}

function compareRetention(before: Duration | "forever", after: Duration | "forever"): Direction {
  if (before === "forever" || after === "forever")
    return before === after ? "none" : after === "forever" ? "stricter" : "looser";
  return before.unit === after.unit ? compareNumbers(before.count, after.count) : "different";
}

/** A trace that one of the other policy covers asks for nothing of its own. */
function compareTraces(comparison: Comparison): readonly PartChange[] {
  const { before, after } = comparison;
  const [old, fresh] = [before.provenance.trace, after.provenance.trace];
  const covers = (
    wide: Trace,
    narrow: Trace,
    isSameBand: (wide: string, narrow: string) => boolean,
  ): boolean =>
    narrow.bands.every((band) => wide.bands.some((other) => isSameBand(other, band))) &&
    coversBehaviors(wide, narrow, comparison) &&
    wide.every.unit === narrow.every.unit &&
    narrow.every.count % wide.every.count === 0 &&
    (wide.top === undefined || (narrow.top !== undefined && wide.top >= narrow.top));
  const isCovered = (earlier: Trace, later: Trace): boolean =>
    covers(later, earlier, (wide, narrow) => isSame(comparison.relateBands(narrow, wide)));
  const wasCovered = (later: Trace, earlier: Trace): boolean =>
    covers(earlier, later, (wide, narrow) => isSame(comparison.relateBands(wide, narrow)));
  return [
    ...old
      .filter((trace) => !fresh.some((other) => isCovered(trace, other)))
      .map((trace): PartChange => ({
        ...tracePart,
        change: "removed",
        direction: "looser",
        before: placeOf(trace),
      })),
    ...fresh
      .filter((trace) => !old.some((other) => wasCovered(trace, other)))
      .map((trace): PartChange => ({
        ...tracePart,
        change: "added",
        direction: "stricter",
        after: placeOf(trace),
      })),
  ];
}

const tracePart = { part: "trace", notes: [] } as const;

/** Influence on the batch's own loss is another measure than influence on a behaviour. */
function coversBehaviors(wide: Trace, narrow: Trace, { before, after }: Comparison): boolean {
  if (wide.behaviors.length === 0 || narrow.behaviors.length === 0)
    return wide.behaviors.length === narrow.behaviors.length;
  const probe = (list: readonly Behavior[], name: string): string | undefined =>
    list.find((behavior) => behavior.name === name)?.probe;
  const isSameBehavior = (name: string): boolean =>
    meaningText(probe(before.behaviors, name)) === meaningText(probe(after.behaviors, name));
  return narrow.behaviors.every((name) => wide.behaviors.includes(name) && isSameBehavior(name));
}
