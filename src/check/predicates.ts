import type { Label } from "../source/diagnostic.ts";
import { suggestName } from "../source/nearest.ts";
import type { Name, Predicate as PredicateNode, Value } from "../syntax/ast.ts";
import { entityOf, type CheckContext, type Environment } from "./context.ts";
import { DYNAMIC_FIELDS, type DynamicField, type FieldType, type Predicate, type Scalar } from "./policy.ts";
import { isOrdered, showType } from "./types.ts";
import { readCount, readNumber, readRange, readScalar, showValue } from "./values.ts";

/**
 * The predicate of a cohort; undefined after a report. `present` are the optional fields that are known to be there
 * at this point, because a `has` stands before it.
 */
export function readPredicate(
  node: PredicateNode,
  context: CheckContext,
  environment: Environment,
  present: ReadonlySet<string> = new Set(),
): Predicate | undefined {
  const read = (operand: PredicateNode, known: ReadonlySet<string>): Predicate | undefined =>
    readPredicate(operand, context, environment, known);
  switch (node.kind) {
    case "GroupPredicate":
      return read(node.inner, present);
    case "NotPredicate": {
      const operand = read(node.operand, present);
      return operand && { kind: "not", operand };
    }
    case "LogicalPredicate": {
      const known = new Set(present);
      const operands = node.operands.map((operand) => {
        const result = read(operand, known);
        // Later operands are only looked at when this one held (`and`), or did not hold (`or`).
        for (const field of guaranteed(operand, node.operator === "and")) known.add(field);
        return result;
      });
      return operands.every((operand) => operand !== undefined)
        ? { kind: node.operator, operands }
        : undefined;
    }
    case "HasPredicate":
      return readHas(node.field, context);
    case "CohortReference": {
      const name = entityOf(node.name, context, environment);
      return name === undefined ? undefined : name === "all" ? { kind: "all" } : { kind: "cohort", name };
    }
    case "SamplePredicate": {
      if (context.contested.has("id")) return undefined;
      const id = context.schema.get("id");
      if (id?.type.kind !== "string" || id.optional) {
        context.report("GOV3012", node.span, "`sample` needs a field `id: string` that every example has", {
          help: "the sample is drawn by a hash of the id, so that it is the same on every machine",
        });
        return undefined;
      }
      const share = readNumber(node.share, context, environment);
      const seed = node.seed === undefined ? { value: 0 } : readCount(node.seed, context, environment);
      if (share === undefined || seed === undefined) return undefined;
      if (share.value !== undefined && !(share.value >= 0 && share.value <= 1)) {
        context.report(
          "GOV3002",
          node.share.span,
          `${showValue(node.share)} is not a share: it lies outside 0%..100%`,
        );
        return undefined;
      }
      return { kind: "sample", share: share.value ?? 0, seed: seed.value ?? 0 };
    }
    default:
      return readFieldPredicate(node, context, environment, present);
  }
}

type FieldPredicate = Extract<PredicateNode, { field: Name }>;

function readFieldPredicate(
  node: Exclude<FieldPredicate, { kind: "HasPredicate" }>,
  context: CheckContext,
  environment: Environment,
  present: ReadonlySet<string>,
): Predicate | undefined {
  const type = fieldType(node.field, context);
  if (type === undefined) return undefined;
  requirePresent(node, context, present);
  const field = node.field.text;
  const mismatch = (message: string, help?: string): undefined => {
    context.report("GOV3005", node.span, message, { help, related: fieldPlace(field, context) });
    return undefined;
  };
  switch (node.kind) {
    case "ComparisonPredicate": {
      if (type.kind === "set")
        return mismatch(
          `\`${field}\` is a set, and sets are not compared`,
          `write \`${valueText(node.value)} in ${field}\``,
        );
      if (node.operator !== "==" && node.operator !== "!=" && !isOrdered(type)) {
        return mismatch(
          `\`${field}\` is \`${showType(type)}\`, which has no order: \`${node.operator}\` does not apply`,
          "use `==`, `!=` or `in { … }`",
        );
      }
      const value = readComparable(node.value, type, context, environment);
      return value && { kind: "compare", field, operator: node.operator, value: value.value ?? "" };
    }
    case "InRangePredicate": {
      if (!isOrdered(type))
        return mismatch(
          `\`${field}\` is \`${showType(type)}\`, which has no order: a range does not apply`,
          "use `in { … }`",
        );
      const range = readRange(node.range, type, context, environment);
      if (range === undefined) return undefined;
      return negateIf(node.negated, {
        kind: "in_range",
        field,
        range: range.value ?? { low: 0, high: 0, excludesHigh: false },
      });
    }
    case "InSetPredicate": {
      if (type.kind === "set")
        return mismatch(`\`${field}\` is a set itself`, `ask for one element: \`"…" in ${field}\``);
      const values = node.values.map((value) => readComparable(value, type, context, environment));
      if (!values.every((value) => value !== undefined)) return undefined;
      return negateIf(node.negated, {
        kind: "in_set",
        field,
        values: values.flatMap(({ value }) => (value === undefined ? [] : [value])),
      });
    }
    case "MembershipPredicate": {
      if (type.kind !== "set")
        return mismatch(
          `\`${field}\` is \`${showType(type)}\`, not a set`,
          type.kind === "string" || type.kind === "enum"
            ? `write \`${field} == ${valueText(node.value)}\``
            : undefined,
        );
      const value = readScalar(node.value, type.element, context, environment);
      return value && negateIf(node.negated, { kind: "contains", field, value: value.value ?? "" });
    }
    case "MatchesPredicate": {
      if (type.kind !== "string" && type.kind !== "enum")
        return mismatch(`\`${field}\` is \`${showType(type)}\`, and \`matches\` is for texts`);
      const glob = readScalar(node.pattern, { kind: "string" }, context, environment);
      return glob && { kind: "matches", field, glob: String(glob.value ?? "") };
    }
  }
}

