import type { Policy } from "../check/policy.ts";
import type { ExampleRecord } from "./example.ts";
import { compileCohorts } from "./predicate.ts";

/** The cohorts that hold an example by its own fields, found by its `id`; those that read the training are left out. */
export function lookUpCohorts(
  policy: Pick<Policy, "cohorts">,
  examples: readonly ExampleRecord[],
): (id: string) => readonly string[] {
  const tests = compileCohorts(policy);
  const fixed = policy.cohorts.filter(({ dynamic }) => !dynamic).map(({ name }) => name);
  // Filled when the first one is asked for: a run that traces nothing has no use for it.
  let byId: ReadonlyMap<unknown, ExampleRecord> | undefined;
  return (id) => {
    byId ??= new Map(examples.map((example) => [example["id"], example]));
    const example = byId.get(id);
    if (example === undefined) return [];
    return fixed.filter((cohort) => tests.get(cohort)?.(example, NOT_TRAINING) === true);
  };
}

const NOT_TRAINING = { loss: Number.NaN, entropy: Number.NaN, epoch: 0, step: 0 };
