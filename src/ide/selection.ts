/** What a growing selection takes in, from the word at an offset out to the file. */
import type { ParsedFile } from "../syntax/parse.ts";
import { endOf, nodesAt, tokenAt } from "./at.ts";
import type { Offsets } from "./layout.ts";

/** The smallest first; each holds the one before. */
export function selectionsAt({ file, source, tokens }: ParsedFile, offset: number): readonly Offsets[] {
  const token = tokenAt(tokens, offset);
  const word: readonly Offsets[] =
    token === undefined ? [] : [{ start: token.startOffset, end: endOf(token) }];
  const nodes = nodesAt(file, offset)
    .map(({ span }): Offsets => ({ start: span.start, end: span.end }))
    .toReversed();
  return [...word, ...nodes, { start: 0, end: source.text.length }].reduce<readonly Offsets[]>(
    (taken, next) => {
      const last = taken.at(-1);
      if (last === undefined) return [next];
      const grows = next.start <= last.start && last.end <= next.end;
      return grows && (next.start < last.start || last.end < next.end) ? [...taken, next] : taken;
    },
    [],
  );
}
