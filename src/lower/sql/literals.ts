/** Values of a policy as DuckDB's SQL writes them. */
import type { Scalar } from "../../check/policy.ts";

export function literal(value: Scalar): string {
  if (typeof value === "string") return textLiteral(value);
  return typeof value === "number" ? numberLiteral(value) : value ? "true" : "false";
}

export function textLiteral(text: string): string {
  const quoted = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return quoted.length === 1 ? (quoted[0] ?? "''") : `(${quoted.join(" || chr(0) || ")})`;
}

/** A DOUBLE to the last bit: without an exponent it would be a DECIMAL, which compares otherwise. */
export function numberLiteral(value: number): string {
  return value < 0 ? `(${value.toExponential()})` : value.toExponential();
}
