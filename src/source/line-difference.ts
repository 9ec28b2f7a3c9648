/** How two texts differ, line by line: Myers 1986, "An O(ND) Difference Algorithm and Its Variations". */
export interface DifferenceRow {
  readonly kind: " " | "-" | "+";
  /** With its line break. */
  readonly text: string;
}

/** Every line of both texts, in order: kept, taken out or put in. */
export function compareTexts(before: string, after: string): readonly DifferenceRow[] {
  const [left, right] = [splitLines(before), splitLines(after)];
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1;
  let tail = 0;
  const shorter = Math.min(left.length, right.length) - head;
  while (tail < shorter && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  return [
    ...rows(" ", left.slice(0, head)),
    ...compareMiddles(left.slice(head, left.length - tail), right.slice(head, right.length - tail)),
    ...rows(" ", left.slice(left.length - tail)),
  ];
}

/** Each with its line break, so that a missing last one is a difference. */
export function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Texts that differ in more lines than this are not compared further: all of one goes, all of the other comes. */
const MOST_CHANGES = 600;

function compareMiddles(before: readonly string[], after: readonly string[]): readonly DifferenceRow[] {
  const trace = findPath(before, after);
  if (trace === undefined) return [...rows("-", before), ...rows("+", after)];
  // From the ends back to the beginnings, along the furthest points of each number of changes.
  const found: DifferenceRow[] = [];
  let [x, y] = [before.length, after.length];
  for (let changes = trace.length - 1; changes >= 0; changes -= 1) {
    const reached = trace[changes] ?? new Map<number, number>();
    const diagonal = x - y;
    const comesFromAbove = isInsertion(reached, diagonal, changes);
    const previous = comesFromAbove ? diagonal + 1 : diagonal - 1;
    const fromX = changes === 0 ? 0 : (reached.get(previous) ?? 0);
    const fromY = changes === 0 ? 0 : fromX - previous;
    for (; x > fromX && y > fromY && before[x - 1] === after[y - 1]; x -= 1, y -= 1)
      found.push({ kind: " ", text: before[x - 1] ?? "" });
    if (changes === 0) break;
    if (comesFromAbove) found.push({ kind: "+", text: after[y - 1] ?? "" });
    else found.push({ kind: "-", text: before[x - 1] ?? "" });
    [x, y] = [fromX, fromY];
  }
  return found.toReversed();
}

/** For each number of changes, how far along every diagonal fewer of them have come. */
function findPath(
  before: readonly string[],
  after: readonly string[],
): readonly ReadonlyMap<number, number>[] | undefined {
  const trace: ReadonlyMap<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let changes = 0; changes <= Math.min(before.length + after.length, MOST_CHANGES); changes += 1) {
    trace.push(new Map(furthest));
    const next = new Map(furthest);
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      let x = isInsertion(furthest, diagonal, changes)
        ? (furthest.get(diagonal + 1) ?? 0)
        : (furthest.get(diagonal - 1) ?? 0) + 1;
      let y = x - diagonal;
      while (x < before.length && y < after.length && before[x] === after[y]) [x, y] = [x + 1, y + 1];
      next.set(diagonal, x);
      if (x >= before.length && y >= after.length) return trace;
    }
    furthest = next;
  }
  return undefined;
}

function isInsertion(furthest: ReadonlyMap<number, number>, diagonal: number, changes: number): boolean {
  if (diagonal === -changes) return true;
  return diagonal !== changes && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1);
}

function rows(kind: DifferenceRow["kind"], texts: readonly string[]): readonly DifferenceRow[] {
  return texts.map((text) => ({ kind, text }));
}
