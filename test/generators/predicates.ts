import type { Choose } from "./choose.ts";

/** The fields that random policies declare, and conditions on each that are rightly typed. */
export const FIELDS = [
  "id: string",
  "label: int in 0..9",
  "score: float in 0.0..1.0",
  'licence: enum("cc0", "cc-by", "proprietary")',
  "tags: set<string>",
  "flagged: bool",
  "seen: date",
  "source: string?",
] as const;

/** A predicate over `FIELDS`, params `share: fraction` and `limit: int`, and the cohorts named. */
export function predicate(choose: Choose, cohorts: readonly string[], depth: number): string {
  if (depth > 0) {
    const part = (): string => predicate(choose, cohorts, depth - 1);
    const form = choose.one(["plain", "and", "or", "not", "group"] as const);
    if (form === "and") return `(${part()}) and ${condition(choose, cohorts)}`;
    if (form === "or") return `${condition(choose, cohorts)} or ${part()}`;
    if (form === "not") return `not (${part()})`;
    if (form === "group") return `(${part()})`;
  }
  return condition(choose, cohorts);
}

function condition(choose: Choose, cohorts: readonly string[]): string {
  const digit = (): number => choose.whole(0, 9);
  const negation = (): string => choose.one(["", "not "]);
  const range = (): string => {
    const low = choose.whole(0, 8);
    return `${String(low)}${choose.one(["..", "..<"])}${String(choose.whole(low + 1, 9))}`;
  };
  return choose.one<() => string>([
    () => `label ${choose.one(["==", "!=", "<", "<=", ">", ">="])} ${String(digit())}`,
    () => `label ${negation()}in ${range()}`,
    () => `label ${negation()}in { ${choose.times(1, 3, () => String(digit())).join(", ")} }`,
    () => "label <= limit",
    () => `score ${choose.one(["<", ">="])} ${choose.one(["0.5", "1e-2", "0.2_5"])}`,
    () => `licence ${choose.one(["==", "!="])} "${choose.one(["cc0", "cc-by", "proprietary"])}"`,
    () => `licence ${negation()}in {"cc0", "cc-by"}`,
    () => `"${choose.one(["embargo", "draft", 'odd \\"name\\"'])}" ${negation()}in tags`,
    () => `flagged == ${choose.one(["true", "false"])}`,
    () => `seen ${choose.one(["<", ">="])} "2026-01-31"`,
    () => 'has source and source matches "lab-*"',
    () => `id matches "${choose.one(["a*", "??", "**/x"])}"`,
    () => `sample ${choose.one(["10%", "share", "0.5 %"])}${choose.maybe(() => ` seed ${String(digit())}`)}`,
    () => choose.one(["all", ...cohorts]),
  ])();
}
