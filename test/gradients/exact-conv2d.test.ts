import fc from "fast-check";
import { beforeAll, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { expectExact, trials } from "./exactness/case.ts";
import { createCoverage } from "./exactness/coverage.ts";
import { cases } from "../generators/runs.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

test("what conv2d networks learn under a policy is what their examples teach, taken one by one", () => {
  const coverage = createCoverage();
  fc.assert(
    fc.property(trials("conv2d"), (trial) => {
      coverage.count(trial);
      expectExact(trial, 1e-5);
    }),
    cases(500),
  );
  coverage.expectAll(20);
});
