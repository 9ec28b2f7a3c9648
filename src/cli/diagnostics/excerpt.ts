import { layOut, type Cell } from "./visible.ts";

/** One source line as shown, with what stands beneath a part of it. */
export interface Excerpt {
  readonly text: string;
  /** Columns before the mark, and of the mark. */
  readonly indent: number;
  readonly length: number;
}

/**
 * A line cut to `columns`, with the place of a mark from the offset `start` to `end` beneath it; a mark of no length is
 * one column wide.
 */
export function excerptLine(line: string, start: number, end: number, columns: number): Excerpt {
  const cells = layOut(line);
  const [left, right] = [columnOf(cells, start), columnOf(cells, end)];
  const length = Math.max(1, right - left);
  const width = columnOf(cells, line.length);
  if (width <= columns) return { text: join(cells), indent: left, length };

  // A third of the room stands before the mark, where there is so much.
  const from = Math.max(0, Math.min(left - Math.floor(columns / 3), width - columns + 1));
  const shown = cutCells(cells, from, from + columns - 2);
  const before = from > 0 ? "…" : "";
  const after = from + columns - 2 < width ? "…" : "";
  const indent = left - from + before.length;
  return {
    text: `${before}${shown}${after}`,
    indent,
    length: Math.max(1, Math.min(length, columns - indent)),
  };
}

/** The column at which an offset of the line is shown. */
function columnOf(cells: readonly Cell[], offset: number): number {
  let column = 0;
  for (const cell of cells) {
    // An offset inside a character is where the character is.
    if (cell.offset + 1 > offset) return column;
    column += cell.width;
  }
  return column;
}

/** The cells from a column to another; a wide one on an edge leaves room in its place. */
function cutCells(cells: readonly Cell[], from: number, to: number): string {
  let column = 0;
  let text = "";
  for (const cell of cells) {
    const end = column + cell.width;
    if (column >= from && end <= to) text += cell.text;
    else if (end > from && column < to) text += " ".repeat(Math.min(end, to) - Math.max(column, from));
    column = end;
  }
  return text;
}

function join(cells: readonly Cell[]): string {
  return cells.map(({ text }) => text).join("");
}
