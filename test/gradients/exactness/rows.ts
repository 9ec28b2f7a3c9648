import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { expectClose } from "./compare.ts";

export interface RowsRequest {
  /** `[B]`, for all of the batch at once: some layers look at all of it. */
  readonly losses: () => tf.Tensor;
  readonly batchSize: number;
  /** By `layer/role`. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** Units lie on the last axis. */
  readonly weigh: (path: string, unit: number, row: number) => number;
}

/** Σ_i w_i · ∂ℓ_i/∂θ / B, by one backward pass of stock tfjs for each example's own loss. */
export function rowByRow({
  losses,
  batchSize,
  variables,
  weigh,
}: RowsRequest): ReadonlyMap<string, readonly number[]> {
  const sums = new Map([...variables].map(([path, { size }]) => [path, Array<number>(size).fill(0)]));
  for (let row = 0; row < batchSize; row += 1)
    tf.tidy(() => {
      const { grads } = tf.variableGrads(
        () => tf.div(tf.sum(tf.slice(losses(), [row], [1])), batchSize),
        [...variables.values()],
      );
      for (const [path, variable] of variables) {
        const units = variable.shape.at(-1) ?? 1;
        const sum = sums.get(path) ?? [];
        grads[variable.name]?.dataSync().forEach((value, index) => {
          sum[index] = (sum[index] ?? 0) + weigh(path, index % units, row) * value;
        });
      }
    });
  return sums;
}

/** Within 1e-5 of the norm; none of the expected gradients may be zero. */
export function expectSame(
  variables: ReadonlyMap<string, tf.Variable>,
  actual: ReadonlyMap<string, Float32Array>,
  expected: ReadonlyMap<string, readonly number[]>,
): void {
  for (const [path, values] of expected)
    assert.ok(Math.hypot(...values) > 0, `the gradient of ${path} is zero, and shows nothing`);
  expectClose(variables, actual, expected, 1e-5);
}
