/** Values as they stand in a policy, read as the type that their place asks for. */
import { nearestName } from "../source/nearest.ts";
import type {
  Duration as DurationNode,
  NumberLiteral,
  PercentLiteral,
  Range,
  Reference,
  Value,
  Weight,
  Window as WindowNode,
} from "../syntax/ast.ts";
import { TOP_LEVEL, type CheckContext, type Environment } from "./context.ts";
import type { Duration, FieldType, Scalar, ScalarRange, Window } from "./policy.ts";
import { isDate, isDigest, isNumeric, isOrdered, nameType, showType, typeOf } from "./types.ts";

/**
 * A value with its type. `value` is undefined where it is not known yet: inside a ruleset that is checked by itself,
 * for all arguments that it may get. Then the type is checked, and what depends on the value is left to the `apply`.
 */
interface TypedValue {
  readonly type: FieldType;
  readonly value: Scalar | undefined;
}

/** What a read gives: nothing after a report, else the value where it is known. */
export type Read<T> = { readonly value: T | undefined } | undefined;

/** A value of a type; reports what does not fit. */
export function readScalar(
  node: Value,
  expected: FieldType,
  context: CheckContext,
  environment: Environment,
): Read<Scalar> {
  const typed = typeValue(node, context, environment);
  if (typed === undefined) return undefined;
  const { value } = typed;
  if (!accepts(expected, typed)) {
    context.report(
      "GOV3001",
      node.span,
      `${showValue(node)} is ${nameValue(typed, node)}, and ${expected.kind === "float" ? "a number" : `\`${showType(expected)}\``} is expected here`,
      {
        help: expected.kind === "date" ? 'dates are written `"2026-01-31"`' : undefined,
      },
    );
    return undefined;
  }
  if (value === undefined) return { value };
  const shown = showKnown(node, value);
  if (expected.kind === "enum" && !expected.values.includes(String(value))) {
    const near = nearestName(String(value), expected.values);
    context.report(
      "GOV3004",
      node.span,
      `${shown} is not one of ${expected.values.map((allowed) => `\`"${allowed}"\``).join(", ")}`,
      {
        help: near === undefined ? undefined : `did you mean \`"${near}"\`?`,
        fix:
          near === undefined || node.kind === "Reference"
            ? undefined
            : { title: `write "${near}"`, edits: [{ span: node.span, replacement: JSON.stringify(near) }] },
      },
    );
    return undefined;
  }
  if (expected.kind === "date" && !isDate(String(value))) {
    context.report("GOV3007", node.span, `${shown} is not a day of the calendar`, {
      help: 'dates are written `"2026-01-31"`',
    });
    return undefined;
  }
  if (expected.kind === "digest" && !isDigest(String(value))) {
    context.report("GOV3007", node.span, `${shown} is not a digest`, {
      help: "digests are written `sha256:` and 64 lower-case hex digits",
    });
    return undefined;
  }
  if (expected.kind === "fraction" && !(Number(value) >= 0 && Number(value) <= 1)) {
    context.report("GOV3002", node.span, `${shown} is not a fraction: it lies outside 0..1`);
    return undefined;
  }
  if (expected.kind === "steps" && Number(value) < 0) {
    context.report("GOV3002", node.span, `${shown} is below 0`);
    return undefined;
  }
  return { value };
}

/** Any number or percent. */
export function readNumber(node: Value, context: CheckContext, environment: Environment): Read<number> {
  const read = readScalar(node, { kind: "float" }, context, environment);
  return read && { value: read.value === undefined ? undefined : Number(read.value) };
}

/** A whole number from 0. */
export function readCount(
  node: NumberLiteral | Reference,
  context: CheckContext,
  environment: Environment,
): Read<number> {
  const read = readScalar(node, { kind: "int" }, context, environment);
  if (read?.value === undefined) return read && { value: undefined };
  const count = Number(read.value);
  if (count >= 0) return { value: count };
  context.report("GOV3002", node.span, `${showKnown(node, count)} is below 0`);
  return undefined;
}

/** block = 0, full = 1, a percent or a number from 0. */
export function readWeight(node: Weight, context: CheckContext, environment: Environment): Read<number> {
  if (node.kind === "KeywordWeight") return { value: node.keyword === "block" ? 0 : 1 };
  const read = readNumber(node, context, environment);
  if (read?.value === undefined) return read;
  if (read.value >= 0) return read;
  context.report("GOV3008", node.span, `the weight ${showKnown(node, read.value)} is below 0`, {
    help: "`block` (0) is the smallest weight",
  });
  return undefined;
}

/** A number of steps, epochs or examples above 0. */
export function readDuration(
  node: DurationNode,
  context: CheckContext,
  environment: Environment,
): Read<Duration> {
  const { count, unit } = node;
  const typed = typeValue(count, context, environment);
  if (typed === undefined) return undefined;
  if (unit === undefined && typed.type.kind !== "steps") {
    context.report(
      "GOV3001",
      node.span,
      `${showValue(count)} is ${nameType(typed.type)}, and a duration is expected here`,
      {
        help: "write `steps`, `epochs` or `examples` after it, or declare the param as `steps`",
      },
    );
    return undefined;
  }
  if (unit !== undefined && unit !== "steps" && typed.type.kind === "steps") {
    context.report(
      "GOV3014",
      node.span,
      `${showValue(count)} is a number of steps already, and cannot be a number of ${unit}`,
      { help: `leave \`${unit}\` out, or declare the param as \`int\`` },
    );
    return undefined;
  }
  const read = readCount(count, context, environment);
  if (read === undefined) return undefined;
  return { value: read.value === undefined ? undefined : { count: read.value, unit: unit ?? "steps" } };
}

