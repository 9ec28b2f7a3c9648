import { inRange, showRange } from "../check/ranges.ts";
import { isDate, isDigest } from "../check/types.ts";
import type { ExampleSchema, Field, FieldType, Scalar } from "../check/policy.ts";

/** The metadata of one example, as it comes: null and undefined are absence. */
export type ExampleRecord = Readonly<Record<string, Scalar | readonly Scalar[] | null | undefined>>;

/** What a field may be: undefined where it is absent. */
export type FieldValue = Scalar | readonly Scalar[] | undefined;

export interface ExampleProblem {
  readonly field: string;
  /** `` `label` is 12, outside 0..9 `` */
  readonly problem: string;
}

/** What in a record does not fit the schema; fields that the schema does not name are nobody's business. */
export function validateExample(schema: ExampleSchema, record: unknown): readonly ExampleProblem[] {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    return [{ field: "", problem: "the record is not an object of fields" }];
  }
  const values = record as Readonly<Record<string, unknown>>;
  return schema.fields.flatMap((field) => {
    const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    const problem = fieldProblem(field, value);
    return problem === undefined ? [] : [{ field: field.name, problem: `\`${field.name}\` ${problem}` }];
  });
}

function fieldProblem(field: Field, value: unknown): string | undefined {
  if (value === undefined || value === null) return field.optional ? undefined : "is missing";
  const typed = typeProblem(field.type, value);
  if (typed !== undefined) return typed;
  const { range } = field;
  if (range === undefined || inRange(value as Scalar, range)) return undefined;
  return `is ${show(value)}, outside ${showRange(range)}`;
}

function typeProblem(type: FieldType, value: unknown): string | undefined {
  if (type.kind === "enum") {
    if (typeof value === "string" && type.values.includes(value)) return undefined;
    return `is ${show(value)}, not one of ${type.values.map((allowed) => JSON.stringify(allowed)).join(", ")}`;
  }
  if (type.kind === "set") {
    if (!Array.isArray(value)) return `is ${show(value)}, not a list`;
    const odd = value.find((element) => typeProblem(type.element, element) !== undefined);
    return odd === undefined ? undefined : `holds an element that ${typeProblem(type.element, odd) ?? ""}`;
  }
  if (isWhole(type) && Number.isInteger(value) && !Number.isSafeInteger(value))
    return `is ${show(value)}, and beyond 2^53 whole numbers are not exact`;
  return PRIMITIVES[type.kind].holds(value)
    ? undefined
    : `is ${show(value)}, not ${PRIMITIVES[type.kind].name}`;
}

function isWhole({ kind }: FieldType): boolean {
  return kind === "int" || kind === "steps";
}

type Primitive = Exclude<FieldType["kind"], "enum" | "set">;

const PRIMITIVES: Readonly<
  Record<Primitive, { readonly name: string; readonly holds: (value: unknown) => boolean }>
> = {
  string: { name: "a text", holds: (value) => typeof value === "string" },
  int: { name: "a whole number", holds: Number.isInteger },
  float: { name: "a finite number", holds: Number.isFinite },
  bool: { name: "true or false", holds: (value) => typeof value === "boolean" },
  date: { name: "a date (YYYY-MM-DD)", holds: (value) => typeof value === "string" && isDate(value) },
  digest: {
    name: "a digest (sha256: and 64 hex digits)",
    holds: (value) => typeof value === "string" && isDigest(value),
  },
  fraction: {
    name: "a number in 0..1",
    holds: (value) => typeof value === "number" && value >= 0 && value <= 1,
  },
  steps: { name: "a whole number of steps", holds: (value) => Number.isInteger(value) && Number(value) >= 0 },
};

function show(value: unknown): string {
  // JSON would make null of a number that is not finite.
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
