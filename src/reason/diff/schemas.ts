/** The examples that both of two policies admit, and how one schema changes into the other. */
import type { ExampleSchema, Field, FieldType, ScalarRange } from "../../check/policy.ts";
import { showRange } from "../../check/ranges.ts";
import { valuesOf } from "../candidates.ts";
import { directionOf, placeOf, type Direction, type PartChange } from "./difference.ts";
import { meaningText } from "../meaning.ts";

export interface CommonSchema {
  /** Fields of both as both admit them, and those of one alone: a record may have fields that nobody asks about. */
  readonly fields: ReadonlyMap<string, Field>;
  /** A required field with no value that both admit. */
  readonly conflict?: string;
  /** Fields whose common values are not known exactly: a date here, any text there. */
  readonly unclear: ReadonlySet<string>;
}

export function intersectSchemas(before: ExampleSchema, after: ExampleSchema): CommonSchema {
  const earlier = new Map(before.fields.map((field) => [field.name, field]));
  const later = new Map(after.fields.map((field) => [field.name, field]));
  const fields = new Map<string, Field>([...earlier, ...later]);
  const unclear = new Set<string>();
  for (const [name, field] of later) {
    const other = earlier.get(name);
    if (other === undefined) continue;
    const common = intersectFields(other, field);
    fields.set(name, common.field);
    if (common.isUnclear) unclear.add(name);
  }
  const conflict = [...fields.values()].find(
    (field) => valuesOf(field, [])?.length === 0 && !field.optional,
  )?.name;
  return { fields, unclear, ...(conflict !== undefined && { conflict }) };
}

/** Added, removed and retyped fields. A schema that admits fewer examples is the stricter one. */
export function compareSchemas(before: ExampleSchema, after: ExampleSchema): readonly PartChange[] {
  const removed = before.fields
    .filter(({ name }) => after.fields.every((field) => field.name !== name))
    .map((field): PartChange => ({
      ...{ part: "field", change: "removed", direction: "looser", name: field.name, notes: [] },
      before: placeOf(field),
    }));
  const others = after.fields.flatMap((field): readonly PartChange[] => {
    const old = before.fields.find(({ name }) => name === field.name);
    const named = { part: "field", name: field.name, after: placeOf(field) } as const;
    if (old === undefined) return [{ ...named, change: "added", direction: "stricter", notes: [] }];
    if (meaningText(old) === meaningText(field)) return [];
    const direction = compareFields(old, field);
    const note = `\`${showField(old)}\` becomes \`${showField(field)}\``;
    return [{ ...named, change: "changed", direction, before: placeOf(old), notes: [note] }];
  });
  return [...removed, ...others];
}

function compareFields(before: Field, after: Field): Direction {
  const { field, isUnclear } = intersectFields(before, after);
  const common = normalized(field);
  return directionOf({
    isAtLeastAsStrict: isUnclear
      ? before.type.kind === "string" && (before.optional || !after.optional)
      : common === normalized(after),
    isAtLeastAsLoose: isUnclear
      ? after.type.kind === "string" && (after.optional || !before.optional)
      : common === normalized(before),
  });
}

/** The same text for fields that admit the same values. */
function normalized({ type, optional, range }: Field): string {
  const own = range ?? impliedRange(type);
  const inclusive =
    isWhole(type) && own?.excludesHigh === true
      ? { ...own, high: Number(own.high) - 1, excludesHigh: false }
      : own;
  return meaningText({ type: normalizedType(type), optional, range: inclusive ?? null });
}

function normalizedType(type: FieldType): unknown {
  if (type.kind === "set") return { kind: "set", element: normalizedType(type.element) };
  if (type.kind === "enum") return { kind: "enum", values: type.values.toSorted() };
  return isNumeric(type) ? (isWhole(type) ? "int" : "float") : type.kind;
}

interface CommonField {
  readonly field: Field;
  readonly isUnclear: boolean;
}

