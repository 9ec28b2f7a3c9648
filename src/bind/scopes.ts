/** What names each file has: those that it declares, and those that it imports. */
import { diagnose, type Diagnostic, type Fix } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import { nearestName, suggestName } from "../source/nearest.ts";
import { spanAt } from "../source/text.ts";
import type { Declaration, Import, ImportedName, Name } from "../syntax/ast.ts";
import type { ParsedFile } from "../syntax/parse.ts";
import { nameOf, type Definition, type PolicySymbol } from "./symbols.ts";

export type Scope = Map<string, PolicySymbol>;

const SYMBOL_KINDS = {
  ParamDeclaration: "param",
  BandDeclaration: "band",
  CohortDeclaration: "cohort",
  ProfileDeclaration: "profile",
  BehaviorDeclaration: "behavior",
  RulesetDeclaration: "ruleset",
} as const;

/** The symbols of the names that a file declares itself. */
export function declareNames(path: string, parsed: ParsedFile, diagnostics: Diagnostic[]): Scope {
  const scope: Scope = new Map();
  for (const declaration of parsed.file.declarations) {
    const symbol = symbolOf(declaration, path);
    if (symbol !== undefined) declare(scope, symbol.declaration.name, symbol, diagnostics);
  }
  return scope;
}

function symbolOf(declaration: Declaration, file: string): PolicySymbol | undefined {
  if (!("name" in declaration)) return undefined;
  // The table pairs each kind of declaration with its kind of symbol; TypeScript cannot see that the pair matches.
  return {
    kind: SYMBOL_KINDS[declaration.kind],
    name: declaration.name.text,
    file,
    declaration,
  } as PolicySymbol;
}

/** Whether the scope took the name; it is reported where it did not. */
function declare(
  scope: Scope,
  name: Name,
  symbol: PolicySymbol,
  diagnostics: Diagnostic[],
  earlierImport?: Name,
): boolean {
  if (name.text === "all") {
    diagnostics.push(reservedName(name.span));
    return false;
  }
  const earlier = scope.get(name.text);
  if (earlier === undefined) {
    scope.set(name.text, symbol);
    return true;
  }
  diagnostics.push(
    diagnose("GOV2002", name.span, `\`${name.text}\` is ${earlierImport ? "imported" : "declared"} twice`, {
      related: [
        earlierImport
          ? { span: earlierImport.span, text: "first imported here" }
          : { span: nameOf(earlier).span, text: `first declared here, as a ${earlier.kind}` },
      ],
      help: earlier === symbol ? "one import of it is enough" : "give one of the two another name",
    }),
  );
  return false;
}

/** Of something that is called `all`. */
export function reservedName(span: Span): Diagnostic {
  return diagnose("GOV2010", span, "`all` is built in and cannot be declared", {
    help: "`all` is the cohort of every example, and the band of every governed parameter",
  });
}

export interface ImportedUse {
  readonly node: ImportedName;
  /** The import that it stands in. */
  readonly declaration: Import;
  readonly symbol: PolicySymbol;
}

function localName(node: ImportedName): Name {
  return node.alias ?? node.name;
}

export interface Imports {
  readonly scopes: ReadonlyMap<string, ReadonlyMap<string, PolicySymbol>>;
  readonly imported: readonly ImportedUse[];
  /** By file, the names that an import should have brought in: to call them unknown would be a second complaint. */
  readonly missing: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Adds what each file imports to what it declares. */
export function importNames(input: {
  readonly files: ReadonlyMap<string, ParsedFile>;
  readonly targets: ReadonlyMap<Import, string>;
  readonly own: ReadonlyMap<string, Scope>;
  readonly diagnostics: Diagnostic[];
}): Imports {
  const scopes = new Map([...input.own].map(([path, scope]) => [path, new Map(scope)]));
  const imported: ImportedUse[] = [];
  const missing = new Map<string, Set<string>>();
  for (const [path, parsed] of input.files) {
    const lost = new Set(parsed.lostNames);
    missing.set(path, lost);
    for (const declared of parsed.file.imports) {
      const target = input.targets.get(declared);
      for (const node of declared.names) {
        const symbol = target === undefined ? undefined : findExport(node, target, input);
        const local = localName(node);
        if (symbol === undefined) {
          lost.add(local.text);
          // What is misspelt in the import alone may be written well where it is used.
          const meant =
            node.alias === undefined && target !== undefined
              ? nearestName(local.text, input.own.get(target)?.keys() ?? [])
              : undefined;
          if (meant !== undefined) lost.add(meant);
          continue;
        }
        const rival = imported.find(
          (use) => use.node.span.file === path && localName(use.node).text === local.text,
        );
        const scope = scopes.get(path) ?? new Map<string, PolicySymbol>();
        // A name that is refused is not called unused as well.
        if (declare(scope, local, symbol, input.diagnostics, rival && localName(rival.node)))
          imported.push({ node, declaration: declared, symbol });
      }
    }
  }
  return { scopes, imported, missing };
}

function findExport(
  node: ImportedName,
  target: string,
  input: {
    readonly own: ReadonlyMap<string, Scope>;
    readonly files: ReadonlyMap<string, ParsedFile>;
    readonly diagnostics: Diagnostic[];
  },
): PolicySymbol | undefined {
  const exported = input.own.get(target) ?? new Map<string, PolicySymbol>();
  const symbol = exported.get(node.name.text);
  if (symbol === undefined && !(input.files.get(target)?.lostNames.has(node.name.text) ?? false)) {
    const names = [...exported.keys()];
    const passing = input.files
      .get(target)
      ?.file.imports.find((declared) => declared.names.some((own) => localName(own).text === node.name.text));
    input.diagnostics.push(
      diagnose("GOV2005", node.name.span, `\`${target}\` has no \`${node.name.text}\``, {
        help:
          (passing &&
            `\`${target}\` itself imports it from \`${passing.path.value}\`: import it from there`) ??
          suggestName(node.name.text, names) ??
          (names.length === 0
            ? "it declares no names"
            : `it has ${names.map((name) => `\`${name}\``).join(", ")}`),
      }),
    );
  }
  return symbol;
}

/** Imports that their file makes no use of (GOV2009). */
export function findUnusedImports(
  imported: readonly ImportedUse[],
  references: ReadonlyMap<Definition, readonly Name[]>,
  files: ReadonlyMap<string, ParsedFile>,
): readonly Diagnostic[] {
  const removal = (node: ImportedName, declaration: Import): Fix | undefined => {
    const source = files.get(node.span.file)?.source;
    if (source === undefined) return undefined;
    const [start, end] = placeOf(node, declaration);
    return { title: "remove it", edits: [{ span: spanAt(source, start, end), replacement: "" }] };
  };
  return imported
    .filter(({ node, symbol }) => {
      const uses = references.get(symbol) ?? [];
      // A param of a module is imported so that `--set` can reach it; the module itself makes use of it.
      return symbol.kind === "param"
        ? uses.length === 0
        : !uses.some((use) => use.span.file === node.span.file);
    })
    .map(({ node, declaration }) =>
      diagnose("GOV2009", node.span, `the import \`${localName(node).text}\` is not used`, {
        help: "remove it from the import",
        fix: removal(node, declaration),
      }),
    );
}

/** A name with the comma beside it; the whole import where it is the only one. */
function placeOf(node: ImportedName, { names, span }: Import): readonly [number, number] {
  const index = names.indexOf(node);
  const [before, after] = [names[index - 1], names[index + 1]];
  if (after !== undefined) return [node.span.start, after.span.start];
  return before === undefined ? [span.start, span.end] : [before.span.end, node.span.end];
}
