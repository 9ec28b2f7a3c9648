/** Answers from a provenance store: who taught this, through which band, in which steps. */
import type { Columns } from "./block.ts";
import { cohortsIn, scan, type RowFilter, type Store, type StorePart, type StorePlace } from "./scan.ts";

export interface TraceQuestion extends RowFilter {
  /** How many examples are listed. */
  readonly top: number;
  /** A set of examples, by id or by cohort: what share of the influence came from them. */
  readonly without?: { readonly examples: readonly string[]; readonly cohorts: readonly string[] };
  /** What is read of the store; all of it when left out. */
  readonly part?: StorePart;
}

/** Sums of influence: positive lowered the loss it points toward, negative raised it. */
export interface Share {
  readonly name: string;
  readonly rows: number;
  readonly influence: number;
  /** Σ |influence|. */
  readonly magnitude: number;
}

export interface TracedExample extends Share {
  readonly cohorts: readonly string[];
  readonly firstStep: number;
  readonly lastStep: number;
}

export interface TraceAnswer {
  readonly rows: number;
  readonly influence: number;
  readonly magnitude: number;
  /** A row whose influence was not finite counts here and in no sum. */
  readonly notFinite: number;
  readonly bands: readonly Share[];
  /** "" is the batch's own loss. */
  readonly behaviors: readonly Share[];
  readonly cohorts: readonly Share[];
  /** Cohort by band, in the order of `cohorts` and `bands`. */
  readonly matrix: readonly (readonly { readonly influence: number; readonly magnitude: number }[])[];
  /** From sets of cohorts through bands to behaviours: each row is in one cell, so that they add up. */
  readonly flow: readonly FlowCell[];
  /** By magnitude, the largest first. */
  readonly examples: readonly TracedExample[];
  /** How many examples there are besides. */
  readonly others: number;
  readonly removal: Removal | undefined;
  /** Segments in which a block is not what was written; their rows are left out. */
  readonly damaged: readonly string[];
  /** The end of the last block that was read. */
  readonly reached: StorePlace;
}

export interface FlowCell {
  /** All that hold the examples; none where no cohort does. */
  readonly cohorts: readonly string[];
  readonly band: string;
  /** "" is the batch's own loss. */
  readonly behavior: string;
  readonly influence: number;
  readonly magnitude: number;
}

/** What the given examples brought: their part in the sums over everything that was asked for. */
export interface Removal extends RemovedShare {
  readonly examples: number;
  /** In the order in which the answer has them. */
  readonly bands: readonly (RemovedShare & { readonly name: string })[];
  readonly behaviors: readonly (RemovedShare & { readonly name: string })[];
}

export interface RemovedShare {
  readonly influence: number;
  /** Of Σ |influence|, 0..1; null where that is 0. */
  readonly share: number | null;
}

