/** A curve's samples in columns that grow: a run of a million steps is kept in numbers, not in objects. */

/** One measurement of a curve: what a step gave, and the average that the policy judges. */
export interface Sample {
  readonly step: number;
  /** null: not finite, or not to be measured in that step. */
  readonly value: number | null;
  readonly average: number | null;
}

/** Columns of the same length; not a number where a sample has null. */
export interface Curve {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly averages: Float64Array;
}

export interface GrowingCurve {
  readonly add: (sample: Sample) => void;
  /** As far as it has grown; nothing is copied. */
  readonly read: () => Curve;
}

export const NO_CURVE: Curve = columnsOf(0);

export function growCurve(): GrowingCurve {
  let columns = columnsOf(256);
  let length = 0;
  return {
    add({ step, value, average }) {
      if (length === columns.steps.length) columns = widen(columns);
      columns.steps[length] = step;
      columns.values[length] = value ?? Number.NaN;
      columns.averages[length] = average ?? Number.NaN;
      length += 1;
    },
    read: () => part(columns, 0, length),
  };
}

function columnsOf(size: number): Curve {
  return {
    steps: new Float64Array(size),
    values: new Float64Array(size),
    averages: new Float64Array(size),
  };
}

function widen(columns: Curve): Curve {
  const wider = columnsOf(2 * columns.steps.length);
  wider.steps.set(columns.steps);
  wider.values.set(columns.values);
  wider.averages.set(columns.averages);
  return wider;
}

function part({ steps, values, averages }: Curve, start: number, end: number): Curve {
  return {
    steps: steps.subarray(start, end),
    values: values.subarray(start, end),
    averages: averages.subarray(start, end),
  };
}

/** First and last step, both included. */
export interface StepRange {
  readonly first: number;
  readonly last: number;
}

/** Whether something that lasts from one step to another, or to no end yet, has a part in the range. */
export function isWithin(from: number, to: number | undefined, range: StepRange | undefined): boolean {
  return range === undefined || (from <= range.last && (to === undefined || to >= range.first));
}

/** The samples of these steps; steps rise along a curve. */
export function within(curve: Curve, range: StepRange | undefined): Curve {
  if (range === undefined) return curve;
  return part(curve, placeOf(curve.steps, range.first), placeOf(curve.steps, range.last + 1));
}

/** Where the first step is that is not below the one given. */
function placeOf(steps: Float64Array, wanted: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
