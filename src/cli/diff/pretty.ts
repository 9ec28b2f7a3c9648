import type { Direction } from "../../reason/diff/difference.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import type { Colors, Terminal } from "../terminal.ts";
import { countVerdicts, withChanges, type Compared, type ComparedSide } from "./compared.ts";
import { DIRECTION_WORDS, tellDifference, type ToldChange, type ToldText } from "./tell.ts";
import { setWords, type Words } from "./words.ts";

/** How two policies differ, for people at a terminal. */
export function showDifferencePretty(compared: Compared, { colors }: Pick<Terminal, "colors">): string {
  const { difference, before, after } = compared;
  const { sections, undecided, count, basis } = tellDifference(compared);
  const paint = painter(difference.verdict === "equivalent" ? "none" : difference.verdict, colors);
  const heading = `${showSide(before)} -> ${showSide(after)}`;
  const blocks = [
    [
      `${colors.bold(heading)}: ${colors.bold(paint(difference.verdict))}${count === "" ? "" : ` (${count})`}`,
    ],
    ...sections.map(({ title, changes }) => [
      colors.bold(title),
      ...changes.flatMap((change) => showChange(change, colors)),
    ]),
    ...(undecided.length === 0
      ? []
      : [
          [colors.bold("not decided, and so not equivalent"), ...undecided.map((words) => `  ${set(words)}`)],
        ]),
    [colors.dim(escapeControls(basis))],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** How the policies of two folders differ: those that do, and how many there are. */
export function showDifferencesPretty(all: readonly Compared[], terminal: Pick<Terminal, "colors">): string {
  const shown = withChanges(all).map((compared) => showDifferencePretty(compared, terminal));
  return [...shown, `${terminal.colors.bold(countVerdicts(all))}\n`].join("\n");
}

function showSide({ shown, role, isAbsent }: ComparedSide): string {
  return isAbsent ? `no ${role}` : escapeControls(shown);
}

function showChange({ direction, title, facts, texts }: ToldChange, colors: Colors): readonly string[] {
  const word = painter(direction, colors)(DIRECTION_WORDS[direction].padEnd(WIDEST));
  return [
    `  ${word}  ${set(title)}`,
    ...facts.map(({ label, words }) => `      ${colors.dim(label.padEnd(7))}  ${set(words)}`),
    ...texts.flatMap((text) => showText(text, colors)),
  ];
}

function showText({ sign, text, place }: ToldText, colors: Colors): readonly string[] {
  const paint = { "-": colors.red, "+": colors.green, " ": (line: string): string => line }[sign];
  return text.split("\n").map((line, index) => {
    const shown = paint(`${sign} ${escapeControls(line)}`);
    return `      ${shown}${index === 0 ? `  ${colors.dim(escapeControls(place))}` : ""}`.trimEnd();
  });
}

const WIDEST = Math.max(...Object.values(DIRECTION_WORDS).map(({ length }) => length));

function painter(direction: Direction, colors: Colors): (text: string) => string {
  return { looser: colors.red, different: colors.yellow, stricter: colors.green, none: colors.dim }[
    direction
  ];
}

function set(words: Words): string {
  return escapeControls(setWords(words, (quoted) => quoted));
}
