import type { PolicySymbol } from "../bind/symbols.ts";
import type { ProfileEntry } from "../syntax/ast.ts";
import { TOP_LEVEL, type CheckContext } from "./context.ts";
import { readWeight } from "./values.ts";

/** Profiles, used or not: weights that can be weights, each band once. */
export function checkProfiles(symbols: readonly PolicySymbol[], context: CheckContext): void {
  for (const symbol of symbols) {
    if (symbol.kind !== "profile") continue;
    const seen = new Map<string, ProfileEntry>();
    for (const entry of symbol.declaration.entries) {
      readWeight(entry.weight, context, TOP_LEVEL);
      const earlier = seen.get(entry.band.text);
      if (earlier !== undefined) {
        context.report("GOV3009", entry.span, `\`${entry.band.text}\` stands twice in this profile`, {
          related: [{ span: earlier.span, text: "first here" }],
          help: "a band has one weight in a profile",
        });
      }
      seen.set(entry.band.text, entry);
    }
  }
}
