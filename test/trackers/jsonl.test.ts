import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/runtime/events.ts";
import { createJsonlTracker } from "../../src/trackers/jsonl.ts";
import { withTrackers } from "../../src/trackers/tracker.ts";
import { temporaryFolder } from "../evidence/written-run.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";

test("every event becomes one line, in order", async () => {
  const path = join(temporaryFolder(), "events.jsonl");
  const tracker = createJsonlTracker(path);
  const events = syntheticEvents({ steps: 30, ending: "finished" });
  events.forEach((event) => tracker.record(event));
  await tracker.close();
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(events);
});

test("a file that is there already is not written into", () => {
  expect(() => createJsonlTracker(import.meta.filename)).toThrow(/it exists already$/);
});

test("the record has an event before the trackers do", () => {
  const told: string[] = [];
  const tracker = { record: () => void told.push("tracker"), close: () => Promise.resolve() };
  const event: RunEvent = { kind: "run_started", clock: { step: 0, epoch: 0, examples: 0 }, inputs: {} };
  withTrackers(() => void told.push("record"), [tracker])(event);
  expect(told).toEqual(["record", "tracker"]);
});
