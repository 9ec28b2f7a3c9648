import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { representationEntropy } from "../../src/runtime/entropy.ts";
import { steeringGradient } from "../../src/runtime/steer.ts";
import { cases } from "../generators/runs.ts";
import { batchOf, bitsOf, disposeBatch, startSmallRun, type SmallRun } from "./small-run.ts";

let tensorsBefore = 0;

beforeAll(async () => {
  await tf.setBackend("cpu");
  tensorsBefore = tf.memory().numTensors;
});
afterAll(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe("the gradient of a steering term", () => {
  it("is that of strength · (entropy − toward)², by tfjs's own differentiation, on either side of the Gram matrix", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 7 }),
        fc.integer({ min: 2, max: 7 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.constantFrom("normalized", "nats", "bits"),
        (examples, features, seed, unit) => {
          tf.tidy(() => {
            const steering = { toward: 0.4, strength: 0.3, unit } as const;
            const values = tf.randomNormal([examples, features], 1, 2, "float32", seed);
            const own = steeringGradient(values, steering);
            const expected = tf.grad((z) =>
              tf.mul(
                steering.strength,
                tf.square(tf.sub(plainEntropy(z as tf.Tensor2D, unit), steering.toward)),
              ),
            )(values);
            const difference = tf.norm(tf.sub(own, expected)).dataSync()[0] ?? Number.NaN;
            const size = tf.norm(expected).dataSync()[0] ?? 0;
            expect(difference).toBeLessThanOrEqual(2e-4 * size + 1e-6);
          });
        },
      ),
      cases(100),
    );
  });

  it("points to where the measured entropy comes nearer, also of activations with positions", () => {
    tf.tidy(() => {
      const values = tf.randomNormal([6, 2, 3], 0, 1, "float32", 4);
      const steering = { toward: 0.2, strength: 1, unit: "normalized" } as const;
      const moved = tf.sub(values, tf.mul(steeringGradient(values, steering), 0.5));
      const gap = (tensor: tf.Tensor): number => Math.abs(representationEntropy(tensor, "normalized") - 0.2);
      expect(gap(moved)).toBeLessThan(gap(values));
    });
  });

  it("is nothing where all rows are equal", () => {
    tf.tidy(() => {
      const gradient = steeringGradient(tf.ones([4, 3]), { toward: 0.5, strength: 1, unit: "nats" });
      expect([...gradient.dataSync()].every((value) => value === 0)).toBe(true);
    });
  });
});

describe("a bound that steers", () => {
  const STEER = "bound entropy(a) >= 0.7 { below => steer a toward 0.85 strength 5 }";

  function train(rules: string, steps: number): SmallRun {
    const run = startSmallRun(rules, { optimizer: tf.train.sgd(0.05) });
    const batch = batchOf([1, 7, 2, 8, 3, 9]);
    for (let count = 0; count < steps; count += 1) run.governor.step(batch);
    disposeBatch(batch);
    return run;
  }

  it("brings the entropy up, closes its intervention as achieved, and leaves the reported loss alone", () => {
    const steered = train(STEER, 100);
    const left = train(STEER.replace("steer a toward 0.85 strength 5", "log"), 100);
    const entropies = (run: SmallRun): readonly (number | null | undefined)[] =>
      run.eventsOf("step_measured").map(({ bounds }) => bounds[0]?.value);
    expect(entropies(left).at(-1)).toBeLessThan(0.7);
    expect(Math.max(...entropies(steered).map(Number))).toBeGreaterThan(0.735);
    expect(steered.eventsOf("intervention_closed")[0]?.outcome).toBe("achieved");
    const losses = (run: SmallRun): readonly (number | null)[] =>
      run.eventsOf("step_measured").map(({ loss }) => loss);
    // The weights are the same in the first two steps: steering begins with the second one's update.
    expect(losses(steered).slice(0, 2)).toEqual(losses(left).slice(0, 2));
    [steered, left].forEach((run) => run.dispose());
  });

  it("teaches no band what its routes withhold", () => {
    const run = startSmallRun(`route low -> a: block never low -> a ${STEER}`);
    const batch = batchOf([1, 2, 3]);
    run.governor.step(batch);
    const before = bitsOf(run.variables);
    expect(run.governor.step(batch).outcome).toBe("applied");
    expect(bitsOf(run.variables)["aKernel"]).toEqual(before["aKernel"]);
    run.dispose();
    disposeBatch(batch);
  });
});

function plainEntropy(z: tf.Tensor2D, unit: "normalized" | "nats" | "bits"): tf.Tensor {
  const centred: tf.Tensor2D = tf.sub(z, tf.mean(z, 0, true));
  const gram = tf.matMul(centred, centred, false, true);
  const nats = tf.neg(tf.log(tf.div(tf.sum(tf.square(gram)), tf.square(tf.sum(tf.square(centred))))));
  const most = Math.log(Math.min(...z.shape));
  return tf.mul(nats, unit === "nats" ? 1 : unit === "bits" ? 1 / Math.LN2 : 1 / most);
}
