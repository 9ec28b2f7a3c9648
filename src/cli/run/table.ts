import { pad, piece, widthOf, type Line, type Piece, type Tone } from "../progress/pieces.ts";

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** Rows of cells in columns, two spaces apart; each column as wide as its widest cell, at most `limit`. */
export function layOutTable(rows: readonly (readonly Cell[])[], limit = 48): readonly Line[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach(({ text }, column) => {
      widths[column] = Math.max(widths[column] ?? 0, Math.min(limit, widthOf(text)));
    });
  return rows.map((row) =>
    row.flatMap(({ text, tone }, column): readonly Piece[] => {
      const isLast = column === row.length - 1;
      return [piece(isLast ? text : `${pad(text, widths[column] ?? 0)}  `, tone)];
    }),
  );
}

export function quietCell(text: string): Cell {
  return { text, tone: "quiet" };
}
