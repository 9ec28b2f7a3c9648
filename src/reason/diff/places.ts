import type { Comparison } from "./comparison.ts";
import type { Place } from "./difference.ts";
import type { PairCell } from "./paired-cells.ts";

type Bands = Pick<Comparison, "before" | "after" | "cells">;

/** Some of the cells by whole bands as far as that goes, the larger first; what is left over piece by piece. */
export function describePlaces(chosen: readonly PairCell[], comparison: Bands): readonly Place[] {
  const left = new Set(chosen);
  const places: Place[] = [];
  const bands = steadyBands(comparison).filter(({ cells }) => cells.every((cell) => left.has(cell)));
  for (const { band, cells } of bands.toSorted((a, b) => b.cells.length - a.cells.length)) {
    if (!cells.some((cell) => left.has(cell))) continue;
    places.push({ kind: "band", band });
    for (const cell of cells) left.delete(cell);
  }
  return [...places, ...[...left].map(describePart)];
}

function describePart({ before, after }: PairCell): Place {
  const named = (bands: ReadonlySet<string>): readonly string[] =>
    [...bands].filter((band) => band !== "all");
  return { kind: "part", before: named(before), after: named(after) };
}

interface BandCells {
  readonly band: string;
  readonly cells: readonly PairCell[];
}

/** Bands whose names mean one thing: those that hold the same in both policies, or are declared in one of them. */
function steadyBands({ before, after, cells }: Bands): readonly BandCells[] {
  const earlier = ["all", ...before.bands.map(({ name }) => name)];
  const later = ["all", ...after.bands.map(({ name }) => name)];
  const isSteady = (band: string): boolean =>
    cells.every((cell) => cell.before.has(band) === cell.after.has(band));
  return [
    ...later
      .filter((band) => !earlier.includes(band) || isSteady(band))
      .map((band) => ({ band, cells: cells.filter((cell) => cell.after.has(band)) })),
    ...earlier
      .filter((band) => !later.includes(band))
      .map((band) => ({ band, cells: cells.filter((cell) => cell.before.has(band)) })),
  ];
}
