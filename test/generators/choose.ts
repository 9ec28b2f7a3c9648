import fc from "fast-check";

/** Choices drawn one after another: programs are written like text, and still shrink. */
export interface Choose {
  /** From `low` to `high`, both included. */
  readonly whole: (low: number, high: number) => number;
  readonly one: <Item>(items: readonly [Item, ...Item[]]) => Item;
  /** At least one, in the order given, without repetition. */
  readonly some: <Item>(items: readonly [Item, ...Item[]]) => readonly Item[];
  readonly maybe: (write: () => string) => string;
  readonly times: (low: number, high: number, write: (index: number) => string) => readonly string[];
}

/** A text that `write` puts together from choices. */
export function written(write: (choose: Choose) => string): fc.Arbitrary<string> {
  return fc.gen().map((draw) => {
    const whole = (low: number, high: number): number => draw(fc.integer, { min: low, max: high });
    const choose: Choose = {
      whole,
      one: (items) => items[whole(0, items.length - 1)] ?? items[0],
      some: (items) => {
        const chosen = items.filter(() => whole(0, 1) === 1);
        return chosen.length > 0 ? chosen : [items[0]];
      },
      maybe: (writeIt) => (whole(0, 1) === 1 ? writeIt() : ""),
      times: (low, high, writeIt) => Array.from({ length: whole(low, high) }, (_, index) => writeIt(index)),
    };
    return write(choose);
  });
}
