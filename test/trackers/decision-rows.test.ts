import { expect, test } from "vitest";
import type { RunEvent } from "../../src/runtime/events.ts";
import { decisionRow } from "../../src/trackers/decision-rows.ts";
import { POLICY, spanOf } from "../fixtures/synthetic-run.ts";

const clock = { step: 4, epoch: 0, examples: 32 };
const span = spanOf("bound loss(all)");
const metric = { kind: "gradient_norm", band: "late" } as const;
const breach = { kind: "bound_breached", clock, bound: 0, metric, side: "above", span } as const;
const intent = { metric, before: 0.7, target: { high: 0.4 }, deadline: 9 };
const action = { kind: "freeze", band: "late" } as const;
const refusal = { kind: "examples_refused", clock, disposition: "reject", count: 1, span } as const;

test.each([
  [{ ...breach, measured: 0.7, range: { high: 0.4 } }, "gradient_norm(late) is 0.7, above 0.4"],
  [
    { ...breach, measured: null, range: { high: 0.4 } },
    "gradient_norm(late) is not finite; it should be <= 0.4",
  ],
  [
    { kind: "intervention_opened", clock, id: 1, bound: 0, action, intent, span },
    "intervention 1: freeze late, meant to bring gradient_norm(late) to <= 0.4 by step 9",
  ],
  [
    { ...refusal, examples: [{ id: "e1", missing: [], altered: ["text"] }] },
    "1 example refused (reject); e1 is not what its text says",
  ],
] as const satisfies readonly (readonly [RunEvent, string])[])("%j is told in words", (event, words) => {
  expect(decisionRow(event, POLICY.bounds)?.text).toBe(words);
});
