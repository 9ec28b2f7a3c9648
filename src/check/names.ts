import type { BoundPolicy } from "../bind/bind.ts";
import type { PolicySymbol } from "../bind/symbols.ts";

/**
 * The names that entities have in the meaning of a policy: in the policy's own scope the name they have there (so that
 * `import { x as y }` is `y`), else `module#name`, which no author can write.
 */
export function nameEntities(bound: BoundPolicy): (symbol: PolicySymbol) => string {
  const entry = bound.entry.source.file;
  const local = new Map([...(bound.scopes.get(entry) ?? [])].map(([name, symbol]) => [symbol, name]));
  return (symbol) => local.get(symbol) ?? `${symbol.file.replace(/\.gov$/, "")}#${symbol.name}`;
}
