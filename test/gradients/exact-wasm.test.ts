import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { expectExact, trials } from "./exactness/case.ts";
import { expectMixedExact, mixedTrials } from "./exactness/mixed-case.ts";
import { cases } from "../generators/runs.ts";

beforeAll(async () => {
  expect((await selectBackend("wasm")).name).toBe("wasm");
});

for (const family of ["dense", "conv2d", "embedding"] as const)
  test(`on wasm too, ${family} networks learn what their examples teach one by one`, () => {
    fc.assert(
      fc.property(trials(family), (trial) => {
        expectExact(trial, 1e-4);
      }),
      cases(80),
    );
  });

test("on wasm too, models of all kinds of layers learn what their examples teach one by one", () => {
  fc.assert(
    fc.property(mixedTrials, (trial) => {
      expectMixedExact(trial, 1e-4);
    }),
    cases(80),
  );
});
