import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { openDuckDb } from "../../../src/cli/data/duckdb.ts";
import { createRunFolder, openRunFolder } from "../../../src/evidence/run-folder.ts";
import { openRunProvenance } from "../../../src/evidence/provenance/open.ts";
import { writeParquet } from "../../../src/evidence/provenance/parquet.ts";
import type { RowFilter, Store } from "../../../src/evidence/provenance/scan.ts";
import { openProvenance } from "../../../src/evidence/provenance/store.ts";
import { trace } from "../../../src/evidence/provenance/trace.ts";
import { readRun } from "../../../src/evidence/read.ts";
import { verifyRun } from "../../../src/evidence/verify.ts";
import type { InfluenceMeasured } from "../../../src/runtime/events.ts";
import { renderTrace } from "../../../src/report/trace.ts";
import { KEY, temporaryFolder } from "../written-run.ts";

const span = { file: "policy.gov", start: 0, end: 1, line: 1, column: 1 };
const START = { kind: "run_started", clock: { step: 0, epoch: 0, examples: 0 }, inputs: {} } as const;
const cohortsOf = (id: string): readonly string[] =>
  Number(id.slice(1)) % 2 === 0 ? ["even", "all_of_them"] : ["all_of_them"];

/** Repeatable, and sums to nothing in particular. */
function valueAt(step: number, example: number, band: number): number {
  return Math.fround(Math.sin(step * 7 + example * 3 + band) / (1 + example));
}

function eventsUpTo(steps: number, examples: number): readonly InfluenceMeasured[] {
  return Array.from({ length: steps }, (_, step) =>
    ["top", "bottom"].map((band, index): InfluenceMeasured => ({
      ...{ kind: "influence_measured", clock: { step, epoch: 0, examples: 0 }, band, span },
      behavior: step % 2 === 0 ? "sevens" : null,
      rows: Array.from({ length: examples }, (_row, example) => ({
        ...{ id: `e${example}`, weight: 1, influence: valueAt(step, example, index) },
      })),
    })),
  ).flat();
}

const EVENTS = eventsUpTo(40, 30);

async function storeOf(
  events: readonly InfluenceMeasured[],
): Promise<{ readonly path: string; readonly store: Store }> {
  const run = await createRunFolder({
    root: temporaryFolder(),
    id: "traced",
    files: {},
    key: KEY,
    cohortsOf,
  });
  run.recorder(START);
  for (const event of events) run.recorder(event);
  run.recorder({ kind: "run_ended", clock: { step: 40, epoch: 0, examples: 0 }, outcome: "finished" });
  await run.close();
  return { path: run.path, store: openRunProvenance(run.path, readRun(run.path).decisions) };
}

/** Σ influence by the definition, one row after the other. */
function expected(filter: RowFilter): number {
  return EVENTS.filter(
    ({ band, behavior, clock }) =>
      (filter.bands?.includes(band) ?? true) &&
      (filter.behavior === undefined || filter.behavior === behavior) &&
      clock.step >= (filter.steps?.first ?? 0) &&
      clock.step <= (filter.steps?.last ?? 1000),
  )
    .flatMap(({ rows }) => rows)
    .filter(({ id }) => filter.example === undefined || id === filter.example)
    .filter(({ id }) => filter.cohort === undefined || cohortsOf(id).includes(filter.cohort))
    .reduce((sum, { influence }) => sum + (influence ?? 0), 0);
}

test.each<RowFilter>([
  {},
  { bands: ["top"] },
  { behavior: "sevens" },
  { behavior: null },
  { example: "e7" },
  { cohort: "even" },
  { steps: { first: 3, last: 9 } },
  { bands: ["bottom"], behavior: "sevens", cohort: "even", steps: { first: 0, last: 20 } },
])("the sum over %j is that of its rows", async (filter) => {
  const { store } = await storeOf(EVENTS);
  const answer = trace(store, { ...filter, top: 5 });
  expect(answer.influence).toBeCloseTo(expected(filter), 6);
  expect(answer.examples.length).toBeLessThanOrEqual(5);
  expect(answer.bands.reduce((sum, { influence }) => sum + influence, 0)).toBeCloseTo(answer.influence, 6);
  const sizes = answer.examples.map(({ magnitude }) => magnitude);
  expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
});

test("what names nothing that was traced has no rows", async () => {
  const { store } = await storeOf(EVENTS);
  expect(trace(store, { example: "nobody", top: 5 })).toMatchObject({ rows: 0, examples: [], others: 0 });
});

