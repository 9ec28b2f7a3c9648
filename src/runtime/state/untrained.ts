import * as tf from "@tensorflow/tfjs";
import type { GovernedModel } from "../network/governed-model.ts";

/**
 * Makes a step. Where nothing is learnt in it, also where it fails, the variables that no gradient changes but the
 * forward pass does, such as the moving averages of a batch norm, are put back as they were.
 */
export function keepingUntrained<Result>(
  { state, variables }: GovernedModel,
  step: () => Result,
  isLearnt: (result: Result) => boolean,
): Result {
  const kept = [...state].flatMap(([name, variable]) =>
    variables.has(name) ? [] : [{ variable, value: tf.keep(tf.clone(variable)) }],
  );
  let learnt = false;
  try {
    const result = step();
    learnt = isLearnt(result);
    return result;
  } finally {
    for (const { variable, value } of kept) {
      if (!learnt) variable.assign(value);
      value.dispose();
    }
  }
}
