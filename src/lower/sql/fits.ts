/** Whether the value of a field fits its schema: `validateExample` in SQL. */
import type { Field, FieldType, ScalarRange } from "../../check/policy.ts";
import { literal, textLiteral } from "./literals.ts";

/** Of a value that is there; NULL counts as no. */
export function fits({ type, range }: Field, value: string): string {
  return [fitsType(type, value), ...(range === undefined ? [] : [liesIn(value, range)])].join(" AND ");
}

export function liesIn(value: string, { low, high, excludesHigh }: ScalarRange): string {
  return `(${value} >= ${literal(low)} AND ${value} ${excludesHigh ? "<" : "<="} ${literal(high)})`;
}

function fitsType(type: FieldType, value: string): string {
  switch (type.kind) {
    case "string":
    case "bool":
      return `${value} IS NOT NULL`;
    case "int":
      return whole(value);
    case "steps":
      return `${whole(value)} AND ${value} >= 0`;
    case "float":
      return `isfinite(${value})`;
    case "fraction":
      return `isfinite(${value}) AND ${value} >= 0 AND ${value} <= 1`;
    case "enum":
      return `${value} IN (${type.values.map(textLiteral).join(", ")})`;
    case "date":
      return `regexp_full_match(${value}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND TRY_CAST(${value} AS DATE) IS NOT NULL`;
    case "digest":
      return `regexp_full_match(${value}, 'sha256:[0-9a-f]{64}')`;
    case "set":
      return `${value} IS NOT NULL AND len(list_filter(${value}, lambda x: NOT coalesce(${fitsType(type.element, "x")}, false))) = 0`;
  }
}

function whole(value: string): string {
  return `isfinite(${value}) AND trunc(${value}) = ${value} AND abs(${value}) <= ${literal(Number.MAX_SAFE_INTEGER)}`;
}
