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
  if (globs.length === 0) return [strangerTo(literals), ...literals];
  const [glob, ...otherGlobs] = globs;
  const places = glob !== undefined && otherGlobs.length + literals.length === 0 ? readGlob(glob) : [];
  if (places[0]?.kind === "character") return [strangerTo([places[0].character]), shortestOf(places)];
  const patterns = [...globs.map(readGlob), ...literals.map(charactersOf)];
  const alphabet = alphabetOf(patterns);
  const slash = alphabet.indexOf("/");
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
      // A letter that no pattern waits for here leads where the first one does.
      const letters = new Set([
        0,
        slash,
        ...readers.flatMap(({ awaits }, index) => awaits(states[index] ?? 0)),
      ]);
      for (const letter of letters) {
        const character = alphabet[letter] ?? "";
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

function charactersOf(literal: string): readonly GlobPlace[] {
  return Array.from(literal, (character): GlobPlace => ({ kind: "character", character }));
}

/** A pattern read letter by letter: its states are numbered as they are met, the first is 0. */
interface Reader {
  readonly advance: (state: number, letter: number) => number;
  readonly accepts: (state: number) => boolean;
  /** The letters that are named at a state. */
  readonly awaits: (state: number) => readonly number[];
}

function createReader(places: readonly GlobPlace[], alphabet: readonly string[]): Reader {
  const start = close(places, [0]);
  // What is waited for at each state, and where each letter leads.
  const waiting: (readonly number[])[] = [start];
  const numbers = new Map([[start.join(), 0]]);
  const followed: (number | undefined)[][] = [[]];
  const awaited: (readonly number[])[] = [];
  const follow = (state: number, letter: number): number => {
    const after = step(places, waiting[state] ?? [], alphabet[letter] ?? "");
    const key = after.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, waiting.length);
    followed.push([]);
    return waiting.push(after) - 1;
  };
  return {
    advance: (state, letter) => {
      const leads = followed[state] ?? [];
      return (leads[letter] ??= follow(state, letter));
    },
    awaits: (state) =>
      (awaited[state] ??= (waiting[state] ?? []).flatMap((place) => {
        const named = places[place];
        return named?.kind === "character" ? [alphabet.indexOf(named.character)] : [];
      })),
    accepts: (state) => waiting[state]?.includes(places.length) ?? false,
  };
}

/** The shortest text that meets a pattern. */
function shortestOf(places: readonly GlobPlace[]): string {
  let text = "";
  for (let at = 0; at < places.length; at += 1) {
    const place = places[at];
    if (place?.kind === "character") text += place.character;
    if (place?.kind === "one") text += "x";
    if (place?.kind === "fork") at += place.skip - 1;
  }
  return text;
}

/** A text of one letter that is none of these; of more where all letters are among them. */
function strangerTo(literals: readonly string[]): string {
  const letter = LETTERS.find((candidate) => !literals.includes(candidate));
  if (letter !== undefined) return letter;
  let text = "xx";
  while (literals.includes(text)) text += "x";
  return text;
}

const LETTERS = Array.from("xyzabcdefghijklmnopqrstuvw0123456789");

function countMet(accepted: string): number {
  return accepted.split(",").filter((met) => met === "true").length;
}

/** Every character that a pattern names, the slash, and one that stands for all others. */
function alphabetOf(patterns: readonly (readonly GlobPlace[])[]): readonly string[] {
  const named = patterns.flat().flatMap((place) => (place.kind === "character" ? [place.character] : []));
  const known = new Set([...named, "/"]);
  const other = LETTERS.find((letter) => !known.has(letter)) ?? "\u{2022}";
  return [other, ...known];
}

/** With the places that need no character to be reached; ascending, each once. */
function close(places: readonly GlobPlace[], states: readonly number[]): readonly number[] {
  const closed = [...states];
  const add = (state: number): void => {
    if (!closed.includes(state)) closed.push(state);
  };
  // A list visits what is added while it is walked.
  for (const state of closed) {
    const place = places[state];
    if (place?.kind === "run") add(state + 1);
    if (place?.kind === "fork") {
      add(state + 1);
      add(state + place.skip);
    }
  }
  return closed.length < 2 ? closed : [...new Set(closed)].sort((a, b) => a - b);
}

function step(places: readonly GlobPlace[], states: readonly number[], character: string): readonly number[] {
  const after: number[] = [];
  for (const state of states) {
    const place = places[state];
    if (place === undefined) continue;
    if (place.kind === "character" && place.character === character) after.push(state + 1);
    if (place.kind === "one" && character !== "/") after.push(state + 1);
    if (place.kind === "run" && (place.crossesSlash || character !== "/")) after.push(state);
  }
  return close(places, after);
}