test("removal: two sets that share nothing and hold everybody have shares that add up to all", async () => {
  const { store } = await storeOf(EVENTS);
  const share = (without: { examples: readonly string[]; cohorts: readonly string[] }): number =>
    trace(store, { top: 1, without }).removal?.share ?? Number.NaN;
  const odd = Array.from({ length: 15 }, (_, index) => `e${index * 2 + 1}`);
  expect(share({ examples: odd, cohorts: [] }) + share({ examples: [], cohorts: ["even"] })).toBeCloseTo(
    1,
    9,
  );
});

/** Σ |influence| by the definition. */
function sizeOf(isCounted: (event: InfluenceMeasured, id: string) => boolean): number {
  return EVENTS.flatMap((event) => event.rows.filter(({ id }) => isCounted(event, id))).reduce(
    (sum, { influence }) => sum + Math.abs(influence ?? 0),
    0,
  );
}

test("removal: the part of a band and of a behaviour is that of the rows of the given examples", async () => {
  const { store } = await storeOf(EVENTS);
  const without = { examples: ["e3", "nobody"], cohorts: ["even"] };
  const { removal } = trace(store, { top: 1, without });
  const isGiven = (id: string): boolean => id === "e3" || cohortsOf(id).includes("even");
  const part = (isOf: (event: InfluenceMeasured) => boolean): number =>
    sizeOf((event, id) => isOf(event) && isGiven(id)) / sizeOf(isOf);
  expect(removal?.examples).toBe(16);
  for (const { name, share } of removal?.bands ?? [])
    expect(share).toBeCloseTo(
      part(({ band }) => band === name),
      9,
    );
  for (const { name, share } of removal?.behaviors ?? [])
    expect(share).toBeCloseTo(
      part(({ behavior }) => (behavior ?? "") === name),
      9,
    );
  expect([removal?.bands.length, removal?.behaviors.length]).toEqual([2, 2]);
});

test("the flow tells each row once, by all cohorts of its example, its band and its behaviour", async () => {
  const { store } = await storeOf(EVENTS);
  const { flow, magnitude } = trace(store, { top: 1 });
  expect(flow).toHaveLength(2 * 2 * 2);
  expect(flow.reduce((sum, cell) => sum + cell.magnitude, 0)).toBeCloseTo(magnitude, 9);
  for (const { cohorts, band, behavior, magnitude: own } of flow)
    expect(own).toBeCloseTo(
      sizeOf(
        (event, id) =>
          event.band === band &&
          (event.behavior ?? "") === behavior &&
          JSON.stringify(cohortsOf(id)) === JSON.stringify(cohorts),
      ),
      9,
    );
});

test("the segment and its names are bound: a byte that differs is found, and a block of it is left out", async () => {
  const { path, store } = await storeOf(EVENTS);
  expect(verifyRun(path)).toMatchObject({ verdict: "verifies", problems: [] });
  const segment = join(path, "provenance", "rows-000000.seg");
  const bytes = readFileSync(segment);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(segment, bytes);
  expect(verifyRun(path).problems).toMatchObject([{ kind: "altered", file: "provenance/rows-000000.seg" }]);
  expect(trace(store, { top: 1 })).toMatchObject({ rows: 0, damaged: ["rows-000000.seg"] });
});

test("a run that was killed and goes on has every step once", async () => {
  const run = await createRunFolder({
    root: temporaryFolder(),
    id: "killed",
    files: {},
    key: KEY,
    cohortsOf,
  });
  run.recorder(START);
  for (const event of EVENTS.slice(0, 50)) run.recorder(event);
  run.recorder({
    kind: "epoch_ended",
    clock: { step: 25, epoch: 0, examples: 0 },
    loss: 1,
    weightsDigest: "",
    judged: [],
  });
  const segment = join(run.path, "provenance", "rows-000000.seg");
  appendFileSync(segment, "torn");
  const { folder } = await openRunFolder(run.path, { key: KEY, cohortsOf, fromStep: 20 });
  folder.recorder({ kind: "run_resumed", clock: { step: 20, epoch: 0, examples: 0 } });
  for (const event of EVENTS.slice(40)) folder.recorder(event);
  folder.recorder({ kind: "run_ended", clock: { step: 40, epoch: 0, examples: 0 }, outcome: "finished" });
  await folder.close();
  expect(verifyRun(run.path)).toMatchObject({ verdict: "verifies", problems: [] });
  const answer = trace(openRunProvenance(run.path, readRun(run.path).decisions), { top: 1 });
  expect(answer.rows).toBe(40 * 2 * 30);
  expect(answer.influence).toBeCloseTo(expected({}), 6);
});

