/** A weight penalty is of no example: routing leaves it whole, and what is held stands still in spite of it. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { govern } from "../../src/runtime/governor.ts";
import { createListener } from "./exactness/case.ts";
import { compileText } from "./exactness/compile-text.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

const PENALTY = 0.25;

function step(
  rules: string,
  optimizer: tf.Optimizer,
): { readonly before: number[]; readonly after: number[] } {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        name: "only",
        inputShape: [2],
        units: 2,
        useBias: false,
        kernelInitializer: tf.initializers.constant({ value: 0.5 }),
        kernelRegularizer: tf.regularizers.l2({ l2: PENALTY }),
      }),
    ],
  });
  const governor = govern(
    model,
    compileText(
      `policy penalty\nexample { id: string, cut: bool }\ncohort cut = cut == true\nband only = layers "only"\n${rules}`,
    ),
    { optimizer, loss: "meanSquaredError", measureRoutingEvery: 0 },
  );
  const inputs = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const targets = tf.zeros([2, 2]);
  const read = (): number[] => [...(model.getWeights()[0]?.dataSync() ?? [])];
  const before = read();
  governor.step({ inputs, targets, examples: [0, 1].map((row) => ({ id: `e${row}`, cut: true })) });
  const after = read();
  tf.dispose([inputs, targets]);
  model.dispose();
  return { before, after };
}

test("under a weight of 0.5 the data's part is halved, the penalty's is not", () => {
  const gradientUnder = (rules: string): number[] => {
    const { optimizer, heard } = createListener();
    step(rules, optimizer);
    return [...(heard().values().next().value ?? [])];
  };
  const whole = gradientUnder("route cut -> only: full");
  const half = gradientUnder("route cut -> only: 0.5");
  const penalty = 2 * PENALTY * 0.5;
  half.forEach((value, index) =>
    expect(value).toBeCloseTo(((whole[index] ?? Number.NaN) - penalty) / 2 + penalty, 5),
  );
});

test("a layer that no example may teach is not moved by its penalty", () => {
  const { before, after } = step("route cut -> only: block", tf.train.sgd(0.1));
  expect(after).toEqual(before);
});

test("nor is a unit, beside one that is", () => {
  const { before, after } = step(
    'band half = layers "only" units 0..0\nroute cut -> half: block',
    tf.train.momentum(0.1, 0.9),
  );
  expect([after[0], after[2]]).toEqual([before[0], before[2]]);
  expect(after[1]).not.toBe(before[1]);
});
