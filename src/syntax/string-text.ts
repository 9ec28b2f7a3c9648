/** How a text is written in a policy: in double quotes, with `\"`, `\\`, `\n`, `\r`, `\t` and `\u{…}`. */

/** An escape that is none; offsets count from the opening quote. */
export interface BadEscape {
  readonly start: number;
  readonly end: number;
}

export function readString(written: string): {
  readonly value: string;
  readonly problems: readonly BadEscape[];
} {
  const open = written.charAt(0);
  const close = open === '"' ? '"' : /['"\u201c\u201d]/.exec(written.slice(-1))?.[0];
  const end = written.length > 1 && close !== undefined && written.endsWith(close) ? -1 : undefined;
  const inner = written.slice(1, end);
  const problems: BadEscape[] = [];
  if (!inner.includes("\\")) return { value: inner, problems };
  const value = inner.replace(ESCAPE, (escape: string, offset: number) => {
    const character = readEscape(escape);
    if (character === undefined) problems.push({ start: offset + 1, end: offset + 1 + escape.length });
    return character ?? escape;
  });
  return { value, problems };
}

/** The canonical spelling: escapes only where they are needed to read the text back and to see what it holds. */
export function writeString(value: string): string {
  return `"${value.replace(NEEDS_ESCAPE, writeEscape)}"`;
}

const ESCAPE = /\\(?:u\{[0-9a-fA-F]{1,6}\}|[^]|$)/gu;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\"', '"'],
  ["\\\\", "\\"],
  ["\\n", "\n"],
  ["\\r", "\r"],
  ["\\t", "\t"],
]);

function readEscape(escape: string): string | undefined {
  const code = /^\\u\{(.+)\}$/.exec(escape)?.[1];
  if (code === undefined) return ESCAPES.get(escape);
  const point = Number.parseInt(code, 16);
  const isCharacter = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : undefined;
}

/** Format characters (zero-width ones, bidirectional controls), spaces that are not the ordinary one, and fillers. */
export const INVISIBLE = /[\p{Cf}\u00a0\u1680\u2000-\u200a\u202f\u205f\u115f\u1160\u3164\uffa0]/gu;

// Control characters and the line breaks of Unicode, too.
const NEEDS_ESCAPE = new RegExp(String.raw`["\\\p{Cc}\u2028\u2029]|${INVISIBLE.source}`, "gu");

function writeEscape(character: string): string {
  for (const [escape, meant] of ESCAPES) if (meant === character) return escape;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
