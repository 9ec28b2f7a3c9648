import type { CohortTest, DynamicValues } from "../reason/predicate.ts";
import type { ExampleRecord } from "../reason/example.ts";
import type { Clock } from "../reason/clock.ts";

/** What the forward pass says of each example, `[B]` each; what no cohort reads may be left out. */
export interface SuppliedValues {
  readonly loss?: Float32Array;
  readonly entropy?: Float32Array;
}

/** Reads which examples of a batch a cohort holds, `[B]` of 0 and 1; each cohort is asked once. */
export function membersOf(
  tests: ReadonlyMap<string, CohortTest>,
  examples: readonly ExampleRecord[],
  clock: Clock,
  supplied: SuppliedValues = {},
): (cohort: string) => Uint8Array {
  const dynamicOf = (row: number): DynamicValues => ({
    loss: supplied.loss?.[row] ?? Number.NaN,
    entropy: supplied.entropy?.[row] ?? Number.NaN,
    epoch: clock.epoch,
    step: clock.step,
  });
  const known = new Map<string, Uint8Array>();
  return (cohort) => {
    const found = known.get(cohort);
    if (found !== undefined) return found;
    const test = tests.get(cohort);
    if (test === undefined) throw new Error(`there is no cohort ${cohort}`);
    const members = Uint8Array.from(examples, (example, row) => (test(example, dynamicOf(row)) ? 1 : 0));
    known.set(cohort, members);
    return members;
  };
}
