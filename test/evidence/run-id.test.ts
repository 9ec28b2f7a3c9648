import { expect, test } from "vitest";
import { createRunId, isRunId } from "../../src/evidence/run-id.ts";

const NOISE = Uint8Array.from([0, 31, 32, 255, 7, 8, 9, 10]);

test("the names of runs sort by time and can name folders", () => {
  const early = createRunId(new Date("2026-01-02T03:04:05.006Z"), Uint8Array.from([255, 255]));
  const late = createRunId(new Date("2026-01-02T03:04:05.007Z"), NOISE);
  expect(late).toBe("2026-01-02T030405.007Z-0z0z789a");
  expect(early < late).toBe(true);
  expect(isRunId(late)).toBe(true);
});

test.each(["", "..", ".hidden", "a/b", "a\\b", "a\nb", "x".repeat(200)])("%j names no run", (text) => {
  expect(isRunId(text)).toBe(false);
});
