import { existsSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sweep } from "../../src/cli/commands/sweep.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { combine } from "../../src/cli/sweep/combinations.ts";
import { tellUnfit } from "../../src/cli/sweep/unfit.ts";
import { rank, type SweptRun } from "../../src/cli/sweep/ranking.ts";
import type { Achievement } from "../../src/report/achievement.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { POLICY, tinyProject } from "./tiny-experiment.ts";
import { PLAIN_RUN } from "./plain-requests.ts";
import { cases } from "../generators/runs.ts";

test("combinations are every choice of one value for each param", () => {
  const combined = combine([
    { name: "a", values: ["1", "2"] },
    { name: "b", values: ["x", "y"] },
  ]);
  expect(combined.map((params) => [...params.values()].join(""))).toEqual(["1x", "1y", "2x", "2y"]);
});

const FINISHED: Achievement = {
  ...{
    outcome: "finished",
    steps: 10,
    loss: 1,
    epochLoss: 1,
    bounds: [],
    violations: 0,
    evaluated: undefined,
  },
  interventions: { opened: 0, achieved: 0, notAchieved: 0 },
};

function swept(achievement: Partial<Achievement> | undefined): SweptRun {
  return { params: new Map(), folder: "run", achievement: achievement && { ...FINISHED, ...achievement } };
}

test("a run that left its bounds comes after every run that kept them, however good its loss", () => {
  const runs = [
    ...[
      { outcome: "halted" as const, epochLoss: 0.1 },
      // The last batch is one of many.
      { epochLoss: 0.9, loss: 0.3 },
      { violations: 1, epochLoss: 0.2 },
      { epochLoss: 0.5, loss: 0.7 },
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
    .record({ epochLoss: fc.double({ min: 0, max: 9, noNaN: true }), violations: fc.nat(1) })
    .map(swept);
  fc.assert(
    fc.property(fc.array(run, { maxLength: 8 }), (runs) => {
      const goal = { by: "loss", direction: "maximize" } as const;
      const figures = (of: readonly SweptRun[]) =>
        rank(of, goal).map(({ isInside, figure }) => [isInside, figure]);
      expect(figures(runs.toReversed())).toEqual(figures(runs));
    }),
    cases(100),
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

describe("what keeps runs from beginning is said once", () => {
  const PARAMS =
    "param most: float = 1000.0 in 1..1000\nparam steps_in_all: steps = 5 in 1..100\n\nexample {";
  const policy = POLICY.replace("example {", PARAMS).replace("in 0..1000", "<= most over steps_in_all");

  /** What `gov sweep` says on standard error, its exit code, and what it made. */
  async function tried(
    text: string,
    swept: Readonly<Record<string, readonly string[]>>,
  ): Promise<{ code: number; err: string; folder: string }> {
    const folder = tinyProject({}, { "policy.gov": text });
    const recorded = recordTerminal(folder);
    const code = await sweep(
      {
        swept: Object.entries(swept).map(([name, values]) => ({ name, values })),
        ...{ goal: { by: "loss", direction: "minimize" }, format: "json" },
        run: { ...PLAIN_RUN, epochs: 1, quiet: true, format: "json" },
      },
      recorded.terminal,
    );
    return { code, err: recorded.err(), folder };
  }
  const timesOf = (part: string, text: string): number => text.split(part).length - 1;
  const FOUR = { most: ["5.0", "7.0"], steps_in_all: ["5", "6"] };

  test("where the policy is wrong, whatever the params", async () => {
    const { code, err, folder } = await tried(policy.replace("route zeros", "route nobody"), FOUR);
    expect(code).toBe(EXIT.failed);
    expect(timesOf("GOV2001", err)).toBe(1);
    expect(err).toMatch(/^error\[GOV2001\]/);
    expect(err).toMatch(/gov: no run was begun\n$/);
    expect(err).not.toContain("of 4");
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });

  test("where a param is out of range in some, with the value that they share, before the others are trained", async () => {
    const { code, err } = await tried(policy, { most: ["5000.0", "7.0"], steps_in_all: ["5", "500"] });
    expect(code).toBe(EXIT.clean);
    expect(err.match(/^with .*$|^\d of .*$|GOV\d+/gm)).toEqual([
      "with most=5000.0 (2 of 4):",
      "GOV3002",
      "with steps_in_all=500 (2 of 4):",
      "GOV3002",
      "1 of 1  most=7.0  steps_in_all=5",
    ]);
  });

  test("where the policy does not fit the model, which is known when that is built", async () => {
    const { code, err } = await tried(policy.replace('layers "hidden"', 'layers "hiden"'), FOUR);
    expect(code).toBe(EXIT.failed);
    expect(timesOf("GOV4001", err)).toBe(1);
    expect(timesOf("not begun either\n", err)).toBe(3);
  });

  test("where there is no experiment", async () => {
    const recorded = recordTerminal(tinyProject());
    const run = { ...PLAIN_RUN, experiment: "nowhere.ts" };
    const swept = [{ name: "most", values: ["1", "2"] }];
    const goal = { by: "loss", direction: "minimize" } as const;
    expect(await sweep({ swept, goal, format: "json", run }, recorded.terminal)).toBe(EXIT.failed);
    expect(timesOf("nowhere.ts", recorded.err())).toBe(1);
  });

  test.each([
    [["1x", "1y"], "with a=1 (2 of 6):\nno\n"],
    [["1x", "2y"], "with a=1  b=x, a=2  b=y (2 of 6):\nno\n"],
    [["1x", "1y", "2x", "2y", "3x", "3y"], "no\n"],
  ])("in words: %j", (names, said) => {
    const all = combine([
      { name: "a", values: ["1", "2", "3"] },
      { name: "b", values: ["x", "y"] },
    ]);
    const own = all.filter((params) => names.includes([...params.values()].join("")));
    expect(
      tellUnfit(
        own.map((params) => ({ params, why: ["no\n"] })),
        all,
      ),
    ).toBe(said);
  });
});
