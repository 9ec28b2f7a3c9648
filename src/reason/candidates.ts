import type { Field, FieldType, Predicate, Scalar, ScalarRange } from "../check/policy.ts";
import { inRange } from "../check/ranges.ts";
import { compileGlob } from "../source/glob.ts";
import { sampleFraction } from "./predicate.ts";
import { textClasses } from "./text-classes.ts";

/** A value that stands for all values of a field on which the same predicates hold. */
export interface Candidate {
  /** Undefined: the field is absent. */
  readonly value: Scalar | readonly Scalar[] | undefined;
  /** Of an id that only stands for others: the fractions that `sample` draws for them, by seed. */
  readonly fractions?: ReadonlyMap<number, number>;
}

/** A predicate on one field. */
export type Leaf = Exclude<Predicate, { kind: "and" | "or" | "not" | "cohort" | "all" }>;

// Beyond this a set field with many mentioned elements is left undecided.
const MOST_ELEMENTS = 12;
const MOST_IDS_TRIED = 5_000;

/**
 * Values enough to stand for every value that the schema admits, as far as these predicates tell them apart; all of
 * them admitted. Undefined where that cannot be said with reasonable effort.
 */
export function candidatesOf(field: Field, leaves: readonly Leaf[]): readonly Candidate[] | undefined {
  const present = presentValues(field, leaves);
  if (present === undefined) return undefined;
  const values = withSamples(present, leaves);
  return field.optional ? [...values, { value: undefined }] : values;
}

/** Values enough for what only the run knows; losses and entropies may be anything, not a number among it. */
export function dynamicCandidates(name: string, leaves: readonly Leaf[]): readonly Candidate[] {
  const mentioned = mentionedValues(leaves).map(Number);
  const values =
    name === "epoch" || name === "step"
      ? around(mentioned, 1).filter((value) => Number.isInteger(value) && value >= 0)
      : [...between(mentioned), Number.NaN];
  return (values.length === 0 ? [0] : values).map((value) => ({ value }));
}

function presentValues(field: Field, leaves: readonly Leaf[]): readonly Candidate["value"][] | undefined {
  const { type, range } = field;
  const mentioned = mentionedValues(leaves);
  switch (type.kind) {
    case "bool":
      return [true, false];
    case "enum":
      return type.values;
    case "int":
    case "steps": {
      const edges = [...mentioned, ...edgesOf(range)].map(Number);
      return admitted(
        // `steps` and the edges of a float comparison: only whole numbers are values.
        around(
          edges.flatMap((edge) => [Math.floor(edge), Math.ceil(edge)]),
          1,
        ),
        range ??
          (type.kind === "steps"
            ? { low: 0, high: Number.MAX_SAFE_INTEGER, excludesHigh: false }
            : undefined),
      );
    }
    case "float":
    case "fraction": {
      const own = range ?? (type.kind === "fraction" ? { low: 0, high: 1, excludesHigh: false } : undefined);
      return admitted(between([...mentioned, ...edgesOf(own)].map(Number)), own);
    }
    case "date": {
      const edges = [...mentioned, ...edgesOf(range)].map(String);
      const days =
        edges.length === 0
          ? ["2026-01-01"]
          : edges.flatMap((day) => [day, shiftDay(day, -1), shiftDay(day, 1)]);
      return admitted([...new Set(days)], range);
    }
    case "digest":
      return [...new Set([freshDigest(mentioned), ...mentioned])];
    case "string": {
      const globs = leaves.flatMap((leaf) => (leaf.kind === "matches" ? [leaf.glob] : []));
      return textClasses([...new Set(globs)], [...new Set(mentioned.map(String))]);
    }
    case "set": {
      const mentionedElements = leaves.flatMap((leaf) => (leaf.kind === "contains" ? [leaf.value] : []));
      const elements = [...new Set(mentionedElements)].filter((value) => isElement(value, type.element));
      return elements.length > MOST_ELEMENTS ? undefined : subsetsOf(elements);
    }
  }
}

/** Another policy's predicate, with which this schema is held together, may ask for what no set here holds. */
function isElement(value: Scalar, type: FieldType): boolean {
  return type.kind !== "enum" || type.values.some((admissible) => admissible === value);
}

/** Every value that a predicate compares with. */
function mentionedValues(leaves: readonly Leaf[]): readonly Scalar[] {
  return leaves.flatMap((leaf): readonly Scalar[] => {
    switch (leaf.kind) {
      case "compare":
        return [leaf.value];
      case "in_range":
        return edgesOf(leaf.range);
      case "in_set":
        return leaf.values;
      default:
        return [];
    }
  });
}

function edgesOf(range: ScalarRange | undefined): readonly (number | string)[] {
  return range === undefined ? [] : [range.low, range.high];
}

