/**
 * What an earlier parse of nearly the same text has read: between two keystrokes all units but one are what they were,
 * and only stand elsewhere.
 */
import type { IToken } from "chevrotain";
import { positionAt, type SourceText } from "../source/text.ts";
import type { Declaration, Header, Import } from "./ast.ts";
import { moved } from "./moved.ts";

export type Unit = Header | Import | Declaration;

/** A unit that was read without a mistake, by the text that made it what it is. */
export interface SoundUnit {
  readonly unit: Unit;
  /** Where the text before it ends: the comments between belong to the unit, for they may document it. */
  readonly from: number;
}

/** Where tokens stand that may be a unit. */
export interface Stretch {
  /** As in `SoundUnit`. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

export function stretchOf(tokens: readonly IToken[], at: number, end: number): Stretch {
  const endOf = (token: IToken | undefined): number =>
    token === undefined ? 0 : token.startOffset + token.image.length;
  return { from: endOf(tokens[at - 1]), start: tokens[at]?.startOffset ?? 0, end: endOf(tokens[end - 1]) };
}

/**
 * Finds the unit of a stretch of a text among those of an earlier one, with the spans that it has now.
 *
 * INVARIANT: what is found is what a parse of the stretch would give. It depends on the stretch alone, but for two
 * things: what is first in a file is first on its line, and columns are counted from a line's beginning.
 */
export function unitFinder(
  source: SourceText,
  earlier: { readonly source: SourceText; readonly sound: readonly SoundUnit[] },
): (stretch: Stretch) => Unit | undefined {
  if (earlier.source.file !== source.file) return () => undefined;
  const known = new Map(
    earlier.sound.map((sound) => [earlier.source.text.slice(sound.from, sound.unit.span.end), sound]),
  );
  return (stretch) => {
    const { unit, from } = known.get(source.text.slice(stretch.from, stretch.end)) ?? {};
    if (unit === undefined || (from === 0) !== (stretch.from === 0)) return undefined;
    const { line, column } = positionAt(source, stretch.start);
    if (column !== unit.span.column) return undefined;
    const move = { offsets: stretch.start - unit.span.start, lines: line - unit.span.line };
    return move.offsets === 0 && move.lines === 0 ? unit : moved(unit, move);
  };
}