/** Whole numbers are compared with any number: `count > 2.5` is a sensible thing to ask. */
function readComparable(
  node: Value,
  type: FieldType,
  context: CheckContext,
  environment: Environment,
): { readonly value: Scalar | undefined } | undefined {
  return readScalar(
    node,
    type.kind === "int" || type.kind === "fraction" ? { kind: "float" } : type,
    context,
    environment,
  );
}

function readHas(name: Name, context: CheckContext): Predicate | undefined {
  if (isDynamic(name.text)) return { kind: "has", field: name.text };
  return fieldType(name, context) && { kind: "has", field: name.text };
}

function fieldType(name: Name, context: CheckContext): FieldType | undefined {
  if (isDynamic(name.text)) return DYNAMIC_TYPES[name.text];
  if (context.contested.has(name.text)) return undefined;
  const field = context.schema.get(name.text);
  if (field !== undefined) return field.type;
  const fields = [...context.schema.keys()];
  const declared =
    fields.length === 0
      ? "declare it in an `example` block"
      : `the fields are ${fields.map((known) => `\`${known}\``).join(", ")}`;
  context.report("GOV2001", name.span, `there is no field \`${name.text}\``, {
    help: suggestName(name.text, [...fields, ...DYNAMIC_FIELDS]) ?? declared,
  });
  return undefined;
}

const DYNAMIC_TYPES: Readonly<Record<DynamicField, FieldType>> = {
  loss: { kind: "float" },
  entropy: { kind: "float" },
  epoch: { kind: "int" },
  step: { kind: "int" },
};

export function isDynamic(field: string): field is DynamicField {
  return Object.hasOwn(DYNAMIC_TYPES, field);
}

function requirePresent(node: FieldPredicate, context: CheckContext, present: ReadonlySet<string>): void {
  const name = node.field.text;
  if (context.schema.get(name)?.optional !== true || present.has(name)) return;
  const { span } = node;
  const before = { ...span, end: span.start };
  const guard = `has ${name} and `;
  // `not has x and …` would negate the guard alone.
  const text = context.bound.files.get(span.file)?.source.text.slice(0, span.start) ?? "";
  const edits = /\bnot\s+$/.test(text)
    ? [
        { span: before, replacement: `(${guard}` },
        { span: { ...span, start: span.end }, replacement: ")" },
      ]
    : [{ span: before, replacement: guard }];
  context.report("GOV3006", node.field.span, `\`${name}\` is optional, and may be absent here`, {
    related: fieldPlace(name, context),
    help: `write \`has ${name} and …\` before it`,
    fix: { title: `insert \`has ${name} and\``, edits },
  });
}

/** The optional fields that are there when a predicate holds, or when it does not. */
function guaranteed(node: PredicateNode, holds: boolean): readonly string[] {
  switch (node.kind) {
    case "HasPredicate":
      return holds ? [node.field.text] : [];
    case "GroupPredicate":
      return guaranteed(node.inner, holds);
    case "NotPredicate":
      return guaranteed(node.operand, !holds);
    case "LogicalPredicate":
      // All operands held in a conjunction that held, and none did in a disjunction that did not.
      return (node.operator === "and") === holds
        ? node.operands.flatMap((operand) => guaranteed(operand, holds))
        : [];
    default:
      return [];
  }
}

function negateIf(negated: boolean, predicate: Predicate): Predicate {
  return negated ? { kind: "not", operand: predicate } : predicate;
}

function fieldPlace(field: string, context: CheckContext): readonly Label[] {
  const declared = context.schema.get(field);
  return declared === undefined ? [] : [{ span: declared.span, text: "declared here" }];
}

function valueText(node: Value): string {
  return showValue(node).slice(1, -1);
}