/** Numbers and their neighbours at a distance; 0 where there is none. */
function around(values: readonly number[], distance: number): readonly number[] {
  if (values.length === 0) return [0];
  return ascending(values.flatMap((value) => [value - distance, value, value + distance]));
}

/** Numbers, one between each two, and one beyond either end. */
function between(values: readonly number[]): readonly number[] {
  const sorted = ascending(values);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return [0];
  const inner = sorted.slice(1).map((value, index) => (value + (sorted[index] ?? value)) / 2);
  return ascending([first - 1, ...sorted, ...inner, last + 1]);
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].toSorted((a, b) => a - b);
}

function admitted<Value extends Scalar>(
  values: readonly Value[],
  range: ScalarRange | undefined,
): readonly Value[] {
  return range === undefined ? values : values.filter((value) => inRange(value, range));
}

function shiftDay(day: string, days: number): string {
  const moment = new Date(`${day}T00:00:00Z`).getTime() + days * 86_400_000;
  return new Date(moment).toISOString().slice(0, 10);
}

function freshDigest(mentioned: readonly Scalar[]): string {
  const digests = Array.from({ length: 16 }, (_, digit) => `sha256:${digit.toString(16).repeat(64)}`);
  return digests.find((digest) => !mentioned.includes(digest)) ?? `sha256:${"01".repeat(32)}`;
}

function subsetsOf(elements: readonly Scalar[]): readonly (readonly Scalar[])[] {
  return elements.reduce<readonly (readonly Scalar[])[]>(
    (subsets, element) => [...subsets, ...subsets.map((subset) => [...subset, element])],
    [[]],
  );
}

/** Ids by the samples that hold them, too. */
function withSamples(values: readonly Candidate["value"][], leaves: readonly Leaf[]): readonly Candidate[] {
  const samples = leaves.filter((leaf) => leaf.kind === "sample");
  if (samples.length === 0) return values.map((value) => ({ value }));
  const literals = new Set<unknown>(mentionedValues(leaves));
  const globs = leaves.flatMap((leaf) => (leaf.kind === "matches" ? [compileGlob(leaf.glob)] : []));
  const classOf = (id: string): string => globs.map((matches) => matches(id)).join();
  return values.flatMap((value): readonly Candidate[] => {
    const id = String(value);
    if (literals.has(value)) return [{ value }];
    const alike = variantsOf(id).filter(
      (text) => text !== "" && !literals.has(text) && classOf(text) === classOf(id),
    );
    return fractionsOf(samples).map((fractions) => {
      const real = alike.find((text) =>
        samples.every(
          ({ seed, share }) => sampleFraction(seed, text) < share === (fractions.get(seed) ?? 0) < share,
        ),
      );
      return real === undefined ? { value, fractions } : { value: real };
    });
  });
}

/** Texts near an id, most of which meet the same globs, so that a witness can be a real one. */
function variantsOf(id: string): readonly string[] {
  const letters = Array.from(id);
  const places = Array.from({ length: letters.length + 1 }, (_, place) => letters.length - place);
  const numbers = Array.from({ length: MOST_IDS_TRIED }, (_, index) => index + 1);
  const count = Math.ceil(MOST_IDS_TRIED / (places.length + 2));
  return [
    id,
    // Longer ones, by a number anywhere in them or by a folder before them.
    ...numbers
      .slice(0, count)
      .flatMap((number) => [
        ...places.map((place) => [...letters.slice(0, place), number, ...letters.slice(place)].join("")),
        `${number}/${id}`,
      ]),
    // Ones as long, where a glob counts characters.
    ...numbers
      .slice(0, count)
      .flatMap((number) => letters.map((_, place) => letters.with(place, letterOf(number)).join(""))),
  ];
}

/** Letters and signs of the first pages of Unicode, the plain ones first. */
function letterOf(number: number): string {
  return String.fromCodePoint(number < 26 ? 97 + number : number < 52 ? 39 + number : 0x00c0 + number);
}

/** Per seed a fraction in each stretch between the shares; the seeds vary freely. */
function fractionsOf(
  samples: readonly Extract<Leaf, { kind: "sample" }>[],
): readonly ReadonlyMap<number, number>[] {
  const seeds = [...new Set(samples.map(({ seed }) => seed))];
  return seeds.reduce<readonly ReadonlyMap<number, number>[]>(
    (combinations, seed) => {
      const shares = samples.flatMap((sample) => (sample.seed === seed ? [sample.share] : []));
      const starts = ascending([0, ...shares]).filter((share) => share < 1);
      return combinations.flatMap((known) => starts.map((start) => new Map([...known, [seed, start]])));
    },
    [new Map()],
  );
}
