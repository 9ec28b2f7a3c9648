import fc from "fast-check";
import { beforeAll, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { cases } from "../generators/runs.ts";
import { dynamicTrials, expectExact } from "./exactness/case.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

test.each(["dense", "conv2d", "embedding"] as const)(
  "cohorts that read the loss and the entropy of examples weigh them as examples run one by one say: %s",
  (family) => {
    fc.assert(
      fc.property(dynamicTrials(family), (trial) => {
        expectExact(trial, 1e-5);
      }),
      cases(family === "dense" ? 60 : 25),
    );
  },
);
