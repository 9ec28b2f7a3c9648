/** Every name in the files of a policy, and what it stands for: what definition, references and rename go by. */
import type { BoundPolicy } from "../bind/bind.ts";
import { usesIn } from "../bind/references.ts";
import { nameOf, type PolicySymbol, type RulesetSymbol } from "../bind/symbols.ts";
import { DYNAMIC_FIELDS } from "../check/policy.ts";
import type { ApplyDeclaration, Name } from "../syntax/ast.ts";
import type { ParsedFile } from "../syntax/parse.ts";
import { walk, type Node } from "../syntax/walk.ts";

/** What a name stands for. */
export type Subject =
  | { readonly kind: "symbol"; readonly symbol: PolicySymbol | RulesetSymbol }
  /** A field of the examples: one for all files, for their `example` blocks are merged. */
  | { readonly kind: "field"; readonly name: string }
  /** `all`, and the fields that the run supplies. */
  | { readonly kind: "built_in"; readonly name: string };

export interface Occurrence {
  readonly name: Name;
  readonly subject: Subject;
  /** `alias` is the name behind `as`, `import` the one before it or without it. */
  readonly role: "declaration" | "reference" | "import" | "alias";
}

export interface NameIndex {
  /** In the order of the text. */
  readonly inFile: (file: string) => readonly Occurrence[];
}

/** Two names with one key stand for one thing, in whichever draft they are. */
export function keyOfSubject(subject: Subject): string {
  if (subject.kind !== "symbol") return `${subject.kind} ${subject.name}`;
  const { file, start } = nameOf(subject.symbol).span;
  return `symbol ${file} ${start}`;
}

/** Where a subject is declared: fields may be in several files. */
export function declarationsOf(subject: Subject, bound: BoundPolicy): readonly Name[] {
  if (subject.kind === "symbol") return [nameOf(subject.symbol)];
  if (subject.kind === "built_in") return [];
  return [...bound.files.values()].flatMap(({ file }) =>
    file.declarations.flatMap((declaration) =>
      declaration.kind === "ExampleDeclaration"
        ? declaration.fields.flatMap(({ name }) => (name.text === subject.name ? [name] : []))
        : [],
    ),
  );
}

export function indexNames(bound: BoundPolicy): NameIndex {
  const known = new Map<string, readonly Occurrence[]>();
  return {
    inFile: (file) => {
      const parsed = bound.files.get(file);
      if (parsed === undefined) return [];
      const found = known.get(file) ?? namesIn(parsed, bound);
      known.set(file, found);
      return found;
    },
  };
}

/** The occurrence at an offset, its end included: a cursor behind a name is still at it. */
export function occurrenceAt(occurrences: readonly Occurrence[], offset: number): Occurrence | undefined {
  return occurrences.find(({ name }) => name.span.start <= offset && offset <= name.span.end);
}

function namesIn(parsed: ParsedFile, bound: BoundPolicy): readonly Occurrence[] {
  const { file } = parsed.source;
  const found: Occurrence[] = [];
  const scope = bound.scopes.get(file) ?? new Map<string, PolicySymbol>();
  const declared = new Map<Node, PolicySymbol>(
    [...scope.values()]
      .filter((symbol) => symbol.file === file)
      .map((symbol) => [symbol.declaration, symbol]),
  );
  for (const { name, alias } of parsed.file.imports.flatMap(({ names }) => names)) {
    const symbol = scope.get((alias ?? name).text);
    if (symbol === undefined || symbol.file === file) continue;
    const subject: Subject = { kind: "symbol", symbol };
    found.push({ name, subject, role: "import" });
    if (alias !== undefined) found.push({ name: alias, subject, role: "alias" });
  }
  for (const declaration of parsed.file.declarations) {
    const own = declared.get(declaration);
    if (own !== undefined)
      found.push({ name: nameOf(own), subject: { kind: "symbol", symbol: own }, role: "declaration" });
    for (const { name } of usesIn(declaration)) {
      const definition = bound.definitionOf(name);
      if (definition === undefined) continue;
      const subject: Subject =
        definition.kind === "all"
          ? { kind: "built_in", name: "all" }
          : { kind: "symbol", symbol: definition };
      found.push({ name, subject, role: "reference" });
    }
    walk(declaration, (node) => found.push(...otherNames(node, bound)));
  }
  return found.toSorted((left, right) => left.name.span.start - right.name.span.start);
}

/** Names that the binder leaves to others: of fields, parameters and arguments. */
function otherNames(node: Node, bound: BoundPolicy): readonly Occurrence[] {
  switch (node.kind) {
    case "FieldDeclaration":
      return [{ name: node.name, subject: { kind: "field", name: node.name.text }, role: "declaration" }];
    case "GivenField":
      return [fieldUse(node.name)];
    case "ComparisonPredicate":
    case "InRangePredicate":
    case "InSetPredicate":
    case "MembershipPredicate":
    case "MatchesPredicate":
    case "HasPredicate":
      return [fieldUse(node.field)];
    case "RequireClause":
      return node.fields.map(fieldUse);
    case "RulesetParameter": {
      const symbol = bound.parameterSymbols.get(node);
      return symbol === undefined
        ? []
        : [{ name: node.name, subject: { kind: "symbol", symbol }, role: "declaration" }];
    }
    case "ApplyDeclaration":
      return argumentNames(node, bound);
    default:
      return [];
  }
}

function fieldUse(name: Name): Occurrence {
  const isDynamic = DYNAMIC_FIELDS.some((field) => field === name.text);
  return { name, subject: { kind: isDynamic ? "built_in" : "field", name: name.text }, role: "reference" };
}

function argumentNames(apply: ApplyDeclaration, bound: BoundPolicy): readonly Occurrence[] {
  const ruleset = bound.definitionOf(apply.ruleset);
  if (ruleset?.kind !== "ruleset") return [];
  return apply.arguments.flatMap(({ name }): readonly Occurrence[] => {
    const parameter = ruleset.declaration.parameters.find((own) => own.name.text === name?.text);
    const symbol = parameter && bound.parameterSymbols.get(parameter);
    return name === undefined || symbol === undefined
      ? []
      : [{ name, subject: { kind: "symbol", symbol }, role: "reference" }];
  });
}
