/** Influence added up by example. */
import type { InfluenceMeasured } from "../runtime/events.ts";
import type { Span } from "../source/span.ts";

export interface TracedInfluence {
  readonly band: string;
  readonly behavior: string | null;
  readonly span: Span;
  /** By magnitude, the largest first. */
  readonly examples: readonly ExampleInfluence[];
}

export interface ExampleInfluence {
  readonly id: string;
  readonly influence: number;
  /** The number of traced steps in which it was kept. */
  readonly steps: number;
}

/** Adds up the rows of each example, per band and behaviour; rows that are not finite are left out. */
export function createInfluenceSum(): {
  readonly add: (event: InfluenceMeasured) => void;
  readonly read: () => readonly TracedInfluence[];
} {
  const groups = new Map<string, Group>();
  return {
    add(event) {
      const key = JSON.stringify([event.band, event.behavior]);
      const group = groups.get(key) ?? { event, sums: new Map<string, ExampleInfluence>() };
      groups.set(key, group);
      for (const { id, influence } of event.rows) {
        if (influence === null) continue;
        const sum = group.sums.get(id);
        group.sums.set(id, {
          id,
          influence: (sum?.influence ?? 0) + influence,
          steps: (sum?.steps ?? 0) + 1,
        });
      }
    },
    read: () =>
      [...groups.values()].map(({ event: { band, behavior, span }, sums }) => ({
        ...{ band, behavior, span },
        examples: [...sums.values()].sort(
          (left, right) => Math.abs(right.influence) - Math.abs(left.influence),
        ),
      })),
  };
}

interface Group {
  /** The first of its band and behaviour. */
  readonly event: InfluenceMeasured;
  readonly sums: Map<string, ExampleInfluence>;
}
