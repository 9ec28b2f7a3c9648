import type { BoundPolicy } from "../bind/bind.ts";
import type { FieldDeclaration } from "../syntax/ast.ts";
import { TOP_LEVEL, type CheckContext, type Report } from "./context.ts";
import { DYNAMIC_FIELDS, type Field, type ScalarRange } from "./policy.ts";
import { showRange } from "./ranges.ts";
import { isOrdered, sameType, showType, typeOf } from "./types.ts";
import { readRange } from "./values.ts";

/** The fields of the policy's `example` block and of those of its modules, merged by name. */
export function readSchema(
  bound: BoundPolicy,
  context: Omit<CheckContext, "schema">,
): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  // The policy comes first, so that a conflict is reported where the module disagrees with it.
  for (const parsed of bound.files.values()) {
    const own = new Map<string, FieldDeclaration>();
    for (const declaration of parsed.file.declarations) {
      if (declaration.kind !== "ExampleDeclaration") continue;
      for (const node of declaration.fields) {
        const earlier = own.get(node.name.text);
        if (earlier !== undefined) {
          context.report("GOV2002", node.name.span, `the field \`${node.name.text}\` is declared twice`, {
            related: [{ span: earlier.name.span, text: "first declared here" }],
          });
          continue;
        }
        own.set(node.name.text, node);
        mergeField(fields, readField(node, context), node, context.report);
      }
    }
  }
  return fields;
}

function readField(node: FieldDeclaration, context: Omit<CheckContext, "schema">): Field {
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
  if (!isOrdered(type)) {
    context.report(
      "GOV3005",
      rangeNode.span,
      `\`${showType(type)}\` has no order, so it cannot have a range`,
    );
    return field;
  }
  const range = readRange(rangeNode, type, { ...context, schema: new Map() }, TOP_LEVEL);
  return range?.value === undefined ? field : { ...field, range: range.value };
}

function mergeField(fields: Map<string, Field>, field: Field, node: FieldDeclaration, report: Report): void {
  const earlier = fields.get(field.name);
  if (earlier === undefined) {
    fields.set(field.name, field);
    return;
  }
  const related = [{ span: earlier.span, text: `here it is ${showField(earlier)}` }];
  // What comes later is a module, which must be able to live with every value that the policy admits.
  const agrees =
    sameType(earlier.type, field.type) &&
    (field.optional || !earlier.optional) &&
    (field.range === undefined || (earlier.range !== undefined && contains(field.range, earlier.range)));
  if (!agrees) {
    report("GOV3011", node.span, `the field \`${field.name}\` is ${showField(field)} here`, {
      related,
      help: "both blocks speak of the same field of the same examples: make them agree",
    });
  }
}

function contains(outer: ScalarRange, inner: ScalarRange): boolean {
  const endsLater =
    inner.high < outer.high || (inner.high === outer.high && (!outer.excludesHigh || inner.excludesHigh));
  return outer.low <= inner.low && endsLater;
}

function showField({ type, optional, range }: Field): string {
  return `\`${showType(type)}${optional ? "?" : ""}${range === undefined ? "" : ` in ${showRange(range)}`}\``;
}
