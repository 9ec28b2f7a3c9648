import type { BoundPolicy } from "../bind/bind.ts";
import type { FieldDeclaration } from "../syntax/ast.ts";
import type { ParsedFile } from "../syntax/parse.ts";
import type { CheckContext, Report } from "./context.ts";
import { DYNAMIC_FIELDS, type Field, type ScalarRange } from "./policy.ts";
import { showRange } from "./ranges.ts";
import { sameType, showType, typeOf } from "./types.ts";
import { readOwnRange } from "./values.ts";

/**
 * The fields of the policy's `example` block and of those of its modules, merged by name. Every module must be able to
 * live with what the policy says of a field. Where the policy says nothing, a field is what all modules ask of it
 * together: required where one of them requires it, in the values that all admit.
 */
export function readSchema(
  bound: BoundPolicy,
  context: SchemalessContext,
): Pick<CheckContext, "schema" | "contested"> {
  const fields = new Map<string, Field>();
  const contested = new Set<string>();
  /** What the policy itself says something of. */
  const authority = new Set<string>();
  // The policy comes first, so that a conflict is reported where the module disagrees with it.
  for (const [path, parsed] of bound.files) {
    for (const node of fieldNodes(parsed, context.report)) {
      const field = readField(node, context);
      if (path === bound.entry.source.file) authority.add(field.name);
      const earlier = fields.get(field.name);
      const merged = earlier === undefined ? field : merge(earlier, field, authority.has(field.name));
      if (merged !== undefined) fields.set(field.name, merged);
      else if (earlier !== undefined) {
        contested.add(field.name);
        reportConflict(node, { earlier, field }, context.report);
      }
    }
  }
  // A field may have been declared in text that could not be read, of which enough has been said.
  for (const { lostNames } of bound.files.values())
    for (const name of lostNames) if (!fields.has(name)) contested.add(name);
  return { schema: fields, contested };
}

/** The fields of one file, each once. */
function fieldNodes({ file }: ParsedFile, report: Report): readonly FieldDeclaration[] {
  const own = new Map<string, FieldDeclaration>();
  for (const declaration of file.declarations) {
    if (declaration.kind !== "ExampleDeclaration") continue;
    for (const node of declaration.fields) {
      const earlier = own.get(node.name.text);
      if (earlier === undefined) own.set(node.name.text, node);
      else
        report("GOV2002", node.name.span, `the field \`${node.name.text}\` is declared twice`, {
          related: [{ span: earlier.name.span, text: "first declared here" }],
        });
    }
  }
  return [...own.values()];
}

type SchemalessContext = Omit<CheckContext, "schema" | "contested">;

function readField(node: FieldDeclaration, context: SchemalessContext): Field {
  const { name, type: typeNode, range: rangeNode, span } = node;
  if (DYNAMIC_FIELDS.some((dynamic) => dynamic === name.text)) {
    context.report(
      "GOV2010",
      name.span,
      `\`${name.text}\` is supplied by the run and cannot be declared as a field`,
      {
        help: "call the field something else",
      },
    );
  }
  const type = typeOf(typeNode);
  const field = { name: name.text, type, optional: typeNode.optional, span };
  if (typeNode.kind === "SetType" && typeNode.element.optional)
    context.report("GOV3016", typeNode.element.span, "the elements of a set cannot be optional");
  if (type.kind === "set" && type.element.kind === "set")
    context.report("GOV3016", typeNode.span, "a set of sets is not a type of a field");
  if (type.kind === "enum" && new Set(type.values).size < type.values.length)
    context.report("GOV3016", typeNode.span, "a value stands twice in this enum");
  if (rangeNode === undefined) return field;
  const range = readOwnRange(rangeNode, type, { ...context, ...NO_SCHEMA });
  return range?.value === undefined ? field : { ...field, range: range.value };
}

export const NO_SCHEMA: Pick<CheckContext, "schema" | "contested"> = {
  schema: new Map(),
  contested: new Set(),
};

/** What a field comes to; undefined where its two declarations contradict each other. */
function merge(earlier: Field, field: Field, isSettled: boolean): Field | undefined {
  if (!isSettled) return bothAsk(earlier, field);
  return canLiveWith(field, earlier) ? earlier : undefined;
}

function reportConflict(
  node: FieldDeclaration,
  { earlier, field }: { readonly earlier: Field; readonly field: Field },
  report: Report,
): void {
  report("GOV3011", node.span, `the field \`${field.name}\` is ${showField(field)} here`, {
    related: [{ span: earlier.span, text: `here it is ${showField(earlier)}` }],
    help: "both blocks speak of the same field of the same examples: make them agree",
  });
}

/** Whether a module that says the one of a field can live with every value that the other admits. */
function canLiveWith(asked: Field, said: Field): boolean {
  return (
    sameType(said.type, asked.type) &&
    (asked.optional || !said.optional) &&
    (asked.range === undefined || (said.range !== undefined && contains(asked.range, said.range)))
  );
}

/** A field as two modules ask for it together; undefined where no value would suit both. */
function bothAsk(one: Field, other: Field): Field | undefined {
  if (!sameType(one.type, other.type)) return undefined;
  const optional = one.optional && other.optional;
  if (one.range === undefined || other.range === undefined) {
    const range = one.range ?? other.range;
    return { ...one, optional, ...(range && { range }) };
  }
  const range = intersect(one.range, other.range);
  return isEmpty(range) ? undefined : { ...one, optional, range };
}

function intersect(one: ScalarRange, other: ScalarRange): ScalarRange {
  const { high, excludesHigh } = endsAfter(one, other) ? other : one;
  return { low: one.low > other.low ? one.low : other.low, high, excludesHigh };
}

function isEmpty({ low, high, excludesHigh }: ScalarRange): boolean {
  return low > high || (excludesHigh && low === high);
}

function contains(outer: ScalarRange, inner: ScalarRange): boolean {
  return outer.low <= inner.low && !endsAfter(inner, outer);
}

function endsAfter(one: ScalarRange, other: ScalarRange): boolean {
  return one.high > other.high || (one.high === other.high && !one.excludesHigh && other.excludesHigh);
}

function showField({ type, optional, range }: Field): string {
  return `\`${showType(type)}${optional ? "?" : ""}${range === undefined ? "" : ` in ${showRange(range)}`}\``;
}
