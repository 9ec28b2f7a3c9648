import * as tf from "@tensorflow/tfjs";
import type { Batch } from "./batch.ts";
import type { Stepper } from "./fit.ts";
import type { GovernedModel } from "./network/governed-model.ts";
import type { Clock } from "../reason/clock.ts";

const UNOBSERVED: ReadonlySet<string> = new Set();

/** Steps of the same model without any policy: plain tfjs, to compare a governed run with. */
export function createUngovernedStepper(
  model: GovernedModel,
  optimizer: tf.Optimizer,
  now: () => number,
): Stepper {
  const variables = [...model.variables.values()];
  let clock: Clock = { step: 0, epoch: 0, examples: 0 };
  return {
    clock: () => clock,
    beginEpoch: (epoch) => {
      clock = { ...clock, epoch };
    },
    flush: () => undefined,
    judged: () => [],
    step: (batch: Batch) => {
      const began = now();
      const loss = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => model.forward(batch, UNOBSERVED, () => undefined).total,
          variables,
        );
        optimizer.applyGradients(grads);
        return value.dataSync()[0];
      });
      const at = clock;
      clock = { ...at, step: at.step + 1, examples: at.examples + batch.examples.length };
      return {
        ...{ outcome: "applied", updated: true, loss, clock: at },
        ...{ milliseconds: now() - began, halt: undefined },
      };
    },
  };
}
