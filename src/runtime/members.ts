import type { CohortTest } from "../reason/predicate.ts";
import type { ExampleRecord } from "../reason/example.ts";
import type { Clock } from "../reason/clock.ts";

/** Reads which examples of a batch a cohort holds, `[B]` of 0 and 1; each cohort is asked once. */
export function membersOf(
  tests: ReadonlyMap<string, CohortTest>,
  examples: readonly ExampleRecord[],
  clock: Clock,
): (cohort: string) => Uint8Array {
  // Cohorts that read the loss or the entropy of an example are refused at lowering (GOV4011).
  const dynamic = { loss: Number.NaN, entropy: Number.NaN, epoch: clock.epoch, step: clock.step };
  const known = new Map<string, Uint8Array>();
  return (cohort) => {
    const found = known.get(cohort);
    if (found !== undefined) return found;
    const test = tests.get(cohort);
    if (test === undefined) throw new Error(`there is no cohort ${cohort}`);
    const members = Uint8Array.from(examples, (example) => (test(example, dynamic) ? 1 : 0));
    known.set(cohort, members);
    return members;
  };
}