export function trace(store: Store, question: TraceQuestion): TraceAnswer {
  const { names } = store;
  const sets = names.cohorts.length;
  const bands = names.band.length;
  const behaviors = names.behavior.length;
  const cells = createSums(sets * bands * behaviors);
  const examples = createSums(names.example.length);
  const cohortsOf = new Uint16Array(names.example.length);
  const firstStep = new Uint32Array(names.example.length).fill(0xffffffff);
  const lastStep = new Uint32Array(names.example.length);
  let notFinite = 0;
  const setNames = names.cohorts.map(cohortsIn);
  const { without } = question;
  const removed = createSums(without === undefined ? 0 : sets * bands * behaviors);
  const takenIds = new Set(without?.examples);
  const isTaken = Uint8Array.from(names.example, (name) => (takenIds.has(name) ? 1 : 0));
  const isTakenSet = Uint8Array.from(setNames, (set) =>
    set.some((cohort) => without?.cohorts.includes(cohort)) ? 1 : 0,
  );

  const visit = (columns: Columns, rows: Uint32Array): void => {
    const { step, example, influence, cohorts, band, behavior } = columns;
    for (const row of rows) {
      const value = influence[row] ?? Number.NaN;
      const who = example[row] ?? 0;
      const set = cohorts[row] ?? 0;
      const through = band[row] ?? 0;
      const toward = behavior[row] ?? 0;
      // Names that were lost: whose row it is cannot be told any more.
      if (set >= sets || through >= bands || toward >= behaviors) continue;
      if (!Number.isFinite(value)) {
        notFinite += 1;
        continue;
      }
      const cell = (set * bands + through) * behaviors + toward;
      addTo(cells, cell, value);
      if (without !== undefined && (isTaken[who] === 1 || isTakenSet[set] === 1)) addTo(removed, cell, value);
      addTo(examples, who, value);
      cohortsOf[who] = set;
      const at = step[row] ?? 0;
      if (at < (firstStep[who] ?? 0)) firstStep[who] = at;
      if (at > (lastStep[who] ?? 0)) lastStep[who] = at;
    }
  };
  const { damaged, reached } = scan(store, question, visit, question.part);

  const all = { set: range(sets), band: range(bands), behavior: range(behaviors) };
  const sumCells = (only: Partial<typeof all>, sums = cells): Omit<Share, "name"> => {
    const places = { ...all, ...only };
    return sumOver(
      sums,
      places.set.flatMap((set) =>
        places.band.flatMap((band) => places.behavior.map((one) => (set * bands + band) * behaviors + one)),
      ),
    );
  };
  const bandShares = sharesOf(names.band, (band) => sumCells({ band: [band] }));
  const behaviorShares = sharesOf(names.behavior, (behavior) => sumCells({ behavior: [behavior] }));
  const cohortNames = [...new Set(setNames.flat())].toSorted();
  const setsOf = (cohort: string): readonly number[] =>
    setNames.flatMap((set, index) => (set.includes(cohort) ? [index] : []));
  const cohortShares = sharesOf(cohortNames, (index) => sumCells({ set: setsOf(cohortNames[index] ?? "") }));
  const traced = names.example.flatMap((_, index) => (sumAt(examples, index, "rows") === 0 ? [] : [index]));
  const ranked = traced.toSorted(
    (one, other) => sumAt(examples, other, "magnitude") - sumAt(examples, one, "magnitude"),
  );
  const total = sumOver(examples, traced);
  return {
    ...total,
    notFinite,
    bands: bandShares,
    behaviors: behaviorShares,
    cohorts: cohortShares,
    matrix: cohortShares.map(({ name: cohort }) =>
      bandShares.map(({ name: band }) => {
        const { influence, magnitude } = sumCells({ set: setsOf(cohort), band: [names.band.indexOf(band)] });
        return { influence, magnitude };
      }),
    ),
    flow: setNames.flatMap((cohorts, set) =>
      names.band.flatMap((band, bandNumber) =>
        names.behavior.flatMap((behavior, number): readonly FlowCell[] => {
          const { rows, influence, magnitude } = sumCells({
            set: [set],
            band: [bandNumber],
            behavior: [number],
          });
          return rows === 0 ? [] : [{ cohorts, band, behavior, influence, magnitude }];
        }),
      ),
    ),
    examples: ranked.slice(0, question.top).map((index) => ({
      name: names.example[index] ?? "",
      ...sumOver(examples, [index]),
      cohorts: setNames[cohortsOf[index] ?? 0] ?? [],
      firstStep: firstStep[index] ?? 0,
      lastStep: lastStep[index] ?? 0,
    })),
    others: Math.max(0, traced.length - question.top),
    removal: without === undefined ? undefined : removal(),
    ...{ damaged, reached },
  };

  function removal(): Removal {
    const taken = traced.filter((index) => isTaken[index] === 1 || isTakenSet[cohortsOf[index] ?? 0] === 1);
    const part = (gone: Omit<Share, "name">, whole: Omit<Share, "name">): RemovedShare => ({
      influence: gone.influence,
      share: whole.magnitude === 0 ? null : gone.magnitude / whole.magnitude,
    });
    return {
      ...part(sumCells({}, removed), total),
      examples: taken.length,
      bands: bandShares.map((share) => ({
        name: share.name,
        ...part(sumCells({ band: [names.band.indexOf(share.name)] }, removed), share),
      })),
      behaviors: behaviorShares.map((share) => ({
        name: share.name,
        ...part(sumCells({ behavior: [names.behavior.indexOf(share.name)] }, removed), share),
      })),
    };
  }
}

function range(size: number): readonly number[] {
  return Array.from({ length: size }, (_, index) => index);
}

/** Of each place the rows, the influence and its magnitude, side by side, so that they lie in one line of the cache. */
type Sums = Float64Array;
const SUM = { rows: 0, influence: 1, magnitude: 2 } as const;
const SUMS_EACH = 3;

function createSums(size: number): Sums {
  return new Float64Array(SUMS_EACH * size);
}

function addTo(sums: Sums, place: number, value: number): void {
  const at = SUMS_EACH * place;
  sums[at] = (sums[at] ?? 0) + 1;
  sums[at + SUM.influence] = (sums[at + SUM.influence] ?? 0) + value;
  sums[at + SUM.magnitude] = (sums[at + SUM.magnitude] ?? 0) + Math.abs(value);
}

function sumOver(sums: Sums, places: readonly number[]): Omit<Share, "name"> {
  const total = { rows: 0, influence: 0, magnitude: 0 };
  for (const place of places) {
    total.rows += sumAt(sums, place, "rows");
    total.influence += sumAt(sums, place, "influence");
    total.magnitude += sumAt(sums, place, "magnitude");
  }
  return total;
}

function sumAt(sums: Sums, place: number, what: keyof typeof SUM): number {
  return sums[SUMS_EACH * place + SUM[what]] ?? 0;
}

/** Those that anything came from, the largest first. */
function sharesOf(names: readonly string[], sumOf: (index: number) => Omit<Share, "name">): readonly Share[] {
  return names
    .map((name, index) => ({ name, ...sumOf(index) }))
    .filter(({ rows }) => rows > 0)
    .toSorted((one, other) => other.magnitude - one.magnitude);
}
