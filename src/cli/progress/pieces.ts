/** Lines for a terminal as pieces of text with a tone: measured and cut first, painted last. */
import { escapeControls, layOut } from "../diagnostics/visible.ts";
import type { Colors } from "../terminal.ts";

export type Tone = "plain" | "quiet" | "strong" | "good" | "fair" | "bad";

export interface Piece {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Piece[];

/** Text from anywhere, such as the id of an example: it cannot steer the terminal. */
export function piece(text: string, tone: Tone = "plain"): Piece {
  return { text: escapeControls(text), tone };
}

/** The line cut to a width, with `…` where something is missing, and painted. */
export function paintLine(line: Line, columns: number, colors: Colors): string {
  const paint: Readonly<Record<Tone, (text: string) => string>> = {
    plain: (text) => text,
    quiet: colors.dim,
    strong: colors.bold,
    good: colors.green,
    fair: colors.yellow,
    bad: colors.red,
  };
  return cutLine(line, columns)
    .map(({ text, tone }) => (text === "" ? "" : paint[tone](text)))
    .join("")
    .trimEnd();
}

function cutLine(line: Line, columns: number): Line {
  if (line.reduce((sum, { text }) => sum + widthOf(text), 0) <= columns) return line;
  const kept: Piece[] = [];
  let left = columns - 1;
  for (const { text, tone } of line) {
    const cut = cutText(text, left);
    kept.push({ text: cut === text ? text : `${cut}…`, tone });
    if (cut !== text) return columns < 1 ? [] : kept;
    left -= widthOf(text);
  }
  return kept;
}

function cutText(text: string, width: number): string {
  let taken = "";
  let left = width;
  for (const cell of layOut(text)) {
    left -= cell.width;
    if (left < 0) return taken;
    taken += cell.text;
  }
  return taken;
}

/** Padded with spaces to a width. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Cells that a text takes on a terminal. */
export function widthOf(text: string): number {
  return layOut(text).reduce((sum, { width }) => sum + width, 0);
}
