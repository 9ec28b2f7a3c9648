import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import type { Name } from "../syntax/ast.ts";
import { usesIn } from "./references.ts";
import { nameOf, type Definition, type PolicySymbol } from "./symbols.ts";

/** Bands, cohorts and rulesets that are defined, round some corners, in terms of themselves; each cycle once. */
export function findCycles(
  symbols: readonly PolicySymbol[],
  definitionOf: (name: Name) => Definition | undefined,
): readonly Diagnostic[] {
  const finished = new Set<PolicySymbol>();
  const diagnostics: Diagnostic[] = [];
  const visit = (symbol: PolicySymbol, path: readonly PolicySymbol[]): void => {
    const start = path.indexOf(symbol);
    if (start >= 0) {
      diagnostics.push(cycleDiagnostic(path.slice(start)));
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
  return diagnostics;
}

function cycleDiagnostic(cycle: readonly PolicySymbol[]): Diagnostic {
  const [first, ...others] = cycle;
  if (first === undefined) throw new Error("a cycle has at least one member");
  const round = [...cycle, first].map((symbol) => `\`${symbol.name}\``).join(" → ");
  return diagnose(
    "GOV2008",
    nameOf(first).span,
    `${first.kind} \`${first.name}\` is defined in terms of itself: ${round}`,
    {
      related: others.map((symbol) => ({ span: nameOf(symbol).span, text: "on the way" })),
    },
  );
}
