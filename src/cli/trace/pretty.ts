/** An answer of `gov trace` for a terminal. */
import type { TraceAnswer } from "../../evidence/provenance/trace.ts";
import { sayMany, sayNumber } from "../../lower/words.ts";
import { sayBehavior, sayRemoval, shareOf, type TraceRule } from "../../report/trace.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import type { TraceRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

export function showAnswer(
  request: TraceRequest,
  answer: TraceAnswer,
  rules: readonly TraceRule[],
  { colors }: Terminal,
): string {
  const { examples, others, magnitude, removal, damaged } = answer;
  const heading = (text: string): string => `\n${colors.bold(text)}\n`;
  const lines = [
    `${colors.bold(escapeControls(sayQuestion(request)))}\n`,
    `${sayMany(answer.rows, "traced row")}, ${sayNumber(answer.influence)} in sum\n`,
    ...damaged.map((name) => `${colors.red("damaged")} ${name}: rows of it are left out\n`),
    ...(removal === undefined ? [] : [`${sayRemoval(removal)}\n`, heading("Without them, less of")]),
    ...layOut(
      [
        ...(removal?.bands.map((part) => [`band ${part.name}`, part] as const) ?? []),
        ...(removal?.behaviors.map((part) => [`toward ${sayBehavior(part.name)}`, part] as const) ?? []),
      ].map(([name, { share, influence }]) => [
        name,
        shareOf(share ?? 0, share === null ? 0 : 1),
        sayNumber(influence),
      ]),
    ),
    ...(examples.length === 0 ? [] : [heading("Taught by these examples")]),
    ...layOut(
      examples.map(({ name, cohorts, influence, magnitude: own, firstStep, lastStep }) => [
        name,
        sayNumber(influence),
        shareOf(own, magnitude),
        `steps ${firstStep}–${lastStep}`,
        cohorts.join(", "),
      ]),
    ),
    ...(others === 0 ? [] : [`  and ${sayMany(others, "more example")}\n`]),
    ...(answer.bands.length === 0 ? [] : [heading("Through these bands")]),
    ...layOut(
      answer.bands.map(({ name, influence, magnitude: own }) => [
        name,
        sayNumber(influence),
        shareOf(own, magnitude),
      ]),
    ),
    // Influence toward the batch's own loss and toward a behaviour are two things.
    ...(answer.behaviors.every(({ name }) => name === "") ? [] : [heading("Toward")]),
    ...layOut(
      answer.behaviors
        .filter(() => answer.behaviors.some(({ name }) => name !== ""))
        .map(({ name, influence, magnitude: own }) => [
          sayBehavior(name),
          sayNumber(influence),
          shareOf(own, magnitude),
        ]),
    ),
    ...(answer.cohorts.length === 0 ? [] : [heading("By cohort")]),
    ...layOut(
      answer.cohorts.map(({ name, influence, magnitude: own }) => [
        name,
        sayNumber(influence),
        shareOf(own, magnitude),
      ]),
    ),
    ...(rules.length === 0 ? [] : [heading("Under these rules")]),
    ...layOut(rules.map(({ words, place }) => [words, place])),
  ];
  return lines.join("");
}

const WIDEST = 40;

function layOut(rows: readonly (readonly string[])[]): readonly string[] {
  const shown = rows.map((row) => row.map((cell) => shorten(escapeControls(cell))));
  const widths = shown.reduce<readonly number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return shown.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()}\n`,
  );
}

function shorten(text: string): string {
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

/** What was asked, in words. */
export function sayQuestion({ band, behavior, cohort, example, layer, steps }: TraceRequest): string {
  const parts = [
    ...(behavior === undefined ? [] : [`toward ${behavior}`]),
    ...(example === undefined ? [] : [`of ${example}`]),
    ...(cohort === undefined ? [] : [`of ${cohort}`]),
    ...(band === undefined ? [] : [`through ${band}`]),
    ...(layer === undefined ? [] : [`on layer ${layer}`]),
    ...(steps === undefined ? [] : [`in steps ${steps.first} to ${steps.last}`]),
  ];
  return `Who taught this: ${parts.length === 0 ? "all that was traced" : ["influence", ...parts].join(" ")}`;
}
