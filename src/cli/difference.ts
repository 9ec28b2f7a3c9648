import { compareTexts, type DifferenceRow } from "../source/line-difference.ts";

/** Two texts as a unified diff, with three lines around each change; empty where they are equal. */
export function showDifference(name: string, before: string, after: string, change = "laid out"): string {
  if (before === after) return "";
  const rows = compareTexts(before, after);
  const hunks: string[] = [];
  for (let at = 0; at < rows.length;) {
    const first = rows.findIndex((row, index) => index >= at && row.kind !== " ");
    if (first < 0) break;
    const start = Math.max(at, first - CONTEXT);
    let end = first;
    // A hunk goes on as long as the next change is near.
    for (let index = first; index < rows.length && index <= end + 2 * CONTEXT; index += 1)
      if (rows[index]?.kind !== " ") end = index;
    const stop = Math.min(rows.length, end + 1 + CONTEXT);
    hunks.push(showHunk(rows, start, stop));
    at = stop;
  }
  return `--- ${name}\n+++ ${name} (${change})\n${hunks.join("")}`;
}

const CONTEXT = 3;

function showHunk(rows: readonly DifferenceRow[], start: number, stop: number): string {
  const count = (part: readonly DifferenceRow[], without: DifferenceRow["kind"]): number =>
    part.filter(({ kind }) => kind !== without).length;
  const [before, hunk] = [rows.slice(0, start), rows.slice(start, stop)];
  const range = (without: DifferenceRow["kind"]): string =>
    `${count(before, without) + 1},${count(hunk, without)}`;
  const lines = hunk.map(({ kind, text }) =>
    text.endsWith("\n") ? `${kind}${text}` : `${kind}${text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range("+")} +${range("-")} @@\n${lines.join("")}`;
}
