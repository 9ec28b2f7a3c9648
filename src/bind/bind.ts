import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { suggestName } from "../source/nearest.ts";
import type { SourceMap } from "../source/text.ts";
import type { Name, RulesetDeclaration, RulesetParameter, TypeExpression } from "../syntax/ast.ts";
import type { ParsedFile } from "../syntax/parse.ts";
import { cycleDiagnostic, findCycles } from "./cycles.ts";
import { loadModules } from "./modules.ts";
import { usesIn, type ExpectedKind, type NameUse } from "./references.ts";
import { declareNames, findUnusedImports, importNames, reservedName, type Imports } from "./scopes.ts";
import { nameOf, type Definition, type PolicySymbol, type RulesetSymbol } from "./symbols.ts";

export interface BindInput {
  /** The policy's key in `sources`. */
  readonly entry: string;
  /** `std/…` modules under that name, other files by their path from the project's root. */
  readonly sources: SourceMap;
  /** Files that were parsed before: taken as far as their text is still the same. */
  readonly parsed?: ReadonlyMap<string, ParsedFile>;
}

/** A policy whose names are resolved; the tables are keyed by node, the trees are untouched. */
export interface BoundPolicy {
  readonly entry: ParsedFile;
  readonly files: ReadonlyMap<string, ParsedFile>;
  /** What each file declares or imports, by the name it has there. */
  readonly scopes: ReadonlyMap<string, ReadonlyMap<string, PolicySymbol>>;
  /** What a use of a name stands for; absent where it could not be resolved, which has been reported. */
  readonly definitionOf: (name: Name) => Definition | undefined;
  /** The symbols of rulesets' parameters, by their declaration. */
  readonly parameterSymbols: ReadonlyMap<RulesetParameter, RulesetSymbol>;
  /** Every use of a symbol, in the order of files and places. */
  readonly referencesTo: (symbol: PolicySymbol | RulesetSymbol) => readonly Name[];
  /** What is defined in terms of itself, and so means nothing; it has been reported. */
  readonly cyclic: ReadonlySet<PolicySymbol>;
}

/** Parses a policy with its imports and resolves every name in them. */
export function bind(input: BindInput): {
  readonly bound: BoundPolicy;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { files, targets, diagnostics: loading } = loadModules(input.entry, input.sources, input.parsed);
  const diagnostics = [...loading];
  const entry = files.get(input.entry);
  if (entry === undefined) throw new Error(`the entry ${input.entry} was not loaded`);

  const own = new Map([...files].map(([path, parsed]) => [path, declareNames(path, parsed, diagnostics)]));
  const { scopes, imported, missing } = importNames({ files, targets, own, diagnostics });
  const { definitions, references, parameterSymbols } = resolveUses({ files, scopes, missing, diagnostics });
  diagnostics.push(...findUnusedImports(imported, references, files));
  const cycles = findCycles(
    [...own.values()].flatMap((scope) => [...scope.values()]),
    (name) => definitions.get(name),
  );
  diagnostics.push(...cycles.map(cycleDiagnostic));
  return {
    bound: {
      entry,
      files,
      scopes,
      definitionOf: (name) => definitions.get(name),
      parameterSymbols,
      referencesTo: (symbol) => references.get(symbol) ?? [],
      cyclic: new Set(cycles.flat()),
    },
    diagnostics,
  };
}

interface Uses {
  readonly definitions: ReadonlyMap<Name, Definition>;
  readonly references: ReadonlyMap<Definition, readonly Name[]>;
  readonly parameterSymbols: ReadonlyMap<RulesetParameter, RulesetSymbol>;
}

function resolveUses(input: {
  readonly files: ReadonlyMap<string, ParsedFile>;
  readonly scopes: Imports["scopes"];
  readonly missing: Imports["missing"];
  readonly diagnostics: Diagnostic[];
}): Uses {
  const definitions = new Map<Name, Definition>();
  const references = new Map<Definition, Name[]>();
  const parameterSymbols = new Map<RulesetParameter, RulesetSymbol>();
  const fields = fieldTypes(input.files);
  for (const [path, parsed] of input.files) {
    const scope = input.scopes.get(path) ?? new Map<string, PolicySymbol>();
    const lost = input.missing.get(path) ?? new Set<string>();
    for (const declaration of parsed.file.declarations) {
      const parameters =
        declaration.kind === "RulesetDeclaration"
          ? declareParameters(declaration, path, input.diagnostics)
          : new Map<string, RulesetSymbol>();
      for (const symbol of parameters.values()) parameterSymbols.set(symbol.declaration, symbol);
      for (const use of usesIn(declaration)) {
        const found = resolve(use, { parameters, scope, fields });
        if (found.kind === "problem") {
          // What is no name at all has been said by the lexer.
          const isName = /^\p{L}/u.test(use.name.text);
          if (isName && !lost.has(use.name.text)) input.diagnostics.push(found.diagnostic);
          continue;
        }
        definitions.set(use.name, found.definition);
        const known = references.get(found.definition);
        if (known === undefined) references.set(found.definition, [use.name]);
        else known.push(use.name);
      }
    }
  }
  return { definitions, references, parameterSymbols };
}