/** A duration that is not 0. */
export function readPositiveDuration(
  node: DurationNode,
  context: CheckContext,
  environment: Environment,
): Read<Duration> {
  const read = readDuration(node, context, environment);
  if (read?.value?.count !== 0) return read;
  context.report("GOV3013", node.span, "a duration of 0 never holds", { help: "write at least 1" });
  return undefined;
}

/** A window in which there is time. */
export function readWindow(
  node: WindowNode | undefined,
  context: CheckContext,
  environment: Environment,
): Window {
  if (node === undefined) return {};
  const from = node.from && readDuration(node.from, context, environment)?.value;
  const until = node.until && readDuration(node.until, context, environment)?.value;
  if (
    until !== undefined &&
    (until.count === 0 || (from?.unit === until.unit && from.count >= until.count))
  ) {
    context.report("GOV3003", node.span, "the window is empty: it ends before it begins", {
      help: "`from` is inclusive, `until` exclusive",
    });
  }
  return { ...(from && { from }), ...(until && { until }) };
}

/** The range that a field or a param gives itself, whose type must have an order. */
export function readOwnRange(node: Range, type: FieldType, context: CheckContext): Read<ScalarRange> {
  if (isOrdered(type)) return readRange(node, type, context, TOP_LEVEL);
  context.report("GOV3005", node.span, `\`${showType(type)}\` has no order, so it cannot have a range`);
  return undefined;
}

/** A range of numbers or dates with something in it. */
export function readRange(
  node: Range,
  type: FieldType,
  context: CheckContext,
  environment: Environment,
): Read<ScalarRange> {
  const bound: FieldType = isNumeric(type) ? { kind: "float" } : type;
  const low = readScalar(node.low, bound, context, environment);
  const high = readScalar(node.high, bound, context, environment);
  if (low === undefined || high === undefined) return undefined;
  if (low.value === undefined || high.value === undefined) return { value: undefined };
  if (low.value > high.value || (node.excludesHigh && low.value === high.value)) {
    context.report(
      "GOV3003",
      node.span,
      `nothing lies in this range: ${showKnown(node.low, low.value)} is ${low.value === high.value ? "its excluded end" : `above ${showKnown(node.high, high.value)}`}`,
    );
    return undefined;
  }
  return { value: { low: asBound(low.value), high: asBound(high.value), excludesHigh: node.excludesHigh } };
}

/** A value as its author wrote it, in backticks. */
export function showValue(node: Value): string {
  switch (node.kind) {
    case "StringLiteral":
      return `\`${JSON.stringify(node.value)}\``;
    case "NumberLiteral":
    case "PercentLiteral":
      return `\`${node.raw}\``;
    case "BooleanLiteral":
      return `\`${node.value}\``;
    case "Reference":
      return `\`${node.name.text}\``;
  }
}

/** The same with the value that a param has. */
export function showKnown(node: Value, value: Scalar): string {
  return node.kind === "Reference" ? `${showValue(node)} (${JSON.stringify(value)})` : showValue(node);
}

function asBound(value: Scalar): number | string {
  return typeof value === "boolean" ? Number(value) : value;
}

function typeValue(node: Value, context: CheckContext, environment: Environment): TypedValue | undefined {
  switch (node.kind) {
    case "StringLiteral":
      return { type: { kind: "string" }, value: node.value };
    case "NumberLiteral":
    case "PercentLiteral":
      // The IR is JSON, which has no infinity.
      if (!Number.isFinite(node.value)) {
        context.report("GOV3002", node.span, `${showValue(node)} is too large to be told from infinity`, {
          help: "the largest number is about `1.8e308`; leave a limit out where there is none",
        });
        return undefined;
      }
      if (node.kind === "PercentLiteral") return { type: { kind: "fraction" }, value: node.value };
      return { type: { kind: node.integer ? "int" : "float" }, value: node.value };
    case "BooleanLiteral":
      return { type: { kind: "bool" }, value: node.value };
    case "Reference":
      return typeReference(node, context, environment);
  }
}

function typeReference(
  node: Reference,
  context: CheckContext,
  environment: Environment,
): TypedValue | undefined {
  const definition = context.bound.definitionOf(node.name);
  if (definition?.kind === "param")
    return { type: typeOf(definition.declaration.type), value: context.params.get(definition) };
  if (definition?.kind !== "parameter" || definition.declaration.type.kind === "EntityType") return undefined;
  const argument = environment.arguments.get(definition);
  return {
    type: typeOf(definition.declaration.type),
    value: argument?.kind === "value" ? argument.value : undefined,
  };
}

/** Literals are typed by their place: a text may be a date, a whole number a float. Params have the type they say. */
function accepts(expected: FieldType, { type, value }: TypedValue): boolean {
  switch (expected.kind) {
    case "float":
    case "fraction":
      return isNumeric(type);
    case "int":
    case "steps":
      return (
        type.kind === "int" || type.kind === "steps" || (type.kind === "float" && Number.isInteger(value))
      );
    case "enum":
    case "date":
    case "digest":
    case "string":
      return (
        type.kind === "string" ||
        type.kind === expected.kind ||
        (expected.kind === "string" && type.kind === "enum")
      );
    case "bool":
      return type.kind === "bool";
    case "set":
      return false;
  }
}

function nameValue({ type }: TypedValue, node: Value): string {
  return node.kind === "PercentLiteral" ? "a percentage" : nameType(type);
}

export type NumberNode = NumberLiteral | PercentLiteral | Reference;
