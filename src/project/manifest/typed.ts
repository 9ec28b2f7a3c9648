/** From the values of a file to records that a policy's `example { … }` can be held against. */
import type { ExampleSchema, FieldType } from "../../check/policy.ts";
import type { ExampleRecord } from "../../reason/example.ts";
import { putMember } from "./rows.ts";

/**
 * Reads rows whose values have types of their own, as those of JSON and Parquet. What is declared is taken as it is, so
 * that what does not fit is found where every record is held against the schema; of what is not declared, texts,
 * numbers, truths and lists of them are kept.
 *
 * @param undeclared Whether fields that the schema does not name are of interest.
 */
export function readTypedValues(
  { fields }: ExampleSchema,
  undeclared: "keep" | "drop",
): (values: Readonly<Record<string, unknown>>) => ExampleRecord {
  const declared = fields.map(({ name }) => name);
  const known = new Set(declared);
  return (values) => {
    const record: Record<string, unknown> = {};
    const put = (name: string, value: unknown): void => {
      if (value !== undefined) putMember(record, name, value);
    };
    for (const name of declared) if (Object.hasOwn(values, name)) put(name, plain(values[name]));
    if (undeclared === "keep")
      for (const name of Object.keys(values)) {
        const value = known.has(name) ? undefined : plain(values[name]);
        if (!isNested(value)) put(name, value);
      }
    return asRecord(record);
  };
}

/** Reads rows of texts, as those of CSV: an empty text is absence, and a field's type says what a text means. */
export function readTexts(
  { fields }: ExampleSchema,
  undeclared: "keep" | "drop",
): (values: Readonly<Record<string, unknown>>) => ExampleRecord {
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  const declared = [...types.keys()];
  return (values) => {
    const record: Record<string, unknown> = {};
    for (const name of undeclared === "drop" ? declared : Object.keys(values)) {
      const text = values[name];
      const type = types.get(name);
      if (typeof text === "string" && text !== "" && name !== "")
        putMember(record, name, type === undefined ? text : readText(text, type));
    }
    return asRecord(record);
  };
}

function asRecord(record: Readonly<Record<string, unknown>>): ExampleRecord {
  // Whether the values are what they should be is asked of all records at one place, `validateExample`.
  return record as ExampleRecord;
}

function plain(value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return textOfMoment(value);
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    return Array.from(value as ArrayLike<unknown>, (element) => plain(element) ?? null);
  return value;
}

/** A day where nothing but the day is said. */
function textOfMoment(moment: Date): string {
  if (Number.isNaN(moment.getTime())) return "not a date";
  return moment.toISOString().replace(/T00:00:00\.000Z$/, "");
}

function isNested(value: unknown): boolean {
  if (!Array.isArray(value)) return typeof value === "object";
  return value.some((element) => typeof element === "object");
}

/** What a text says in a field of a type; the text itself where it says nothing of that type. */
function readText(text: string, type: FieldType): unknown {
  switch (type.kind) {
    case "int":
    case "float":
    case "fraction":
    case "steps": {
      const number = NUMBER.test(trim(text)) ? Number(trim(text)) : Number.NaN;
      return Number.isFinite(number) ? number : text;
    }
    case "bool":
      return TRUTHS.get(trim(text).toLowerCase()) ?? text;
    case "date":
      return trim(text);
    case "set":
      return readSet(text, type.element);
    default:
      return text;
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

/** A JSON list, or elements with `;` between them. */
function readSet(text: string, element: FieldType): unknown {
  if (!trim(text).startsWith("["))
    return text
      .split(";")
      .map(trim)
      .filter((part) => part !== "")
      .map((part) => readText(part, element));
  try {
    return plain(JSON.parse(text));
  } catch {
    return text;
  }
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
