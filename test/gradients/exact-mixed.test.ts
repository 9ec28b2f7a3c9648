import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { expectMixedExact, mixedTrials } from "./exactness/mixed-case.ts";
import { cases } from "../generators/runs.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

// `npx jiti bench/exactness.ts BACKEND 5000` does this at length, on every backend.
test("models of all kinds of layers learn what their examples teach, and what is held does not move by a bit", () => {
  const counts = new Map<string, number>();
  const sums = { held: 0, checked: 0, unchecked: 0 };
  fc.assert(
    fc.property(mixedTrials, (trial) => {
      const kinds = [trial.optimizer, ...new Set(trial.network.layers.map(({ kind }) => kind))];
      for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const result = expectMixedExact(trial, 1e-5);
      for (const sum of ["held", "checked", "unchecked"] as const) sums[sum] += result[sum];
    }),
    cases(200),
  );
  expect(counts.size, [...counts.keys()].join(" ")).toBeGreaterThanOrEqual(6 + 17);
  expect(Math.min(...counts.values()), "the rarest kind").toBeGreaterThan(1);
  expect(sums.held).toBeGreaterThan(10_000);
  // Batch normalisation lets examples see each other, and there the run has nothing to compare with.
  expect(sums.checked).toBeGreaterThan(4 * sums.unchecked);
});
