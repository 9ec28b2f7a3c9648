/** Two texts as a unified diff, with three lines around each change; empty where they are equal. */
export function showDifference(name: string, before: string, after: string, change = "laid out"): string {
  if (before === after) return "";
  const rows = compareLines(splitLines(before), splitLines(after));
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

interface Row {
  readonly kind: " " | "-" | "+";
  readonly text: string;
}

function showHunk(rows: readonly Row[], start: number, stop: number): string {
  const count = (part: readonly Row[], without: Row["kind"]): number =>
    part.filter(({ kind }) => kind !== without).length;
  const [before, hunk] = [rows.slice(0, start), rows.slice(start, stop)];
  const range = (without: Row["kind"]): string => `${count(before, without) + 1},${count(hunk, without)}`;
  const lines = hunk.map(({ kind, text }) =>
    text.endsWith("\n") ? `${kind}${text}` : `${kind}${text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range("+")} +${range("-")} @@\n${lines.join("")}`;
}

/** Each with its line break, so that a missing last one is a difference. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** By the longest common subsequence of lines; equal beginnings and endings are taken off first. */
function compareLines(before: readonly string[], after: readonly string[]): readonly Row[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - head;
  while (tail < shorter && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (text: string): Row => ({ kind: " ", text });
  return [
    ...before.slice(0, head).map(same),
    ...compareMiddles(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function compareMiddles(before: readonly string[], after: readonly string[]): readonly Row[] {
  // lengths[i][j]: of the longest common subsequence of before[i…] and after[j…].
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const lengthAt = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const row = lengths[i];
    for (let j = after.length - 1; j >= 0 && row !== undefined; j -= 1)
      row[j] =
        before[i] === after[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
  }
  const rows: Row[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      rows.push({ kind: " ", text: old });
      [i, j] = [i + 1, j + 1];
    } else if (old !== undefined && (fresh === undefined || lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      rows.push({ kind: "-", text: old });
      i += 1;
    } else {
      rows.push({ kind: "+", text: fresh ?? "" });
      j += 1;
    }
  }
  return rows;
}
