import fc from "fast-check";

/** Draws that fast-check shrinks, one after another. */
export interface Choices {
  /** From `low` to `high`, both included. */
  readonly whole: (low: number, high: number) => number;
  readonly one: <const Item>(items: readonly [Item, ...Item[]]) => Item;
  /** `chances` times of 10. */
  readonly often: (chances: number) => boolean;
  readonly list: <Item>(low: number, high: number, make: (index: number) => Item) => readonly Item[];
}

export function chosen<Value>(make: (choices: Choices) => Value): fc.Arbitrary<Value> {
  return fc.gen().map((draw) => make(choicesBy((low, high) => draw(fc.integer, { min: low, max: high }))));
}

/** Draws that are always the same for a seed: for what there is much of, and nothing to shrink. */
export function choicesFrom(seed: number): Choices {
  const next = numbersFrom(seed);
  return choicesBy(
    (low, high) => low + Math.min(high - low, Math.floor(((next() + 1) / 2) * (high - low + 1))),
  );
}

function choicesBy(whole: Choices["whole"]): Choices {
  return {
    whole,
    one: (items) => items[whole(0, items.length - 1)] ?? items[0],
    // A draw of 0, to which fast-check shrinks, is a no.
    often: (chances) => whole(0, 9) >= 10 - chances,
    list: (low, high, item) => Array.from({ length: whole(low, high) }, (_, index) => item(index)),
  };
}

/** Numbers in -1..1, always the same for a seed (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}
