/** What a run came to, counted from its events as they happen: the stuff of the summary. */
import type { Bound } from "../../check/policy.ts";
import { placeInRange } from "../progress/gauge.ts";
import { createRoutingSum, type RoutingCell } from "../../report/routing-sums.ts";
import type { ExamplesRefused, RunEvent, ViolationFound } from "../../runtime/events.ts";
import type { Clock } from "../../reason/clock.ts";
import type { InterventionClosed } from "../../reason/bounds/decisions.ts";

export interface Tally {
  /** Counts of what is done: the moment of the step that would come next. */
  readonly next: Clock;
  readonly opened: number;
  readonly closed: Readonly<Record<InterventionClosed["outcome"], number>>;
  readonly skipped: number;
  readonly bounds: readonly BoundTally[];
  readonly refusals: readonly ExamplesRefused[];
  readonly violations: readonly ViolationFound[];
  /** Of the whole run so far. */
  readonly routing: readonly RoutingCell[];
}

export interface BoundTally {
  readonly bound: Bound;
  /** Steps in which the window was full or a breach began, and those of them within the range. */
  readonly judged: number;
  readonly within: number;
  readonly breaches: number;
  /** The window's last average; undefined where no window was filled. */
  readonly average: number | undefined;
}

const START: Clock = { step: 0, epoch: 0, examples: 0 };

export function createTally(bounds: readonly Bound[]): {
  readonly add: (event: RunEvent) => void;
  readonly read: () => Tally;
} {
  const routing = createRoutingSum();
  let tally: Omit<Tally, "routing"> = {
    next: START,
    opened: 0,
    closed: { achieved: 0, not_achieved: 0, superseded: 0 },
    skipped: 0,
    bounds: bounds.map((bound) => ({ bound, judged: 0, within: 0, breaches: 0, average: undefined })),
    refusals: [],
    violations: [],
  };
  return {
    add: (event) => {
      if (event.kind === "routing_measured") routing.add(event);
      tally = { ...addEvent(tally, event), next: clockAfter(event, tally.next) };
    },
    read: () => ({ ...tally, routing: routing.read() }),
  };
}

function clockAfter(event: RunEvent, known: Clock): Clock {
  // What is told at the end of an epoch about its steps is about the past.
  if (event.kind === "routing_measured") return known;
  if (event.kind !== "step_measured") return event.clock;
  const { step, epoch, examples } = event.clock;
  return { step: step + 1, epoch, examples: examples + event.examples };
}

function addEvent(tally: Omit<Tally, "routing">, event: RunEvent): Omit<Tally, "routing"> {
  const changeBounds = (change: (known: BoundTally, index: number) => BoundTally): typeof tally => ({
    ...tally,
    bounds: tally.bounds.map(change),
  });
  switch (event.kind) {
    case "step_measured":
      return changeBounds((known, index) => {
        const average = event.bounds[index]?.average;
        if (average === undefined || average === null) return known;
        const isWithin = Math.abs(placeInRange(average, known.bound.range) - 0.5) <= 0.5;
        return {
          ...known,
          average,
          judged: known.judged + 1,
          within: known.within + (isWithin ? 1 : 0),
        };
      });
    case "bound_breached":
      // What is not finite is outside at once, and no average tells of it.
      return changeBounds((known, index) =>
        index === event.bound
          ? {
              ...known,
              breaches: known.breaches + 1,
              judged: known.judged + (event.measured === null ? 1 : 0),
            }
          : known,
      );
    case "intervention_opened":
      return { ...tally, opened: tally.opened + 1 };
    case "intervention_closed":
      return {
        ...tally,
        closed: { ...tally.closed, [event.outcome]: tally.closed[event.outcome] + 1 },
      };
    case "step_skipped":
      return { ...tally, skipped: tally.skipped + 1 };
    case "examples_refused":
      return { ...tally, refusals: [...tally.refusals, event] };
    case "violation_found":
      return { ...tally, violations: [...tally.violations, event] };
    default:
      return tally;
  }
}
