/** The routing of a run, added up over its periods. */
import type { RoutingMeasured } from "../runtime/events.ts";

export interface RoutingCell {
  readonly cohort: string;
  readonly band: string;
  readonly examples: number;
  /** Mean of w(i, b) over the cohort's examples; undefined when it had none. */
  readonly intended: number | undefined;
  /** Mean over the run of the cohort's share of the band's absorbed gradient energy, in 0..1. */
  readonly share: number | undefined;
}

/**
 * One cell for the whole run out of those of its periods: weights averaged over examples; shares averaged over the
 * periods in which they were measured, each counting by the examples that its largest cohort had.
 */
export function createRoutingSum(): {
  readonly add: (event: RoutingMeasured) => void;
  readonly read: () => readonly RoutingCell[];
} {
  const sums = new Map<string, Sum>();
  return {
    add({ cells }) {
      const size = largest(cells.map(({ examples }) => examples));
      for (const { cohort, band, examples, intended, share } of cells) {
        const key = JSON.stringify([cohort, band]);
        const sum = sums.get(key) ?? { cohort, band, examples: 0, intended: 0, share: 0, measured: 0 };
        sums.set(key, {
          cohort,
          band,
          examples: sum.examples + examples,
          intended: sum.intended + intended * examples,
          share: sum.share + (share ?? 0) * size,
          measured: sum.measured + (share === null ? 0 : size),
        });
      }
    },
    read: () =>
      [...sums.values()].map(({ cohort, band, examples, intended, share, measured }) => ({
        ...{ cohort, band, examples },
        intended: examples === 0 ? undefined : intended / examples,
        share: measured === 0 ? undefined : share / measured,
      })),
  };
}

export function largest(counts: readonly number[]): number {
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

interface Sum {
  readonly cohort: string;
  readonly band: string;
  readonly examples: number;
  readonly intended: number;
  readonly share: number;
  readonly measured: number;
}
