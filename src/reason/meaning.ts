/** A part of a policy as text that is the same for parts that say the same: places and documentation are left out. */
export function meaningText(part: unknown): string {
  if (typeof part !== "object" || part === null) return JSON.stringify(part) ?? "null";
  if (Array.isArray(part)) return `[${part.map(meaningText).join()}]`;
  const members = part as Readonly<Record<string, unknown>>;
  const texts: string[] = [];
  for (const key of Object.keys(members).sort())
    if (!PLACES.has(key) && members[key] !== undefined)
      texts.push(`${JSON.stringify(key)}:${meaningText(members[key])}`);
  return `{${texts.join()}}`;
}

/** The numbers in a part of a policy, those of places left out. */
export function numbersIn(part: unknown): readonly number[] {
  if (typeof part === "number") return [part];
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, member]) => (PLACES.has(key) ? [] : numbersIn(member)));
}

const PLACES: ReadonlySet<string> = new Set(["span", "via", "documentation"]);
