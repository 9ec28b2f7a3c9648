import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { growCurve, within, type Curve, type Sample } from "../../src/report/curve.ts";
import { createInfluenceSum } from "../../src/report/influence-sums.ts";
import { createRoutingSum, type RoutingCell } from "../../src/report/routing-sums.ts";
import { ticks } from "../../src/report/scale.ts";
import { binSamples, extentOf } from "../../src/report/series.ts";
import type { RoutingMeasured } from "../../src/runtime/events.ts";
import { sayNumber, sayShare, sayWeight } from "../../src/lower/words.ts";
import { spanOf } from "../fixtures/synthetic-run.ts";
import { cases } from "../generators/runs.ts";

const CLOCK = { step: 0, epoch: 0, examples: 0 };
const reading = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null });

function curveOf(samples: readonly Sample[]): Curve {
  const curve = growCurve();
  samples.forEach(curve.add);
  return curve.read();
}

test("a part of a curve holds the samples of its steps, both ends included", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(900), { maxLength: 600 }).map((steps) => steps.toSorted((a, b) => a - b)),
      fc.nat(1000),
      fc.nat(1000),
      (steps, first, last) => {
        const part = within(curveOf(steps.map((step) => ({ step, value: -step, average: null }))), {
          first,
          last,
        });
        const expected = steps.filter((step) => step >= first && step <= last);
        expect([...part.steps]).toEqual(expected);
        expect([...part.values]).toEqual(expected.map((step) => -step));
        expect(part.averages).toHaveLength(expected.length);
      },
    ),
    cases(100),
  );
});

describe("a curve drawn from fewer points", () => {
  const samples = fc
    .array(fc.record({ value: reading, average: reading }), { maxLength: 400 })
    .map((rows) => rows.map((row, step) => ({ step, ...row })));

  test("keeps every extreme, every gap and every step", () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 60 }), (rows, limit) => {
        const bins = binSamples(curveOf(rows), limit);
        expect(bins.length).toBeLessThanOrEqual(limit);
        expect(bins.reduce((sum, bin) => sum + bin.samples, 0)).toBe(rows.length);
        for (const bin of bins) {
          const inside = rows.filter(({ step }) => step >= bin.firstStep && step <= bin.lastStep);
          const values = inside.flatMap(({ value }) => value ?? []);
          const averages = inside.flatMap(({ average }) => average ?? []);
          expect(bin.gaps).toBe(inside.length - values.length);
          expect(bin.values).toEqual(
            values.length === 0 ? undefined : { low: Math.min(...values), high: Math.max(...values) },
          );
          expect(extentOf(bin.averages.map(({ value }) => value))).toEqual(
            averages.length === 0 ? undefined : { low: Math.min(...averages), high: Math.max(...averages) },
          );
          // Points that were measured, in their order.
          for (const point of bin.averages) expect(rows[point.step]?.average).toBe(point.value);
          expect(bin.averages.map(({ step }) => step)).toEqual(
            bin.averages.map(({ step }) => step).toSorted((a, b) => a - b),
          );
        }
      }),
      cases(100),
    );
  });
});

function sumRouting(events: readonly RoutingMeasured[]): readonly RoutingCell[] {
  const sum = createRoutingSum();
  events.forEach(sum.add);
  return sum.read();
}

test("the routing of a run is the mean over its periods", () => {
  const period = (examples: number, intended: number, share: number | null) =>
    ({
      kind: "routing_measured",
      clock: CLOCK,
      cells: [{ cohort: "low", band: "top", examples, intended, share }],
    }) as const;
  const [cell] = sumRouting([period(300, 1, 0.5), period(100, 0.2, 0.1), period(0, 0, null)]);
  expect(cell?.examples).toBe(400);
  expect(cell?.intended).toBeCloseTo((300 * 1 + 100 * 0.2) / 400, 12);
  expect(cell?.share).toBeCloseTo((300 * 0.5 + 100 * 0.1) / 400, 12);
});

test("a cohort without examples has neither weight nor share", () => {
  const cells = [{ cohort: "low", band: "top", examples: 0, intended: 0, share: null }];
  expect(sumRouting([{ kind: "routing_measured", clock: CLOCK, cells }])[0]).toMatchObject({
    intended: undefined,
    share: undefined,
  });
});

test("influence adds up by example, the largest by magnitude first", () => {
  const event = (rows: readonly (readonly [string, number | null])[]) =>
    ({
      kind: "influence_measured",
      clock: CLOCK,
      band: "top",
      behavior: null,
      rows: rows.map(([id, influence]) => ({ id, weight: 1, influence })),
      span: spanOf("trace top"),
    }) as const;
  const sums = createInfluenceSum();
  const events = [
    event([
      ["a", 1],
      ["b", -3],
    ]),
    event([
      ["a", 1],
      ["c", null],
    ]),
  ];
  events.forEach(sums.add);
  const [traced] = sums.read();
  expect(traced?.examples).toEqual([
    { id: "b", influence: -3, steps: 1 },
    { id: "a", influence: 2, steps: 2 },
  ]);
});

test.each([
  [0, 1, 4],
  [-3, 17, 4],
  [0.281, 0.95, 4],
  [0, 1e30, 5],
  [5, 5, 4],
])("the marks of %d..%d are round and inside", (low, high, wanted) => {
  const marks = ticks({ low, high }, wanted);
  expect(marks.length).toBeGreaterThan(0);
  expect(marks.length).toBeLessThanOrEqual(2 * wanted + 1);
  for (const mark of marks) expect(mark >= low && mark <= high).toBe(true);
});

test.each([
  [sayNumber(1e30), "1e30"],
  [sayNumber(0.000623), "6.23e-4"],
  [sayNumber(0.3), "0.3"],
  [sayNumber(12500), "12,500"],
  [sayNumber(null), "not finite"],
  [sayShare(0), "0%"],
  [sayShare(1e-7), "<0.1%"],
  [sayWeight(0), "block"],
  [sayWeight(1), "full"],
  [sayWeight(1.5), "150%"],
])("%s", (said, expected) => {
  expect(said).toBe(expected);
});
