import type { Cohort, Duration, Predicate, Window } from "../check/policy.ts";
import type { TimeUnit } from "../syntax/ast.ts";
import type { Clock } from "./clock.ts";
import { windowHolds } from "./windows.ts";

/** A rule as far as time goes. */
export interface TimedRule {
  readonly cohort: string;
  readonly window: Window;
}

/**
 * Moments enough to stand for every moment of every training: between two neighbours no window opens or closes, and
 * what the cohorts ask of `step` and `epoch` has the same answer. How many steps make an epoch is not known, so that
 * the counts are combined freely as far as a training can have them: an epoch has at least a step, and no example is
 * seen before the first step.
 */
export function createMoments(
  cohorts: ReadonlyMap<string, Pick<Cohort, "predicate">>,
): (rules: readonly TimedRule[]) => readonly Clock[] {
  const edges = new Map<string, readonly Window[]>();
  const edgesOf = (name: string): readonly Window[] => {
    const known = edges.get(name);
    if (known !== undefined) return known;
    const asked = new Set<string>();
    collectCohorts(name, cohorts, asked);
    const own = [...asked].flatMap((part) =>
      edgesInPredicate(cohorts.get(part)?.predicate ?? { kind: "all" }),
    );
    edges.set(name, own);
    return own;
  };
  return (rules) => {
    const asked = new Set(rules.map(({ cohort }) => cohort));
    const windows = [...rules.map(({ window }) => window), ...[...asked].flatMap(edgesOf)].filter(
      ({ from, until }) => from !== undefined || until !== undefined,
    );
    if (windows.length === 0) return START;
    const distinct = [...new Map(windows.map((window) => [textOf(window), window])).values()];
    const moments = new Map<string, Clock>();
    for (const { clock } of periodsOf(distinct)) {
      const open = distinct.map((window) => (windowHolds(window, clock) ? "1" : "0")).join("");
      // Of moments at which the same windows are open, the first says enough.
      if (!moments.has(open)) moments.set(open, clock);
    }
    return [...moments.values()];
  };
}

function textOf({ from, until }: Window): string {
  return `${from?.count ?? 0} ${from?.unit ?? ""} ${until?.count ?? ""} ${until?.unit ?? ""}`;
}

const START: readonly Clock[] = [{ step: 0, epoch: 0, examples: 0 }];

/** A cohort and those that its predicate is made of. */
function collectCohorts(
  name: string,
  cohorts: ReadonlyMap<string, Pick<Cohort, "predicate">>,
  found: Set<string>,
): void {
  if (found.has(name)) return;
  found.add(name);
  const visit = (predicate: Predicate): void => {
    switch (predicate.kind) {
      case "and":
      case "or":
        predicate.operands.forEach(visit);
        return;
      case "not":
        visit(predicate.operand);
        return;
      case "cohort":
        collectCohorts(predicate.name, cohorts, found);
        return;
      default:
    }
  };
  const cohort = cohorts.get(name);
  if (cohort !== undefined) visit(cohort.predicate);
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

/** Where what a predicate itself says of `step` and `epoch` changes, as windows that open there. */
export function edgesInPredicate(predicate: Predicate): readonly Window[] {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.operands.flatMap(edgesInPredicate);
    case "not":
      return edgesInPredicate(predicate.operand);
    case "compare":
      return edgesAt(predicate.field, [predicate.value]);
    case "in_range":
      return edgesAt(predicate.field, [predicate.range.low, predicate.range.high]);
    case "in_set":
      return edgesAt(predicate.field, predicate.values);
    default:
      return [];
  }
}

/** A comparison with a number changes at most at that count and at the next. */
function edgesAt(field: string, values: readonly unknown[]): readonly Window[] {
  if (field !== "step" && field !== "epoch") return [];
  const unit = field === "step" ? "steps" : "epochs";
  return values
    .map(Number)
    .flatMap((value) => [Math.ceil(value), Math.floor(value) + 1])
    .filter((count) => Number.isSafeInteger(count) && count > 0)
    .map((count) => ({ from: { count, unit } }));
}
