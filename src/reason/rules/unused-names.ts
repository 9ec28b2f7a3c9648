import type { BoundPolicy } from "../../bind/bind.ts";
import type { PolicySymbol } from "../../bind/symbols.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Declaration } from "../../syntax/ast.ts";
import { walk, type Node } from "../../syntax/walk.ts";
import type { ReviewRule } from "./context.ts";

/** Names of a policy that nothing in it speaks of (GOV2013). A file without rules is there for others to import. */
export const findUnusedNames: ReviewRule = ({ bound }) => [
  ...findUnusedParameters(bound),
  ...findUnusedSymbols(bound),
];

/** Parameters of rulesets, in modules too: nobody else could use them. */
function findUnusedParameters({ entry, parameterSymbols, referencesTo }: BoundPolicy): readonly Diagnostic[] {
  return entry.file.declarations
    .flatMap((declaration) => (declaration.kind === "RulesetDeclaration" ? declaration.parameters : []))
    .filter((parameter) => {
      const symbol = parameterSymbols.get(parameter);
      return symbol !== undefined && referencesTo(symbol).length === 0;
    })
    .map(({ name }) =>
      diagnose("GOV2013", name.span, `the parameter \`${name.text}\` is not used`, {
        help: "remove it, and the arguments that are given for it",
      }),
    );
}

function findUnusedSymbols(bound: BoundPolicy): readonly Diagnostic[] {
  const { file, source } = bound.entry;
  if (file.header?.role === "module" || !file.declarations.some(isInForce)) return [];
  const scope = [...(bound.scopes.get(source.file)?.values() ?? [])];
  // What a band takes, `rest` leaves.
  const hasRest = mentionsRest(file.declarations);
  return scope
    .filter((symbol) => symbol.file === source.file && bound.referencesTo(symbol).length === 0)
    .filter((symbol) => symbol.kind !== "band" || !hasRest || mentionsRest([symbol.declaration]))
    .map(unused);
}

function unused({ kind, name, declaration }: PolicySymbol): Diagnostic {
  return diagnose("GOV2013", declaration.name.span, `the ${kind} \`${name}\` is not used`, {
    help: kind === "ruleset" ? `put it in force with \`apply ${name}(…)\`, or remove it` : "remove it",
  });
}

function mentionsRest(declarations: readonly Declaration[]): boolean {
  const found: Node[] = [];
  for (const declaration of declarations.filter(({ kind }) => kind === "BandDeclaration"))
    walk(declaration, (node) => {
      if (node.kind === "RestOfLayers") found.push(node);
    });
  return found.length > 0;
}

const RULES: ReadonlySet<Declaration["kind"]> = new Set([
  "RouteDeclaration",
  "DetachDeclaration",
  "BoundDeclaration",
  "ClaimDeclaration",
  "ApplyDeclaration",
]);

/** Whether a declaration governs something by itself. */
function isInForce(declaration: Declaration): boolean {
  return RULES.has(declaration.kind);
}
