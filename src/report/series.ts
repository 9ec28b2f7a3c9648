import type { Curve } from "./curve.ts";

/** Consecutive samples taken together; the extremes are kept, so that no peak is lost. */
export interface Bin {
  readonly firstStep: number;
  readonly lastStep: number;
  readonly samples: number;
  /** Samples without a finite value. */
  readonly gaps: number;
  /** Undefined where no sample has a finite value. */
  readonly values: Extent | undefined;
  /** The averages with the least and the greatest, in the order in which they came: one or two points. */
  readonly averages: readonly Point[];
}

export interface Extent {
  readonly low: number;
  readonly high: number;
}

export interface Point {
  readonly step: number;
  readonly value: number;
}

/** At most `limit` bins, of equal size but for the last. */
export function binSamples(curve: Curve, limit: number): readonly Bin[] {
  const { length } = curve.steps;
  const size = Math.max(1, Math.ceil(length / limit));
  return Array.from({ length: Math.ceil(length / size) }, (_, bin) =>
    binOf(curve, bin * size, Math.min(length, (bin + 1) * size)),
  );
}

/** Of the samples from `start` to before `end`, one at least. */
function binOf({ steps, values, averages }: Curve, start: number, end: number): Bin {
  let gaps = 0;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [least, greatest] = [-1, -1];
  for (let place = start; place < end; place += 1) {
    const value = values[place] ?? Number.NaN;
    if (Number.isNaN(value)) gaps += 1;
    else {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const average = averages[place] ?? Number.NaN;
    if (Number.isNaN(average)) continue;
    if (least === -1 || average < (averages[least] ?? 0)) least = place;
    if (greatest === -1 || average > (averages[greatest] ?? 0)) greatest = place;
  }
  const extremes = least === greatest ? [least] : [Math.min(least, greatest), Math.max(least, greatest)];
  return {
    firstStep: steps[start] ?? 0,
    lastStep: steps[end - 1] ?? 0,
    samples: end - start,
    gaps,
    values: gaps === end - start ? undefined : { low, high },
    averages: extremes
      .filter((place) => place !== -1)
      .map((place) => ({ step: steps[place] ?? 0, value: averages[place] ?? 0 })),
  };
}

export function extentOf(values: readonly number[]): Extent | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  // Not Math.min(...values): a long run has more values than a call may have arguments.
  return values.reduce<Extent>(
    ({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }),
    { low: first, high: first },
  );
}
