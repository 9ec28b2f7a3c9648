/** What the summary of `gov run` counts. */
import { expect, test } from "vitest";
import { createTally } from "../../src/cli/run/tally.ts";
import { compileOrFail } from "../runtime/small-run.ts";

test("a step whose metric is not finite was not within the range, though it has no average", () => {
  const { bounds } = compileOrFail("bound loss(all) in 0..10 { outside => halt }").policy;
  const [bound] = bounds;
  if (bound === undefined) throw new Error("the policy has a bound");
  const { add, read } = createTally(bounds);
  const { metric, span } = bound;
  const measure = (step: number, loss: number | null): void =>
    add({
      ...{
        kind: "step_measured",
        clock: { step, epoch: 0, examples: step },
        loss,
        milliseconds: 1,
        examples: 1,
      },
      bounds: { 0: { value: loss, average: loss } },
    });
  measure(0, 2);
  add({
    ...{ kind: "bound_breached", clock: { step: 1, epoch: 0, examples: 1 }, bound: 0, metric, side: "above" },
    ...{ measured: null, range: { low: 0, high: 10 }, span },
  });
  measure(1, null);
  expect(read().bounds).toMatchObject([{ judged: 2, within: 1, breaches: 1, average: 2 }]);
});
