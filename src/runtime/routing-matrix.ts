import type { TfjsPlan } from "../lower/tfjs/plan.ts";
import type { SegmentWeightTable } from "./assertions.ts";
import { meanWeights, type BandPart } from "./bands.ts";
import type { RoutingMeasured } from "./events.ts";

/** What a cohort was meant to give to a band, added up since the last time it was told. */
export interface RoutingCount {
  readonly cohort: string;
  readonly band: string;
  readonly examples: number;
  /** The sum of the examples' weights. */
  readonly weight: number;
}

/** Counts what each cohort was meant to give to each band, from step to step. */
export interface RoutingTally {
  readonly add: (
    weights: SegmentWeightTable,
    members: (cohort: string) => Uint8Array,
    batchSize: number,
  ) => void;
  /** What was counted since the last time, with the shares of a step's gradient energy; the counting starts anew. */
  readonly take: (
    energies: (band: string) => Float32Array | undefined,
    members: (cohort: string) => Uint8Array,
  ) => RoutingMeasured["cells"];
  /** What was counted since the last time, without shares; undefined where nothing was. */
  readonly takeRest: () => RoutingMeasured["cells"] | undefined;
  readonly state: () => readonly RoutingCount[];
  readonly restore: (counts: readonly RoutingCount[]) => void;
}

export function createRoutingTally(
  plan: TfjsPlan,
  parts: ReadonlyMap<string, readonly BandPart[]>,
  cohorts: readonly string[],
): RoutingTally {
  const bands = plan.bands.map((band) => band.name);
  const cells = cohorts.flatMap((cohort) => bands.map((band) => ({ cohort, band, examples: 0, weight: 0 })));
  const takeCells = (shareIn: (cohort: string, band: string) => number | null): RoutingMeasured["cells"] =>
    cells.map((cell) => {
      const { cohort, band, examples } = cell;
      const intended = examples === 0 ? 0 : cell.weight / examples;
      cell.examples = 0;
      cell.weight = 0;
      return { cohort, band, examples, intended, share: shareIn(cohort, band) };
    });
  return {
    state: () => cells.map((cell) => ({ ...cell })),
    restore: (counts) => {
      cells.forEach((cell, index) => Object.assign(cell, counts[index]));
    },
    add: (weights, members, batchSize) => {
      const means = new Map(
        bands.map((band) => [band, meanWeights(plan.parameters, parts.get(band) ?? [], weights, batchSize)]),
      );
      for (const cell of cells) {
        const rows = members(cell.cohort);
        const mean = means.get(cell.band);
        for (let row = 0; row < batchSize; row += 1) {
          if (rows[row] !== 1) continue;
          cell.examples += 1;
          cell.weight += mean?.[row] ?? 0;
        }
      }
    },
    take: (energies, members) => takeCells((cohort, band) => shareOf(energies(band), members(cohort))),
    takeRest: () => (cells.every(({ examples }) => examples === 0) ? undefined : takeCells(() => null)),
  };
}

/** Null where nothing was learnt, or where it could not be measured. */
function shareOf(energies: Float32Array | undefined, members: Uint8Array): number | null {
  if (energies === undefined) return null;
  const total = energies.reduce((sum, energy) => sum + energy, 0);
  if (!Number.isFinite(total) || total === 0) return null;
  return energies.reduce((sum, energy, row) => (members[row] === 1 ? sum + energy : sum), 0) / total;
}
