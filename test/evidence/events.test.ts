import { expect, test } from "vitest";
import { eventsOf } from "../../src/evidence/events.ts";
import { readRun } from "../../src/evidence/read.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { writeRun } from "./written-run.ts";

const at = (step: number) => ({ step, epoch: 0, examples: step });
const measured = (step: number): RunEvent => ({
  ...{ kind: "step_measured", clock: at(step), loss: step, milliseconds: 1, examples: 1, bounds: {} },
});
const span = { file: "policy.gov", start: 0, end: 1, line: 1, column: 1 };

test("a record gives back the events of the run, in the order in which the governor told them", async () => {
  const events: readonly RunEvent[] = [
    { kind: "run_started", clock: at(0), inputs: { experiment: "e" } },
    measured(0),
    { kind: "step_skipped", clock: at(1), bound: 0, span },
    measured(1),
    { kind: "epoch_ended", clock: at(2), loss: 1, weightsDigest: "w", judged: [] },
    measured(2),
    { kind: "run_ended", clock: at(2), outcome: "halted", span },
  ];
  expect(eventsOf(readRun(await writeRun("run", events)))).toEqual(events);
});