function intersectFields(before: Field, after: Field): CommonField {
  const shared = { name: after.name, span: after.span, optional: before.optional && after.optional };
  const type = intersectTypes(before.type, after.type);
  if (type === undefined) return { field: { ...shared, type: NO_VALUE }, isUnclear: false };
  const range = intersectRanges(
    before.range ?? impliedRange(before.type),
    after.range ?? impliedRange(after.type),
  );
  const takesRange = type.kind !== "enum" && type.kind !== "set";
  return {
    field: { ...shared, type, ...(takesRange && range !== undefined && { range }) },
    isUnclear: isUnclearPair(before.type, after.type),
  };
}

const NO_VALUE: FieldType = { kind: "enum", values: [] };

/** Undefined where no value has both types; of dates, digests and texts the narrower. */
function intersectTypes(left: FieldType, right: FieldType): FieldType | undefined {
  if (left.kind === "set" || right.kind === "set") {
    if (left.kind !== "set" || right.kind !== "set") return undefined;
    return { kind: "set", element: intersectTypes(left.element, right.element) ?? NO_VALUE };
  }
  if (left.kind === "enum" || right.kind === "enum") return intersectEnum(left, right);
  if (left.kind === right.kind) return left;
  if (isNumeric(left) && isNumeric(right))
    return isWhole(left) || isWhole(right) ? { kind: "int" } : { kind: "float" };
  if (left.kind === "string" && isTextual(right)) return right;
  return right.kind === "string" && isTextual(left) ? left : undefined;
}

function intersectEnum(left: FieldType, right: FieldType): FieldType | undefined {
  const [narrow, other] = right.kind === "enum" ? [right, left] : [left, right];
  if (narrow.kind !== "enum") return undefined;
  if (other.kind === "enum")
    return { kind: "enum", values: narrow.values.filter((value) => other.values.includes(value)) };
  return isTextual(other) ? narrow : undefined;
}

function intersectRanges(
  left: ScalarRange | undefined,
  right: ScalarRange | undefined,
): ScalarRange | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  const lower = left.high < right.high || (left.high === right.high && left.excludesHigh) ? left : right;
  return {
    low: left.low > right.low ? left.low : right.low,
    high: lower.high,
    excludesHigh: lower.excludesHigh,
  };
}

function impliedRange({ kind }: FieldType): ScalarRange | undefined {
  if (kind === "fraction") return { low: 0, high: 1, excludesHigh: false };
  return kind === "steps" ? { low: 0, high: Number.MAX_SAFE_INTEGER, excludesHigh: false } : undefined;
}

/** Types of which not every value of one can be told to be a value of the other. */
function isUnclearPair(left: FieldType, right: FieldType): boolean {
  if (left.kind === "set" && right.kind === "set")
    return (
      isUnclearPair(left.element, right.element) ||
      (isNumeric(left.element) && left.element.kind !== right.element.kind)
    );
  const kinds = new Set([left.kind, right.kind]);
  if (kinds.size === 1 || (kinds.has("enum") && kinds.has("string"))) return false;
  return [left, right].every((type) => isTextual(type) || type.kind === "enum");
}

function isNumeric({ kind }: FieldType): boolean {
  return kind === "int" || kind === "float" || kind === "fraction" || kind === "steps";
}

function isWhole({ kind }: FieldType): boolean {
  return kind === "int" || kind === "steps";
}

function isTextual({ kind }: FieldType): boolean {
  return kind === "string" || kind === "date" || kind === "digest";
}

function showField({ type, optional, range }: Field): string {
  return `${showType(type)}${optional ? "?" : ""}${range === undefined ? "" : ` in ${showRange(range)}`}`;
}

function showType(type: FieldType): string {
  if (type.kind === "enum") return `enum(${type.values.map((value) => JSON.stringify(value)).join(", ")})`;
  return type.kind === "set" ? `set<${showType(type.element)}>` : type.kind;
}
