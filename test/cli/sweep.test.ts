import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sweep } from "../../src/cli/commands/sweep.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { combine } from "../../src/cli/sweep/combinations.ts";
import { rank, type SweptRun } from "../../src/cli/sweep/ranking.ts";
import type { Achievement } from "../../src/report/achievement.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { POLICY, tinyProject } from "./tiny-experiment.ts";
import { PLAIN_RUN } from "./plain-requests.ts";

test("combinations are every choice of one value for each param", () => {
  const combined = combine([
    { name: "a", values: ["1", "2"] },
    { name: "b", values: ["x", "y"] },
  ]);
  expect(combined.map((params) => [...params.values()].join(""))).toEqual(["1x", "1y", "2x", "2y"]);
});

const FINISHED: Achievement = {
  ...{ outcome: "finished", steps: 10, loss: 1, bounds: [], violations: 0, evaluated: undefined },
  interventions: { opened: 0, achieved: 0, notAchieved: 0 },
};

function swept(achievement: Partial<Achievement> | undefined): SweptRun {
  return { params: new Map(), folder: "run", achievement: achievement && { ...FINISHED, ...achievement } };
}

test("a run that left its bounds comes after every run that kept them, however good its loss", () => {
  const runs = [
    ...[
      { outcome: "halted" as const, loss: 0.1 },
      { loss: 0.9 },
      { violations: 1, loss: 0.2 },
      { loss: 0.5 },
    ].map(swept),
    swept(undefined),
  ];
  const ranked = rank(runs, { by: "loss", direction: "minimize" });
  expect(ranked.map(({ isInside, figure }) => [isInside, figure])).toEqual([
    [true, 0.5],
    [true, 0.9],
    [false, 0.1],
    [false, 0.2],
    [false, undefined],
  ]);
});

test("the order does not depend on the order in which the runs were made", () => {
  const run = fc
    .record({ loss: fc.double({ min: 0, max: 9, noNaN: true }), violations: fc.nat(1) })
    .map(swept);
  fc.assert(
    fc.property(fc.array(run, { maxLength: 8 }), (runs) => {
      const goal = { by: "loss", direction: "maximize" } as const;
      const figures = (of: readonly SweptRun[]) =>
        rank(of, goal).map(({ isInside, figure }) => [isInside, figure]);
      expect(figures(runs.toReversed())).toEqual(figures(runs));
    }),
  );
});

test("a sweep trains under each value, and puts the run that its bound halted last", async () => {
  const policy = POLICY.replace("example {", "param most: float = 1000.0\n\nexample {").replace(
    "in 0..1000",
    "<= most",
  );
  const folder = tinyProject({}, { "policy.gov": policy });
  const recorded = recordTerminal(folder);
  const code = await sweep(
    {
      swept: [{ name: "most", values: ["0.0000001", "1000.0"] }],
      ...{ goal: { by: "loss", direction: "minimize" }, format: "json" },
      run: { ...PLAIN_RUN, epochs: 1, quiet: true, format: "json" },
    },
    recorded.terminal,
  );
  expect(code).toBe(EXIT.clean);
  expect(JSON.parse(recorded.out())).toMatchObject({
    runs: [
      { params: { most: "1000.0" }, inside: true, outcome: "finished", held: 1 },
      { params: { most: "0.0000001" }, inside: false, outcome: "halted" },
    ],
  });
});
