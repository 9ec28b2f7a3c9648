import type { Duration, Window } from "../check/policy.ts";
import type { TimeUnit } from "../syntax/ast.ts";
import type { Clock } from "./clock.ts";
import { windowHolds } from "./windows.ts";

/**
 * Moments enough to stand for every moment of every training: between two neighbours no window opens or closes. How
 * many steps make an epoch is not known, so that the counts are combined freely as far as a training can have them:
 * an epoch has at least a step, and no example is seen before the first step.
 */
export function momentsOf(windows: readonly Window[]): readonly Clock[] {
  const moments = periodsOf(windows).map(({ clock }) => clock);
  // Of moments at which the same windows are open, the first says enough.
  const distinct = new Map(
    moments
      .toReversed()
      .map((moment) => [windows.map((window) => windowHolds(window, moment)).join(), moment]),
  );
  return [...distinct.values()].reverse();
}

/** A stretch of time, in every unit, in which no window opens or closes. */
export interface Period {
  /** Its first moment. */
  readonly clock: Clock;
  readonly stretches: Readonly<Record<TimeUnit, Stretch>>;
}

export interface Stretch {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** All stretches of time that a training can come to; the windows that are open may be the same in several. */
export function periodsOf(windows: readonly Window[]): readonly Period[] {
  const edges = windows.flatMap(({ from, until }) => [from, until]).filter((edge) => edge !== undefined);
  const stepStretches = stretchesOf(edges, "steps");
  return stretchesOf(edges, "epochs").flatMap((epochs) =>
    stretchesOf(edges, "examples").flatMap((examples) =>
      stepStretches.flatMap((steps): readonly Period[] => {
        const step = Math.max(steps.start, epochs.start, examples.start > 0 ? 1 : 0);
        if (step >= steps.end) return [];
        const clock = { step, epoch: epochs.start, examples: examples.start };
        return [{ clock, stretches: { steps, epochs, examples } }];
      }),
    ),
  );
}

function stretchesOf(edges: readonly Duration[], unit: TimeUnit): readonly Stretch[] {
  const counts = edges.filter((edge) => edge.unit === unit).map((edge) => edge.count);
  const starts = [...new Set([0, ...counts])].toSorted((a, b) => a - b);
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? Number.POSITIVE_INFINITY }));
}
