/** One measurement of a curve: what a step gave, and the average that the policy judges. */
export interface Sample {
  readonly step: number;
  /** null: not finite, or not to be measured in that step. */
  readonly value: number | null;
  readonly average: number | null;
}

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
export function binSamples(samples: readonly Sample[], limit: number): readonly Bin[] {
  const size = Math.max(1, Math.ceil(samples.length / limit));
  const bins: Bin[] = [];
  for (let start = 0; start < samples.length; start += size) {
    const bin = binOf(samples.slice(start, start + size));
    if (bin !== undefined) bins.push(bin);
  }
  return bins;
}

function binOf(samples: readonly Sample[]): Bin | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const values = samples.flatMap(({ value }) => value ?? []);
  return {
    firstStep: first.step,
    lastStep: last.step,
    samples: samples.length,
    gaps: samples.length - values.length,
    values: extentOf(values),
    averages: extremes(
      samples.flatMap(({ step, average }) => (average === null ? [] : [{ step, value: average }])),
    ),
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

function extremes(points: readonly Point[]): readonly Point[] {
  const [first] = points;
  if (first === undefined) return [];
  const least = points.reduce((best, point) => (point.value < best.value ? point : best), first);
  const greatest = points.reduce((best, point) => (point.value > best.value ? point : best), first);
  if (least === greatest) return [least];
  return least.step < greatest.step ? [least, greatest] : [greatest, least];
}
