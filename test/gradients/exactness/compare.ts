import type * as tf from "@tensorflow/tfjs";

/** A gradient of a smaller norm is measured by this: numbers around one have cancelled, and left their rounding. */
const SMALL = 0.05;

/**
 * Holds gradients against those of an oracle, variable by variable: ‖governed - oracle‖ over
 * ‖oracle‖, or over 0.05 where that is less, is to be within the tolerance.
 *
 * @param actual By the variable's own name; what is missing counts as zero.
 * @param expected By `layer/role`.
 * @returns The greatest relative error.
 * @throws Error with both, where they differ by more.
 */
export function expectClose(
  variables: ReadonlyMap<string, tf.Variable>,
  actual: ReadonlyMap<string, Float32Array>,
  expected: ReadonlyMap<string, ArrayLike<number>>,
  tolerance: number,
): number {
  const errors = [...variables].map(([name, variable]) => {
    const oracle = Array.from(expected.get(name) ?? []);
    const governed = actual.get(variable.name) ?? new Float32Array(oracle.length);
    const difference = Math.hypot(...oracle.map((value, index) => value - (governed[index] ?? Number.NaN)));
    const size = Math.hypot(...oracle);
    const error = difference / Math.max(size, SMALL);
    if (error <= tolerance) return error;
    throw new Error(
      `${name} is off by ${difference}, its gradient has norm ${size}:\n` +
        `governed ${governed.join(" ")}\noracle   ${oracle.join(" ")}`,
    );
  });
  return Math.max(0, ...errors);
}
