/** Text that is safe inside an HTML page: only `html` makes it, and whatever is put in is escaped. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | undefined | readonly Part[];

/** A template whose values are shown, never interpreted; values that are markup themselves stand as they are. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return { markup: strings.reduce((page, literal, index) => page + renderPart(values[index - 1]) + literal) };
}

function renderPart(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escapeText(part);
  if (isList(part)) return part.map(renderPart).join("");
  return part.markup;
}

function isList(part: Markup | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return showControls(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

// Characters without a shape of their own (controls, bidirectional marks, line separators, unpaired surrogates) are
// written out, so that they can neither hide nor reorder what stands beside them.
function showControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) =>
    character === "\n" || character === "\t"
      ? character
      : `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

// A longer table has a window of its own, so that what follows on it is not pages away.
const LONGEST_TABLE = 40;

/** The class of what holds a table with so many rows. */
export function frameOf(rows: number): string {
  return rows > LONGEST_TABLE ? "scroll tall" : "scroll";
}

/** A sentence with its `` `code` `` set as such. */
export function sayWithCode(text: string, limit?: number): Markup {
  const parts = shorten(text, limit).split("`");
  // A last mark without a partner is one of the text's own.
  if (parts.length % 2 === 0) parts.push(`${parts.splice(-2).join("`")}`);
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

const LONGEST_VALUE = 120;

/** The front of a value too long to show, with its true length. */
export function shorten(text: string, limit = LONGEST_VALUE): string {
  const characters = Array.from(text.slice(0, limit + 1));
  if (text.length <= limit) return text;
  return `${characters.slice(0, limit).join("")}… (${text.length} characters)`;
}
