import { expect, test } from "vitest";
import type { RunEvent } from "../../src/runtime/events.ts";
import { guardTrackers, type Tracker } from "../../src/trackers/tracker.ts";

const EVENT: RunEvent = { kind: "run_started", clock: { step: 0, epoch: 0, examples: 0 }, inputs: {} };

function tracker(name: string, overrides: Partial<Tracker>): Tracker {
  return {
    name,
    record: () => undefined,
    flush: () => Promise.resolve(),
    close: () => Promise.resolve({ name, place: "somewhere" }),
    ...overrides,
  };
}

test("a tracker that fails is told of once and gets nothing more, and the others go on", async () => {
  const failures: string[] = [];
  const heard: string[] = [];
  const broken = tracker("broken", {
    record: () => {
      heard.push("broken");
      throw new Error("the disk is full");
    },
  });
  const whole = tracker("whole", { record: () => void heard.push("whole") });
  const trackers = guardTrackers([broken, whole], ({ tracker: name, reason }) =>
    failures.push(`${name}: ${reason}`),
  );
  trackers.record(EVENT, 1);
  trackers.record(EVENT, 2);
  expect(heard).toEqual(["broken", "whole", "whole"]);
  expect(failures).toEqual(["broken: the disk is full"]);
  expect(await trackers.close([])).toEqual([{ name: "whole", place: "somewhere" }]);
});

test.each(["flush", "close"] as const)("a tracker that fails in %s is told of, too", async (method) => {
  const failures: string[] = [];
  const late = tracker("late", { [method]: () => Promise.reject(new Error("nobody answers")) });
  const trackers = guardTrackers([late], ({ reason }) => failures.push(reason));
  await trackers.flush();
  expect(await trackers.close([])).toEqual([]);
  expect(failures).toEqual(["nobody answers"]);
});
