/**
 * The candidate closest to a misspelt name, or undefined when none is close: at most a third of the name's length
 * in edits (insert, delete, replace, swap of neighbours), letter case counted as half an edit, at most one.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name === "") return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 0.5;
  for (const candidate of candidates) {
    const isSameButCase = name.toLowerCase() === candidate.toLowerCase();
    const distance = Math.min(editDistance(name, candidate), isSameButCase ? 1 : Infinity);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `did you mean \`x\`?`, or undefined when nothing is near. */
export function suggestName(name: string, candidates: Iterable<string>): string | undefined {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
}

// Optimal string alignment (Damerau-Levenshtein without repeated edits of one substring).
function editDistance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const cost = characterCost(left.charAt(i - 1), right.charAt(j - 1));
      let distance = Math.min(at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(rows, i - 1, j - 1) + cost);
      const swapped =
        left.charAt(i - 1) === right.charAt(j - 2) && left.charAt(i - 2) === right.charAt(j - 1);
      if (i > 1 && j > 1 && swapped) distance = Math.min(distance, at(rows, i - 2, j - 2) + 1);
      row.push(distance);
    }
    rows.push(row);
  }
  return at(rows, left.length, right.length);
}

function characterCost(left: string, right: string): number {
  if (left === right) return 0;
  return left.toLowerCase() === right.toLowerCase() ? 0.5 : 1;
}

function at(rows: readonly (readonly number[])[], row: number, column: number): number {
  return rows[row]?.[column] ?? 0;
}
