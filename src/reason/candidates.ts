import type { Field, Predicate, Scalar, ScalarRange } from "../check/policy.ts";
import { inRange } from "../check/ranges.ts";
import { textClasses } from "./text-classes.ts";

/** A predicate on one field. */
export type Leaf = Exclude<Predicate, { kind: "and" | "or" | "not" | "cohort" | "all" }>;

/**
 * Values enough to stand for every value that the schema admits for a field, as far as these predicates tell them
 * apart; all of them admitted, and of a set the empty one alone. Undefined where that cannot be said with reasonable
 * effort.
 */
export function valuesOf(
  { type, range }: Field,
  leaves: readonly Leaf[],
): readonly (Scalar | readonly Scalar[])[] | undefined {
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
        // `steps` and the edges of a float comparison: only whole numbers are values, and those that are exact.
        around(
          edges.flatMap((edge) => [Math.floor(edge), Math.ceil(edge)]),
          1,
        ).filter(Number.isSafeInteger),
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
    case "set":
      return [[]];
  }
}

/** Values enough for what only the run knows; losses and entropies may be anything, not a number among it. */
export function runValuesOf(name: string, leaves: readonly Leaf[]): readonly number[] {
  const mentioned = mentionedValues(leaves).map(Number);
  const values =
    name === "epoch" || name === "step"
      ? around(mentioned, 1).filter((value) => Number.isInteger(value) && value >= 0)
      : [...between(mentioned), Number.NaN];
  return values.length === 0 ? [0] : values;
}

/** Every value that a predicate compares with. */
export function mentionedValues(leaves: readonly Leaf[]): readonly Scalar[] {
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

export function ascending(values: readonly number[]): readonly number[] {
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
