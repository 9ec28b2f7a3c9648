/** The examples of an answer for spreadsheets (RFC 4180), in which no name can become more than text. */
import type { TraceAnswer } from "../../evidence/provenance/trace.ts";
import { escapeControls } from "../diagnostics/visible.ts";

const HEAD = ["example", "rows", "influence", "magnitude", "cohorts", "first_step", "last_step"];

export function examplesToCsv({ examples }: Pick<TraceAnswer, "examples">): string {
  const rows = examples.map(({ name, rows: count, influence, magnitude, cohorts, firstStep, lastStep }) => [
    ...[textCell(name), count, influence, magnitude],
    ...[textCell(cohorts.join("; ")), firstStep, lastStep],
  ]);
  return [HEAD, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

// What a spreadsheet takes for the start of a formula, in the wide forms of East Asian keyboards too; it looks past
// white space.
const FORMULA = /^[\s\u00a0\ufeff]*[=+\-@|%\uff0b\uff0d\uff1d\uff20]/u;

/** In quotes, its control characters by their numbers, and with an apostrophe before what would be worked out. */
function textCell(text: string): string {
  const guarded = FORMULA.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return `"${escapeControls(guarded).replaceAll('"', '""')}"`;
}
