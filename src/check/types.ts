import type { TypeExpression } from "../syntax/ast.ts";
import type { Report } from "./context.ts";
import type { FieldType } from "./policy.ts";

/** The type that an expression of types says; its `?` is a property of the field, not of the type. */
export function typeOf(expression: TypeExpression): FieldType {
  switch (expression.kind) {
    case "PrimitiveType":
      return { kind: expression.name };
    case "EnumType":
      return { kind: "enum", values: expression.values.map((value) => value.value) };
    case "SetType":
      return { kind: "set", element: typeOf(expression.element) };
  }
}

/** Whether a type is that of one value which is always there; reports what is not. */
export function isScalarType(expression: TypeExpression, what: string, report: Report): boolean {
  if (expression.kind !== "SetType" && !expression.optional) return true;
  report(
    "GOV3016",
    expression.span,
    `${what} cannot be ${expression.kind === "SetType" ? "a set" : "optional"}`,
  );
  return false;
}

export function showType(type: FieldType): string {
  switch (type.kind) {
    case "enum":
      return `enum(${type.values.map((value) => JSON.stringify(value)).join(", ")})`;
    case "set":
      return `set<${showType(type.element)}>`;
    default:
      return type.kind;
  }
}

/** As a sentence about a value names it: `a \`string\``, `an \`int\``. */
export function nameType(type: FieldType): string {
  return `${/^[aeiou]/.test(type.kind) ? "an" : "a"} \`${showType(type)}\``;
}

export function sameType(left: FieldType, right: FieldType): boolean {
  if (left.kind === "enum" && right.kind === "enum") {
    return (
      left.values.length === right.values.length && left.values.every((value) => right.values.includes(value))
    );
  }
  if (left.kind === "set" && right.kind === "set") return sameType(left.element, right.element);
  return left.kind === right.kind;
}

/** Types whose values have an order. */
export function isOrdered(type: FieldType): boolean {
  return ["int", "float", "fraction", "steps", "date"].includes(type.kind);
}

export function isNumeric(type: FieldType): boolean {
  return ["int", "float", "fraction", "steps"].includes(type.kind);
}

/** Whether a text is a day of the calendar, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const leap = (Number(year) % 4 === 0 && Number(year) % 100 !== 0) || Number(year) % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1];
  return days !== undefined && Number(day) >= 1 && Number(day) <= days;
}

/** Whether a text is `sha256:` and 64 lower-case hex digits. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
