/** A part of a policy as text that is the same for parts that say the same: places and documentation are left out. */
export function meaningText(part: unknown): string {
  return JSON.stringify(part, (key, value: unknown) => {
    if (PLACES.has(key)) return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  });
}

const PLACES: ReadonlySet<string> = new Set(["span", "via", "documentation"]);
