/**
 * What a column holds, as DuckDB reads it, turned into the value that a field has in a record: NULL where the column
 * says nothing of the field's type. INVARIANT: the same records as `project/manifest` reads.
 */
import type { Field, FieldType } from "../../check/policy.ts";

/** How a column comes out of a file. */
export type Column =
  /** Of CSV: a text, NULL where it is empty. */
  | { readonly kind: "text" }
  /** Of JSON Lines: the member's value as JSON. */
  | { readonly kind: "json" }
  /** Of Parquet, by the name that DuckDB gives the type: `BIGINT`, `VARCHAR[]`. */
  | { readonly kind: "typed"; readonly type: string }
  /** The file has none. */
  | { readonly kind: "absent" };

export interface ColumnValue {
  /** Whether there is anything. */
  readonly present: string;
  /** DOUBLE, VARCHAR, BOOLEAN, or a list of them with NULL for elements of another type. */
  readonly value: string;
  /** Whether it is the empty text. */
  readonly blank: string;
}

/** The value of a field from a column named `name`; undefined where no SQL is known for it. */
export function columnValue({ type }: Field, column: Column, name: string): ColumnValue | undefined {
  if (column.kind === "absent")
    return { present: "false", value: `CAST(NULL AS ${sqlType(type)})`, blank: "false" };
  const value = { text: textValue, json: jsonValue, typed: typedValue(column) }[column.kind](name, type);
  if (value === undefined) return undefined;
  const present = column.kind === "json" ? jsonPresence(name) : `${name} IS NOT NULL`;
  const blank = {
    text: type.kind === "date" ? `${trimmed(name)} = ''` : "false",
    json: `CAST(${name} AS VARCHAR) = '""'`,
    typed:
      column.kind === "typed" && faceOf(column.type) === "text" ? `CAST(${name} AS VARCHAR) = ''` : "false",
  }[column.kind];
  return { present, value, blank };
}

type Read = (name: string, type: FieldType) => string | undefined;

type Face = "number" | "text" | "truth" | "list";

function faceFor({ kind }: FieldType): Face {
  if (kind === "set") return "list";
  if (kind === "bool") return "truth";
  return kind === "int" || kind === "float" || kind === "fraction" || kind === "steps" ? "number" : "text";
}

function sqlType(type: FieldType): string {
  if (type.kind === "set") return `${sqlType(type.element)}[]`;
  return { number: "DOUBLE", text: "VARCHAR", truth: "BOOLEAN", list: "VARCHAR[]" }[faceFor(type)];
}

// ── CSV ────────────────────────────────────────────────────────────────────────────────────────────────────────

const textValue: Read = (name, type) => {
  switch (faceFor(type)) {
    case "number":
      return `CASE WHEN regexp_full_match(${trimmed(name)}, '${NUMBER}') THEN TRY_CAST(ltrim(${trimmed(name)}, '+') AS DOUBLE) END`;
    case "truth":
      return `CASE lower(${trimmed(name)}) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case "text":
      return type.kind === "date" ? trimmed(name) : name;
    case "list": {
      if (type.kind !== "set") return undefined;
      const parts = `list_filter(list_transform(string_split(${name}, ';'), lambda y: ${trimmed("y")}), lambda y: y <> '')`;
      const own = elements(parts, type.element, textValue);
      const json = jsonValue(`TRY_CAST(${name} AS JSON)`, type);
      return own && json && `CASE WHEN starts_with(${trimmed(name)}, '[') THEN ${json} ELSE ${own} END`;
    }
  }
};

const NUMBER = "[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?";

function trimmed(name: string): string {
  return `trim(${name}, ' ' || chr(9))`;
}

function elements(list: string, type: FieldType, read: Read): string | undefined {
  // A set of sets: nothing that a condition could ask about.
  if (type.kind === "set") return undefined;
  const element = read("x", type);
  return element && `list_transform(${list}, lambda x: ${element})`;
}

// ── JSON ───────────────────────────────────────────────────────────────────────────────────────────────────────

const jsonValue: Read = (name, type) => {
  const when = (types: string, value: string): string =>
    `CASE WHEN json_type(${name}) IN (${types}) THEN ${value} END`;
  switch (faceFor(type)) {
    case "number":
      return when("'BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE'", `TRY_CAST(${name} AS DOUBLE)`);
    case "truth":
      return when("'BOOLEAN'", `TRY_CAST(${name} AS BOOLEAN)`);
    case "text":
      return when("'VARCHAR'", `${name} ->> '$'`);
    case "list": {
      const own =
        type.kind === "set" ? elements(`json_extract(${name}, '$[*]')`, type.element, jsonValue) : undefined;
      return own && when("'ARRAY'", own);
    }
  }
};

/** DuckDB reads numbers that JSON does not have, such as NaN: the file is malformed, and the query ends. */
function jsonPresence(name: string): string {
  const isNone = `json_type(${name}) = 'DOUBLE' AND NOT isfinite(TRY_CAST(${name} AS DOUBLE))`;
  return `CASE WHEN ${isNone} THEN error('no JSON: ' || CAST(${name} AS VARCHAR)) ELSE ${name} IS NOT NULL AND json_type(${name}) <> 'NULL' END`;
}

// ── Parquet ────────────────────────────────────────────────────────────────────────────────────────────────────

function typedValue(column: Column): Read {
  return (name, type) => {
    if (column.kind !== "typed") return undefined;
    if (column.type === "JSON") return jsonValue(name, type);
    const face = faceOf(column.type);
    if (face === undefined) return undefined;
    if (face !== faceFor(type)) return `CAST(NULL AS ${sqlType(type)})`;
    if (face === "list") {
      const element: Column = { kind: "typed", type: column.type.slice(0, -2) };
      return type.kind === "set" ? elements(name, type.element, typedValue(element)) : undefined;
    }
    if (face === "number") return `CAST(${name} AS DOUBLE)`;
    if (/^(?:DATE|TIMESTAMP)/.test(column.type)) return momentText(name);
    return face === "text" ? `CAST(${name} AS VARCHAR)` : name;
  };
}

function faceOf(type: string): Face | undefined {
  if (type.endsWith("[]")) return "list";
  if (type === "BOOLEAN") return "truth";
  if (/^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return "number";
  return /^(?:VARCHAR|UUID|DATE|TIMESTAMP.*|ENUM\(.*\))$/.test(type) ? "text" : undefined;
}

/** A day where nothing but the day is said, else ISO 8601 in UTC to the millisecond. */
function momentText(name: string): string {
  const moment = `make_timestamp_ms(epoch_ms(${name}))`;
  return `CASE WHEN epoch_ms(${name}) % 86400000 = 0 THEN strftime(${moment}, '%Y-%m-%d') ELSE strftime(${moment}, '%Y-%m-%dT%H:%M:%S.%gZ') END`;
}
