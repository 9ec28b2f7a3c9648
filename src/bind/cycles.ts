import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import type { Name } from "../syntax/ast.ts";
import { usesIn } from "./references.ts";
import { nameOf, type Definition, type PolicySymbol } from "./symbols.ts";

/** Symbols that are defined, each in terms of the next, and the last in terms of the first. */
export type Cycle = readonly [PolicySymbol, ...PolicySymbol[]];

/**
 * Bands, cohorts and rulesets that are defined, round some corners, in terms of themselves: enough of them that none is
 * left where these are taken away.
 */
export function findCycles(
  symbols: readonly PolicySymbol[],
  definitionOf: (name: Name) => Definition | undefined,
): readonly Cycle[] {
  const finished = new Set<PolicySymbol>();
  const cycles: Cycle[] = [];
  const visit = (symbol: PolicySymbol, path: readonly PolicySymbol[]): void => {
    const start = path.indexOf(symbol);
    if (start >= 0) {
      cycles.push([symbol, ...path.slice(start + 1)]);
      return;
    }
    if (finished.has(symbol)) return;
    for (const use of usesIn(symbol.declaration)) {
      const definition = definitionOf(use.name);
      if (definition?.kind === symbol.kind) visit(definition, [...path, symbol]);
    }
    finished.add(symbol);
  };
  for (const symbol of symbols) {
    if (symbol.kind === "band" || symbol.kind === "cohort" || symbol.kind === "ruleset") visit(symbol, []);
  }
  return cycles;
}

export function cycleDiagnostic([first, ...others]: Cycle): Diagnostic {
  const round = [first, ...others, first].map((symbol) => `\`${symbol.name}\``).join(" → ");
  return diagnose(
    "GOV2008",
    nameOf(first).span,
    `${first.kind} \`${first.name}\` is defined in terms of itself: ${round}`,
    {
      related: others.map((symbol) => ({ span: nameOf(symbol).span, text: "on the way" })),
    },
  );
}
