/** The batches that an audit trains on: mixed ones as in any training, and some whose examples all have the same weights. */
import type { Policy } from "../../check/policy.ts";
import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import { gatherRows, type TrainingData } from "../data.ts";
import type { BatchSource } from "../fit.ts";
import { createExpectation } from "../second-road/expected-weights.ts";
import { shuffledIndices } from "../shuffle.ts";

export interface AuditBatches {
  readonly plan: TfjsPlan;
  readonly policy: Policy;
  readonly data: TrainingData;
  /** Of the data, those that may take part. */
  readonly rows: readonly number[];
  readonly batchSize: number;
  readonly seed: number;
}

/** Every third batch holds one kind of example alone: only then is there something that nobody may teach. */
const PURE_EVERY = 3;

/** Rows that are looked at to find the kinds: those of a large data set are found in a part of it. */
const LOOKED_AT = 4096;

const START = { step: 0, epoch: 0, examples: 0 };

/** Batches without end; all have the same size, which takes rows again where a kind has too few. */
export function auditBatches({ plan, policy, data, rows, batchSize, seed }: AuditBatches): BatchSource {
  const order = Array.from(shuffledIndices(rows.length, seed), (index) => rows[index] ?? 0);
  const kinds = kindsOf(plan, policy, data, order.slice(0, LOOKED_AT));
  const size = Math.min(batchSize, rows.length);
  return function* batches() {
    for (let step = 0; ; step += 1) {
      const isPure = step % PURE_EVERY === PURE_EVERY - 1;
      const turn = Math.floor(step / PURE_EVERY);
      const kind = isPure ? (kinds[turn % kinds.length] ?? order) : order;
      yield gatherRows(
        data,
        Array.from({ length: size }, (_, index) => kind[(step * size + index) % kind.length] ?? 0),
      );
    }
  };
}

/** Rows by the weights that the policy gives them at first, those that may teach least coming first. */
function kindsOf(
  plan: TfjsPlan,
  policy: Policy,
  data: TrainingData,
  rows: readonly number[],
): readonly (readonly number[])[] {
  const examples = rows.map((row) => data.examples[row] ?? {});
  // What the training would supply, nobody knows yet.
  const weights = createExpectation(plan, policy)({ clock: START, examples, supplied: {} }).flat();
  const kinds = new Map<string, { readonly rows: number[]; readonly shut: number }>();
  rows.forEach((row, at) => {
    const own = weights.map((column) => column[at] ?? 1);
    const key = own.join(",");
    const kind = kinds.get(key) ?? { rows: [], shut: own.filter((weight) => weight === 0).length };
    kind.rows.push(row);
    kinds.set(key, kind);
  });
  return [...kinds.values()].toSorted((left, right) => right.shut - left.shut).map((kind) => kind.rows);
}
