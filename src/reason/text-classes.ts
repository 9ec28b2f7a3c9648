/** Texts as globs tell them apart: one text for every combination of globs that some text can meet. */
import { readGlob, type GlobPlace } from "../source/glob.ts";

/** How many combinations are looked for before giving up. */
const MOST_STATES = 10_000;

/**
 * One text per combination of the patterns that it meets, the shortest of its kind; the first stands for the texts
 * that meet none, where there are such.
 *
 * @param literals Texts that count as patterns of their own.
 * @returns Undefined when there are too many combinations to look through.
 */
export function textClasses(
  globs: readonly string[],
  literals: readonly string[],
): readonly string[] | undefined {
  const patterns = [
    ...globs.map(readGlob),
    ...literals.map((literal) =>
      Array.from(literal, (character): GlobPlace => ({ kind: "character", character })),
    ),
  ];
  const alphabet = alphabetOf(patterns);
  const readers = patterns.map((places) => createReader(places, alphabet));
  const start = readers.map(() => 0);
  const seen = new Set([start.join()]);
  const classes = new Map<string, string>();
  let frontier: readonly { readonly text: string; readonly states: readonly number[] }[] = [
    { text: "", states: start },
  ];
  while (frontier.length > 0) {
    const next: (typeof frontier)[number][] = [];
    for (const { text, states } of frontier) {
      const accepted = readers.map(({ accepts }, index) => accepts(states[index] ?? 0)).join();
      // An empty text is allowed, but a poor example where a longer one does as well.
      if (!classes.has(accepted) || classes.get(accepted) === "") classes.set(accepted, text);
      for (const [letter, character] of alphabet.entries()) {
        const after = readers.map(({ advance }, index) => advance(states[index] ?? 0, letter));
        const key = after.join();
        const isNew = !seen.has(key);
        if (!isNew && text !== "") continue;
        seen.add(key);
        if (seen.size > MOST_STATES) return undefined;
        next.push({ text: text + character, states: after });
      }
    }
    frontier = next;
  }
  return [...classes].toSorted(([left], [right]) => countMet(left) - countMet(right)).map(([, text]) => text);
}

/** A pattern read letter by letter: its states are numbered as they are met, the first is 0. */
interface Reader {
  readonly advance: (state: number, letter: number) => number;
  readonly accepts: (state: number) => boolean;
}

function createReader(places: readonly GlobPlace[], alphabet: readonly string[]): Reader {
  const waiting = [close(places, new Set([0]))];
  const numbers = new Map(waiting.map((state, number) => [stateKey(state), number]));
  const followed: number[][] = [[]];
  const follow = (state: number, letter: number): number => {
    const after = step(places, waiting[state] ?? new Set(), alphabet[letter] ?? "");
    const key = stateKey(after);
    const known = numbers.get(key) ?? waiting.push(after) - 1;
    numbers.set(key, known);
    followed[known] ??= [];
    return known;
  };
  return {
    advance: (state, letter) => {
      const known = followed[state]?.[letter];
      if (known !== undefined) return known;
      const after = follow(state, letter);
      (followed[state] ??= [])[letter] = after;
      return after;
    },
    accepts: (state) => waiting[state]?.has(places.length) ?? false,
  };
}

function countMet(accepted: string): number {
  return accepted.split(",").filter((met) => met === "true").length;
}

/** Every character that a pattern names, the slash, and one that stands for all others. */
function alphabetOf(patterns: readonly (readonly GlobPlace[])[]): readonly string[] {
  const named = patterns.flat().flatMap((place) => (place.kind === "character" ? [place.character] : []));
  const known = new Set([...named, "/"]);
  const other =
    Array.from("xyzabcdefghijklmnopqrstuvw0123456789").find((letter) => !known.has(letter)) ?? "\u{2022}";
  return [other, ...known];
}

function close(places: readonly GlobPlace[], states: ReadonlySet<number>): ReadonlySet<number> {
  const closed = new Set(states);
  // A set visits what is added while it is walked.
  for (const state of closed) {
    const place = places[state];
    if (place?.kind === "run") closed.add(state + 1);
    if (place?.kind === "fork") closed.add(state + 1).add(state + place.skip);
  }
  return closed;
}

function step(
  places: readonly GlobPlace[],
  states: ReadonlySet<number>,
  character: string,
): ReadonlySet<number> {
  const after = new Set<number>();
  for (const state of states) {
    const place = places[state];
    if (place === undefined) continue;
    if (place.kind === "character" && place.character === character) after.add(state + 1);
    if (place.kind === "one" && character !== "/") after.add(state + 1);
    if (place.kind === "run" && (place.crossesSlash || character !== "/")) after.add(state);
  }
  return close(places, after);
}

function stateKey(state: ReadonlySet<number>): string {
  return [...state].toSorted((a, b) => a - b).join();
}
