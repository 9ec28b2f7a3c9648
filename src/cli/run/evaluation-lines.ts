/** The evaluation of a run in lines, beside that of its ungoverned twin where there is one. */
import { sayNumber } from "../../lower/words.ts";
import type { MeasuredFigure } from "../../runtime/events.ts";
import { piece, widthOf, type Line, type Tone } from "../progress/pieces.ts";
import type { Evaluated } from "./conclude.ts";
import { layOutTable, quietCell, type Cell } from "./table.ts";

/** Figures in columns, then what they mean; nothing where the run was not evaluated. */
export function renderEvaluation(evaluated: Evaluated | undefined, columns: number): readonly Line[] {
  if (evaluated === undefined) return [];
  const { governed, ungoverned, comparison, problem } = evaluated;
  const header = ungoverned === null ? [] : [["", "governed", "ungoverned"].map(quietCell)];
  const rows = (governed?.figures ?? []).map((figure): readonly Cell[] => [
    { text: figure.name },
    { text: sayFigure(figure) },
    ...(ungoverned === null
      ? []
      : [{ text: sayFigure(ungoverned.figures.find(({ name }) => name === figure.name)) }]),
  ]);
  const say = (text: string | null | undefined, tone: Tone): readonly Line[] =>
    text === null || text === undefined
      ? []
      : wrapWords(text, columns - 2).map((row): Line => [piece(row, tone)]);
  return [
    ...(rows.length === 0 ? [] : layOutTable([...header, ...rows])),
    ...[comparison, governed?.summary].flatMap((text) => say(text, "plain")),
    ...say(problem, "fair"),
  ];
}

function sayFigure(figure: MeasuredFigure | undefined): string {
  if (figure === undefined) return "–";
  return `${sayNumber(figure.value)}${figure.unit === undefined ? "" : ` ${figure.unit}`}`;
}

function wrapWords(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  for (const word of text.split(/\s+/)) {
    const row = rows.at(-1);
    if (row !== undefined && widthOf(`${row} ${word}`) <= width) rows[rows.length - 1] = `${row} ${word}`;
    else rows.push(word);
  }
  return rows;
}
