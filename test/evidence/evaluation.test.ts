import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRun } from "../../src/evidence/read.ts";
import { verifies } from "../../src/evidence/record.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { writeRun } from "./written-run.ts";

const clock = { step: 2, epoch: 0, examples: 16 };

const EVALUATED: RunEvent = {
  kind: "run_evaluated",
  clock,
  governed: {
    figures: [
      { name: "contrast", value: 1.387 },
      { name: "limit", value: Number.POSITIVE_INFINITY, unit: "nats" },
    ],
    summary: "Small.",
  },
  ungoverned: null,
  comparison: null,
  problem: "the twin died",
};

const EVENTS: readonly RunEvent[] = [
  { kind: "run_started", clock: { step: 0, epoch: 0, examples: 0 }, inputs: {} },
  EVALUATED,
  { kind: "run_ended", clock, outcome: "finished", updates: 2, saved: { "weights.bin": "0d".repeat(32) } },
];

test("an evaluation reads back as it was told, as JSON can hold it", async () => {
  const record = readRun(await writeRun("evaluated", EVENTS));
  expect(record.problems).toEqual([]);
  expect(record.measurements).toEqual([
    {
      ...EVALUATED,
      governed: {
        figures: [
          { name: "contrast", value: 1.387 },
          { name: "limit", value: null, unit: "nats" },
        ],
        summary: "Small.",
      },
    },
  ]);
  expect(record.decisions.at(-1)?.event).toMatchObject({
    updates: 2,
    saved: { "weights.bin": "0d".repeat(32) },
  });
});

test("the seal covers it: another figure does not verify", async () => {
  const path = await writeRun("changed", EVENTS);
  const metrics = join(path, "metrics.jsonl");
  writeFileSync(metrics, readFileSync(metrics, "utf8").replace("1.387", "1.987"));
  const record = readRun(path);
  expect(verifies(record)).toBe(false);
  expect(record.problems).toMatchObject([{ kind: "altered", file: "metrics.jsonl" }]);
});

test("a run killed after it keeps it", async () => {
  const record = readRun(await writeRun("killed", EVENTS.slice(0, 2)));
  expect(verifies(record)).toBe(true);
  expect(record.measurements).toHaveLength(1);
  expect(record.problems.every(({ kind }) => kind === "cut_off")).toBe(true);
});
