/** Ids that lie in given samples: a hash has no inverse, so that they are looked for among many. */
import { sampleFraction } from "../predicate.ts";

export interface Drawn {
  readonly seed: number;
  readonly share: number;
  readonly inside: boolean;
}

const MOST_IDS_TRIED = 5_000;

/** A text like `id`, as far as the test tells, that is drawn as wanted; undefined when none of many is. */
export function findId(
  id: string,
  isAlike: (text: string) => boolean,
  wanted: readonly Drawn[],
): string | undefined {
  for (const text of variantsOf(id)) {
    if (text === "" || !isAlike(text)) continue;
    if (wanted.every(({ seed, share, inside }) => sampleFraction(seed, text) < share === inside)) return text;
  }
  return undefined;
}

/** Texts near an id, most of which meet the same globs. */
function* variantsOf(id: string): Generator<string> {
  const letters = Array.from(id);
  const count = Math.ceil(MOST_IDS_TRIED / (letters.length + 3));
  yield id;
  // Longer ones, by a number anywhere in them or by a folder before them.
  for (let number = 1; number <= count; number += 1) {
    for (let place = letters.length; place >= 0; place -= 1)
      yield [...letters.slice(0, place), number, ...letters.slice(place)].join("");
    yield `${number}/${id}`;
  }
  // Ones as long, where a glob counts characters.
  for (let number = 1; number <= count; number += 1)
    for (const place of letters.keys()) yield letters.with(place, letterOf(number)).join("");
}

/** Letters and signs of the first pages of Unicode, the plain ones first. */
function letterOf(number: number): string {
  return String.fromCodePoint(number < 26 ? 97 + number : number < 52 ? 39 + number : 0x00c0 + number);
}
