/**
 * A policy that has been checked never comes upon a wrong type, an absent field or a weight that is none in a run.
 * `STRATA_RUNS=100` tries it on a hundred times as many.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { CheckedPolicy } from "../../src/check/policy.ts";
import { compile } from "../../src/compile.ts";
import { buildIr } from "../../src/ir/build.ts";
import { lowerToTfjs } from "../../src/lower/tfjs/lower.ts";
import type { TfjsPlan } from "../../src/lower/tfjs/plan.ts";
import { initBounds, updateBounds } from "../../src/reason/bounds/effects.ts";
import type { Clock } from "../../src/reason/clock.ts";
import type { ExampleRecord } from "../../src/reason/example.ts";
import { compileCohorts } from "../../src/reason/predicate.ts";
import { membersOf } from "../../src/runtime/members.ts";
import { weighSegments } from "../../src/runtime/segment-weights.ts";
import { cases, runs } from "../generators/runs.ts";
import { wildPolicies, type WildPolicy } from "../generators/wild-policies.ts";
import { interpret, type Meaning } from "../oracle/interpreter.ts";

it(
  "cohorts read what is there as what it is, and bounds leave weights that are numbers from 0",
  () => {
    const seen = { cohorts: 0, bounds: 0, wouldFail: 0 };
    fc.assert(
      fc.property(wildPolicies(), (drawn) => {
        const { policy, plan, text, refused } = withoutErrors(drawn);
        const oracle = interpret(text);
        seen.cohorts += policy.cohorts.length;
        seen.bounds += policy.bounds.length;
        seen.wouldFail += refused.filter((line) => failsAlone(line, text, drawn)).length;
        for (const moment of drawn.moments) {
          const members = membersIn(policy, drawn, moment);
          for (const { name } of policy.cohorts)
            drawn.examples.forEach((example, row) => {
              // The interpreter throws where a field is absent, or a value of another type than it is compared with.
              expect(members(name)[row] === 1, `${text}\n${name} of ${JSON.stringify(example)}`).toBe(
                oracle.isInCohort(name, example, moment),
              );
            });
        }
        for (const weight of weightsUnderBounds(policy, plan, drawn))
          expect(weight >= 0 && Number.isFinite(weight), `${text}\n${String(weight)}`).toBe(true);
      }),
      cases(120),
    );
    // The lines that were refused would have failed: the check is what keeps them out.
    expect(seen.wouldFail).toBeGreaterThan(runs(40));
    expect(Math.min(seen.cohorts, seen.bounds)).toBeGreaterThan(runs(40));
    if (runs(1) > 1) console.info(seen);
  },
  runs(180_000),
);

interface Kept {
  readonly text: string;
  readonly policy: CheckedPolicy;
  readonly plan: TfjsPlan;
  /** Cohorts that the check finds wrong. */
  readonly refused: readonly string[];
}

/** The policy without the lines that errors are about, and without what needs those. */
function withoutErrors({ lines, network }: WildPolicy): Kept {
  let kept = lines;
  const refused: string[] = [];
  for (;;) {
    const text = kept.join("\n");
    const sources = new Map([["policy.gov", text]]);
    const { policy, diagnostics } = compile({ entry: "policy.gov", sources, network });
    const lowered = policy && lowerToTfjs(buildIr(policy, sources), network);
    const errors = [...diagnostics, ...(lowered?.diagnostics ?? [])].filter(
      ({ severity }) => severity === "error",
    );
    if (errors.length === 0 && policy !== undefined && lowered?.plan !== undefined)
      return { text, policy, plan: lowered.plan, refused };
    const places = errors.flatMap(({ labels }) => labels.slice(0, 1).map(({ span }) => span.start));
    const wrong = kept.filter((line, index) => {
      const start = kept.slice(0, index).reduce((sum, { length }) => sum + length + 1, 0);
      return places.some((place) => start <= place && place <= start + line.length);
    });
    if (wrong.length === 0)
      throw new Error(`${text}\n${errors.map(({ code, message }) => `${code} ${message}`).join("\n")}`);
    refused.push(...wrong.filter((line) => line.startsWith("cohort ")));
    kept = kept.filter((line) => !wrong.includes(line));
  }
}

/** Whether the interpreter comes upon a wrong type in a cohort that was refused. */
function failsAlone(line: string, text: string, { examples, moments }: WildPolicy): boolean {
  const name = /^cohort (\w+)/.exec(line)?.[1] ?? "";
  const oracle: Meaning = interpret(`${text}\n${line}`);
  try {
    for (const moment of moments) for (const example of examples) oracle.isInCohort(name, example, moment);
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}

function membersIn(
  policy: CheckedPolicy,
  { examples }: WildPolicy,
  clock: Clock,
): (cohort: string) => Uint8Array {
  const records = examples.map((example) =>
    Object.fromEntries(Object.entries(example).filter(([name]) => name !== "loss" && name !== "entropy")),
  ) as readonly ExampleRecord[];
  const supplied = (field: string): Float32Array =>
    Float32Array.from(examples, (example) => Number(example[field]));
  return membersOf(compileCohorts(policy), records, clock, {
    loss: supplied("loss"),
    entropy: supplied("entropy"),
  });
}

/** Every weight of a run whose bounds measure whatever it may be. */
function* weightsUnderBounds(policy: CheckedPolicy, plan: TfjsPlan, drawn: WildPolicy): Iterable<number> {
  const { measured, examples } = drawn;
  let state = initBounds(plan.bounds);
  for (let step = 0; step < 20; step += 1) {
    const clock = { step, epoch: Math.floor(step / 4), examples: step * 2 };
    const values = plan.bounds.map((_, index) => measured[(step + index) % measured.length]);
    const update = updateBounds(plan.bounds, state, clock, values);
    state = update.state;
    const members = membersIn(policy, drawn, clock);
    const table = weighSegments(plan, update.effects.rules, members, clock, examples.length);
    for (const weights of table.flat()) yield* typeof weights === "number" ? [weights] : weights;
  }
}
