import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createJsonlTracker } from "../../src/trackers/jsonl.ts";
import { temporaryFolder } from "../evidence/written-run.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";

test("every event becomes one line, in order", async () => {
  const path = join(temporaryFolder(), "events.jsonl");
  const tracker = createJsonlTracker(path);
  const events = syntheticEvents({ steps: 30, ending: "finished" });
  events.forEach((event) => tracker.record(event, 0));
  await tracker.close([]);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(events);
});

test("a file that is there already is not written into", () => {
  expect(() => createJsonlTracker(import.meta.filename)).toThrow(/it exists already$/);
});
