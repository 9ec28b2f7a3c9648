/**
 * A value as canonical JSON (RFC 8785): one text for one value, whoever writes it. Members that are undefined are
 * left out; numbers that are not finite and text that is not well-formed have no canonical form and are defects.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return canonicalString(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`${value} has no form in JSON`);
    // The standard takes its numbers from ECMAScript.
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") return `{${canonicalMembers(value).join(",")}}`;
  throw new Error(`a ${typeof value} has no form in JSON`);
}

function canonicalMembers(value: object): readonly string[] {
  return (
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      // By UTF-16 code units, as `<` compares text.
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member)}`)
  );
}

function canonicalString(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new Error("text with an unpaired surrogate has no canonical form");
  return JSON.stringify(text);
}
