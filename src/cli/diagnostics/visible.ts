/** Text as a terminal shows it: how wide it is, and what must never reach a terminal as it is. */

/** A piece of a line with its place in the source and on the screen. */
export interface Cell {
  /** UTF-16 offset in the line. */
  readonly offset: number;
  /** What to print. */
  readonly text: string;
  /** Columns it takes. */
  readonly width: number;
}

const TAB_STOP = 4;

/**
 * A source line in cells: tabs reach to the next stop, wide characters and emoji take two columns, and control
 * characters, those that turn the direction of text among them, are shown by their number.
 */
export function layOut(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  for (const { segment, index } of splitGraphemes(line)) {
    const cell = { offset: index, ...showGrapheme(segment, column) };
    cells.push(cell);
    column += cell.width;
  }
  return cells;
}

/** Text of unknown origin, such as a name or a path, with its control characters made visible. */
export function escapeControls(text: string): string {
  return text.replace(HOSTILE, showNumber);
}

// Control characters (C0, C1), those that turn the direction of text, and line separators.
const HOSTILE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

function showNumber(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}

function showGrapheme(grapheme: string, column: number): { readonly text: string; readonly width: number } {
  if (grapheme === "\t") {
    const width = TAB_STOP - (column % TAB_STOP);
    return { text: " ".repeat(width), width };
  }
  if (/^[\x20-\x7e]$/.test(grapheme)) return { text: grapheme, width: 1 };
  const text = escapeControls(grapheme);
  return { text, width: text === grapheme ? graphemeWidth(grapheme) : text.length };
}

function graphemeWidth(grapheme: string): 0 | 1 | 2 {
  if (/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

// East Asian wide and full-width, emoji, and what a variation selector turns into one.
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]|\ufe0f/u;

function* splitGraphemes(line: string): Iterable<{ readonly segment: string; readonly index: number }> {
  if (/^[\x00-\x7f]*$/.test(line)) {
    for (let index = 0; index < line.length; index += 1) yield { segment: line.charAt(index), index };
    return;
  }
  yield* new Intl.Segmenter("en", { granularity: "grapheme" }).segment(line);
}