function declareParameters(
  ruleset: RulesetDeclaration,
  file: string,
  diagnostics: Diagnostic[],
): Map<string, RulesetSymbol> {
  const parameters = new Map<string, RulesetSymbol>();
  for (const declaration of ruleset.parameters) {
    const { text, span } = declaration.name;
    const earlier = parameters.get(text);
    if (text === "all") {
      // What it stood for would be hidden by the built-in name wherever it is used.
      diagnostics.push(reservedName(span));
    } else if (earlier !== undefined) {
      diagnostics.push(
        diagnose("GOV2002", span, `the parameter \`${text}\` is declared twice`, {
          related: [{ span: nameOf(earlier).span, text: "first declared here" }],
        }),
      );
    } else parameters.set(text, { kind: "parameter", name: text, file, declaration });
  }
  return parameters;
}

const BUILT_IN: Definition = { kind: "all" };

type Resolution =
  | { readonly kind: "found"; readonly definition: Definition }
  | { readonly kind: "problem"; readonly diagnostic: Diagnostic };

/** What a name may stand for at one place. */
interface Surroundings {
  readonly parameters: ReadonlyMap<string, RulesetSymbol>;
  readonly scope: ReadonlyMap<string, PolicySymbol>;
  /** Fields of examples are no names of this kind; they are often taken for ones. */
  readonly fields: ReadonlyMap<string, TypeExpression>;
}

function fieldTypes(files: ReadonlyMap<string, ParsedFile>): ReadonlyMap<string, TypeExpression> {
  return new Map(
    [...files.values()].flatMap(({ file }) =>
      file.declarations.flatMap((declaration) =>
        declaration.kind === "ExampleDeclaration"
          ? declaration.fields.map((field) => [field.name.text, field.type] as const)
          : [],
      ),
    ),
  );
}

function resolve(use: NameUse, surroundings: Surroundings): Resolution {
  const { parameters, scope } = surroundings;
  const { name, expected } = use;
  if (name.text === "all" && expected.some((kind) => kind === "band" || kind === "cohort"))
    return { kind: "found", definition: BUILT_IN };
  const definition: PolicySymbol | RulesetSymbol | undefined =
    parameters.get(name.text) ?? scope.get(name.text);
  if (definition === undefined) return { kind: "problem", diagnostic: unknownName(use, surroundings) };
  if (fits(definition, expected)) return { kind: "found", definition };
  const actual = kindOf(definition);
  const diagnostic = diagnose(
    "GOV2003",
    name.span,
    `\`${name.text}\` is a ${actual}, and a ${expected.join(" or ")} is expected here`,
    {
      related: [{ span: nameOf(definition).span, text: `declared here as a ${actual}` }],
      help: suggestName(name.text, namesOf(expected, surroundings)),
    },
  );
  return { kind: "problem", diagnostic };
}

function unknownName(use: NameUse, surroundings: Surroundings): Diagnostic {
  const { name, expected, words } = use;
  const fitting = [...words, ...namesOf(expected, surroundings)];
  const what = expected.length === 1 ? (expected[0] ?? "name") : "name";
  const list =
    fitting.length === 0
      ? what === "param"
        ? `no param is declared; ${literalMeant(name.text)}`
        : `no ${what} is declared`
      : `there is ${fitting
          .slice(0, 6)
          .map((known) => `\`${known}\``)
          .join(", ")}`;
  return diagnose("GOV2001", name.span, `there is no ${what} \`${name.text}\``, {
    help: fieldMeant(use, surroundings.fields) ?? suggestName(name.text, fitting) ?? list,
  });
}

/** What to write where a field of the examples stands for a cohort, or for a value. */
function fieldMeant({ name, expected }: NameUse, fields: Surroundings["fields"]): string | undefined {
  const type = fields.get(name.text);
  if (type === undefined) return undefined;
  if (expected.includes("param"))
    return `\`${name.text}\` is a field of the examples, and a fixed value is expected here`;
  if (!expected.includes("cohort")) return undefined;
  const isTruth = type.kind === "PrimitiveType" && type.name === "bool";
  return isTruth ? `write \`${name.text} == true\`` : `\`${name.text}\` is a field: say what is asked of it`;
}

/** What a word may have been meant to be where a literal can stand. */
function literalMeant(word: string): string {
  if (/^(?:true|yes|on)$/i.test(word)) return "a condition that holds is `true`";
  if (/^(?:false|no|off)$/i.test(word)) return "a condition that does not hold is `false`";
  return `a text is written \`"${word}"\``;
}

function namesOf(expected: readonly ExpectedKind[], { parameters, scope }: Surroundings): readonly string[] {
  // A parameter hides what has its name outside.
  return [...new Map<string, PolicySymbol | RulesetSymbol>([...scope, ...parameters])]
    .filter(([, symbol]) => fits(symbol, expected))
    .map(([name]) => name);
}

function fits(symbol: PolicySymbol | RulesetSymbol, expected: readonly ExpectedKind[]): boolean {
  return expected.includes(kindOf(symbol));
}

/** A ruleset's parameter is what its type says: a band, a cohort, …; with a value type it is used like a param. */
function kindOf(symbol: PolicySymbol | RulesetSymbol): ExpectedKind {
  if (symbol.kind !== "parameter") return symbol.kind;
  const { type } = symbol.declaration;
  return type.kind === "EntityType" ? type.entity : "param";
}