test("segments are bound as they fill up", () => {
  const folder = temporaryFolder();
  const bound: string[] = [];
  const store = openProvenance({
    folder,
    cohortsOf,
    bind: ({ path }) => void bound.push(path),
    segmentRows: 65_536,
  });
  for (const event of eventsUpTo(80, 1000)) store.add(event);
  store.close();
  expect(bound).toEqual([
    ...["provenance/rows-000000.seg", "provenance/rows-000001.seg", "provenance/rows-000002.seg"],
    "provenance/names.jsonl",
  ]);
});

test("Parquet holds the same rows, sorted by step", async () => {
  const { store } = await storeOf(EVENTS);
  const bytes = writeParquet(store, { bands: ["top"] });
  const rows = await parquetReadObjects({ file: bytes.slice().buffer });
  expect(rows).toHaveLength(40 * 30);
  expect(rows[31]).toMatchObject({
    step: 1,
    example: "e1",
    band: "top",
    behavior: "",
    cohorts: '["all_of_them"]',
  });
  const steps = rows.map(({ step }) => Number(step));
  expect(steps).toEqual([...steps].sort((one, other) => one - other));
});

test("DuckDB reads it, and finds what the rows sum up to, by band and by cohort", async () => {
  const { path, store } = await storeOf(EVENTS);
  const file = join(path, "trace.parquet");
  writeFileSync(file, writeParquet(store, {}));
  const database = await openDuckDb(process.cwd());
  if (database === undefined) throw new Error("DuckDB is a development dependency, and is not there");
  const byBand = await database.read(
    `SELECT band, behavior, sum(influence), count(*) FROM '${file}' GROUP BY ALL ORDER BY ALL`,
  );
  const byCohort = await database.read(
    `SELECT cohort, sum(influence) FROM (SELECT unnest(from_json(cohorts, '["VARCHAR"]')) AS cohort, influence FROM '${file}') GROUP BY ALL ORDER BY ALL`,
  );
  database.close();
  expect(byBand.map(([band, behavior, , count]) => [band, behavior, Number(count)])).toEqual([
    ["bottom", "", 600],
    ["bottom", "sevens", 600],
    ["top", "", 600],
    ["top", "sevens", 600],
  ]);
  for (const [band, behavior, influence] of byBand)
    expect(influence).toBeCloseTo(
      expected({ bands: [String(band)], behavior: behavior === "" ? null : String(behavior) }),
      5,
    );
  expect(byCohort.map(([cohort]) => cohort)).toEqual(["all_of_them", "even"]);
  for (const [cohort, influence] of byCohort)
    expect(influence).toBeCloseTo(expected({ cohort: String(cohort) }), 5);
});

test("names, texts and metadata of examples are shown on the page, never interpreted", async () => {
  const hostile = `<img src=x onerror=alert(1)>"\u202e\u0007${"A".repeat(5000)}`;
  const [event] = EVENTS;
  if (event === undefined) throw new Error("there are no events");
  const { store } = await storeOf([
    { ...event, band: hostile, behavior: hostile, rows: [{ id: hostile, weight: 1, influence: 1 }] },
  ]);
  const picture = { png: new Uint8Array([1, 2, 3]), width: 28, height: 28 };
  const page = renderTrace({
    ...{ run: hostile, question: hostile, rules: [{ words: hostile, place: hostile }] },
    answer: trace(store, { top: 5, without: { examples: [hostile], cohorts: [] } }),
    looks: new Map([[hostile, { picture, text: hostile, fields: [[hostile, hostile]] }]]),
  });
  expect(page).not.toMatch(/<img src=x|<script|\u202e|\u0007/);
  expect(page).toMatch(/<img\s+src="data:image\/png;base64,AQID"\s+width="28"\s+height="28"\s+alt="&lt;img/);
  expect(page.length).toBeLessThan(40_000);
});

test("only a page with pictures admits any, and those of its own alone", async () => {
  const { store } = await storeOf(EVENTS);
  const page = { run: "r", question: "q", rules: [], answer: trace(store, { top: 5 }) };
  expect(renderTrace(page)).not.toContain("img-src");
  const withLooks = renderTrace({ ...page, looks: new Map([["e1", { fields: [] }]]) });
  expect(withLooks).toContain("default-src 'none'; img-src data:; style-src 'sha256-");
});

test("a run without traces has no store", async () => {
  const { path } = await storeOf([]);
  expect(existsSync(join(path, "provenance"))).toBe(false);
});
