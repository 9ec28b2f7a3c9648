/** `dead_units` and `influence` against loops over the examples, one by one. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Batch } from "../../src/runtime/batch.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { govern } from "../../src/runtime/governor.ts";
import { cases } from "../generators/runs.ts";
import { compileOrFail } from "./small-run.ts";

const POLICY = `
  example { id: string  label: int in 0..1 }
  band first = layers "first" units 1..4
  band body = layers "first", "second"
  cohort ones = label == 1
  route ones -> first: 30%
  bound dead_units(first) <= 100% { above => log }
  bound dead_units(body) <= 100% { above => log }
  bound influence(ones, body) <= 100% { above => log }
  bound influence(ones, all) <= 100% { above => log }
`;

let tensorsBefore = 0;

beforeAll(async () => {
  await tf.setBackend("cpu");
  tensorsBefore = tf.memory().numTensors;
});
afterAll(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

it("are what the examples say, taken one by one", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 5 }),
      (seed, labels) => {
        const model = createModel(seed);
        const batch = {
          inputs: tf.randomNormal([labels.length, 4], 0, 1, "float32", seed),
          targets: tf.randomNormal([labels.length, 2], 0, 1, "float32", seed + 1),
          examples: labels.map((label, row) => ({ id: `e${row}`, label })),
        };
        const expected = measureOneByOne(model, batch.inputs, batch.targets, labels);
        const measured = measureStep(model, POLICY, batch);
        expected.forEach((value, index) => {
          const own = measured?.bounds[index]?.value;
          if (value === null) expect(own).toBeNull();
          else expect(own).toBeCloseTo(value, 5);
        });
        tf.dispose([batch.inputs, batch.targets]);
        model.dispose();
      },
    ),
    cases(40),
  );
});

/** What one governed step measures; it changes nothing. */
function measureStep(
  model: tf.LayersModel,
  policy: string,
  batch: Batch,
): Extract<RunEvent, { kind: "step_measured" }> | undefined {
  const events: RunEvent[] = [];
  const optimizer = tf.train.sgd(0);
  govern(model, compileOrFail(policy), {
    optimizer,
    loss: "meanSquaredError",
    measureRoutingEvery: 0,
    recorder: (event) => events.push(event),
  }).step(batch);
  optimizer.dispose();
  return events.find((event) => event.kind === "step_measured");
}

it("takes the kernel of a band as one matrix, wherever other bands cut it", () => {
  const units = (low: number, high: number): string => `layers "only" units ${low}..${high}`;
  const policy = `
    example { id: string }
    band whole = layers "only"
    band left = ${units(0, 1)}
    band right = ${units(2, 3)}
    band outer = ${units(0, 0)} | ${units(2, 2)}
    ${["whole", "left", "right", "outer"].map((band) => `bound entropy(${band}, weights) >= 2 bits { below => log }`).join("\n")}
  `;
  const layer = tf.layers.dense({ name: "only", units: 4, inputShape: [4] });
  const model = tf.sequential({ layers: [layer] });
  // Columns a, a, b, b at right angles: one direction in either half, two alike in all four, or in the first of each.
  const columns = [1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];
  const [kernel, bias] = [tf.tensor2d(columns, [4, 4]), tf.zeros([4])];
  layer.setWeights([kernel, bias]);
  const batch = { inputs: tf.ones([2, 4]), targets: tf.ones([2, 4]), examples: [{ id: "a" }, { id: "b" }] };
  const measured = measureStep(model, policy, batch);
  [1, 0, 0, 1].forEach((bits, index) => {
    expect(measured?.bounds[index]?.value).toBeCloseTo(bits, 6);
  });
  tf.dispose([kernel, bias, batch.inputs, batch.targets]);
  model.dispose();
});

it("takes the losses of examples without a weight penalty, which is of none, whichever cohort has them all", () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        ...{ name: "only", units: 1, inputShape: [2], kernelInitializer: "ones" },
        kernelRegularizer: tf.regularizers.l2({ l2: 5 }),
      }),
    ],
  });
  const policy = `
    example { id: string }
    cohort everyone = all
    bound loss(all) <= 1 { above => log }
    bound loss(everyone) <= 1 { above => log }
    bound loss_gap(all, everyone) <= 1 { above => log }
  `;
  const batch = {
    inputs: tf.tensor2d([1, 2, 3, 4], [2, 2]),
    targets: tf.tensor2d([2, 5], [2, 1]),
    examples: [{ id: "a" }, { id: "b" }],
  };
  const measured = measureStep(model, policy, batch);
  // 3 instead of 2, and 7 instead of 5; the penalty is 5 · (1 + 1).
  expect(measured?.loss).toBeCloseTo(12.5, 5);
  expect([0, 1, 2].map((index) => measured?.bounds[index]?.value)).toEqual([2.5, 2.5, 0]);
  tf.dispose([batch.inputs, batch.targets]);
  model.dispose();
});

it("finds a unit of a layer that is used twice dead where neither use wakes it", () => {
  const [left, right] = [tf.input({ shape: [2] }), tf.input({ shape: [2] })];
  const shared = tf.layers.dense({
    name: "shared",
    units: 2,
    activation: "relu",
    kernelInitializer: "identity",
  });
  const uses = [shared.apply(left), shared.apply(right)] as tf.SymbolicTensor[];
  const model = tf.model({
    inputs: [left, right],
    outputs: tf.layers.add().apply(uses) as tf.SymbolicTensor,
  });
  const policy = `example { id: string }  band b = layers "shared"
    bound dead_units(b) <= 1 { above => log }`;
  const [waking, sleeping] = [tf.tensor2d([[1, -1]]), tf.tensor2d([[-1, -1]])];
  const rest = { targets: tf.zeros([1, 2]), examples: [{ id: "a" }] };
  for (const inputs of [
    [waking, sleeping],
    [sleeping, waking],
  ])
    expect(measureStep(model, policy, { ...rest, inputs })?.bounds[0]?.value).toBe(0.5);
  // tfjs 4.22 forgets the variables of a layer that is used twice.
  tf.dispose([waking, sleeping, rest.targets, ...shared.weights.map((weight) => weight.read())]);
  model.dispose();
});

it("measures no entropy of one example, nor of a gradient to which nobody contributes", () => {
  const policy = `
    example { id: string  label: int in 0..1 }
    band body = layers "first"
    cohort ones = label == 1
    route ones -> body: block
    bound entropy(body) >= 0.1 { below => halt }
    bound entropy(body, gradient) >= 0.1 { below => halt }
  `;
  const model = createModel(5);
  const measure = (labels: readonly number[]): readonly (number | null | undefined)[] => {
    const batch = {
      inputs: tf.randomNormal([labels.length, 4], 0, 1, "float32", 1),
      targets: tf.randomNormal([labels.length, 2], 0, 1, "float32", 2),
      examples: labels.map((label, row) => ({ id: `e${row}`, label })),
    };
    const measured = measureStep(model, policy, batch);
    tf.dispose([batch.inputs, batch.targets]);
    return [0, 1].map((index) => measured?.bounds[index]?.value);
  };
  expect(measure([0])).toEqual([null, null]);
  expect(measure([1, 1, 1])).toEqual([expect.any(Number), null]);
  model.dispose();
});

describe("the norm of a gradient", () => {
  const policy = `
    example { id: string }
    band held = layers "only" units 0..0
    band free = layers "only" units 1..1
    route all -> held: block
    bound gradient_norm(held) <= 1 { above => log }
    bound gradient_norm(free) <= 1 { above => clip all at 1 }
    bound gradient_norm(all) <= 1 { above => log }
  `;

  it.each([1, 1e25, 1e-25])(
    "is that of what examples teach, and of no penalty on units that none may teach; losses times %d",
    (scale) => {
      const layer = tf.layers.dense({
        ...{ name: "only", units: 2, inputShape: [1], useBias: false, kernelInitializer: "ones" },
        kernelRegularizer: tf.regularizers.l2({ l2: scale }),
      });
      const model = tf.sequential({ layers: [layer] });
      const optimizer = tf.train.sgd(1);
      const batch = { inputs: tf.tensor2d([[3]]), targets: tf.zeros([1, 2]), examples: [{ id: "a" }] };
      const events: RunEvent[] = [];
      govern(model, compileOrFail(policy), {
        ...{ optimizer, measureRoutingEvery: 0, recorder: (event) => events.push(event) },
        loss: (_, outputs) => outputs.sum(1).mul(scale),
      }).step(batch);
      const measured = events.find((event) => event.kind === "step_measured");
      // 3 of the loss, and 2 of the penalty on a weight of 1.
      const expected = [0, 5 * scale, 5 * scale];
      expected.forEach((value, index) => {
        const own = Number(measured?.bounds[index]?.value);
        expect(Math.abs(own - value)).toBeLessThanOrEqual(1e-5 * value);
      });
      const moved = scale < 1 ? 0 : 1;
      const [held = 0, free = 0] = tf.tidy(() => Array.from(layer.getWeights()[0]?.dataSync() ?? []));
      expect(held).toBe(1);
      expect(free).toBeCloseTo(1 - moved, 6);
      tf.dispose([batch.inputs, batch.targets]);
      optimizer.dispose();
      model.dispose();
    },
  );
});

function createModel(seed: number): tf.LayersModel {
  const dense = (name: string, units: number): Parameters<typeof tf.layers.dense>[0] => ({
    name,
    units,
    activation: "relu",
    kernelInitializer: tf.initializers.randomNormal({ stddev: 0.7, seed }),
    biasInitializer: tf.initializers.randomNormal({ mean: -0.7, stddev: 0.7, seed: seed + 1 }),
  });
  return tf.sequential({
    layers: [
      tf.layers.dense({ ...dense("first", 6), inputShape: [4] }),
      tf.layers.dense(dense("second", 5)),
      tf.layers.dense({ ...dense("head", 2), activation: "linear" }),
    ],
  });
}

/** The four bounds, in their order; null where nobody has any influence. */
function measureOneByOne(
  model: tf.LayersModel,
  inputs: tf.Tensor,
  targets: tf.Tensor,
  labels: readonly number[],
): readonly (number | null)[] {
  const measured: (number | null)[] = [];
  tf.tidy(() => {
    const layers = model.layers;
    const alive = new Set<string>();
    const gradients = labels.map((_, row) => {
      let x = inputs.slice(row, 1);
      layers.slice(0, 2).forEach((layer) => {
        x = layer.apply(x) as tf.Tensor;
        x.dataSync().forEach((value, unit) => {
          if (value !== 0) alive.add(`${layer.name} ${unit}`);
        });
      });
      const { grads } = tf.variableGrads(() =>
        tf
          .sub(targets.slice(row, 1), model.apply(inputs.slice(row, 1)) as tf.Tensor)
          .square()
          .mean()
          .asScalar(),
      );
      return model.trainableWeights.map(({ originalName, shape }, index) => ({
        layer: originalName.split("/")[0] ?? "",
        units: shape.at(-1) ?? 1,
        // In the order of the weights; tfjs names variables anew.
        values: Array.from(Object.values(grads)[index]?.dataSync() ?? []),
      }));
    });
    const dead = (layer: string, low: number, high: number): number =>
      Array.from({ length: high - low + 1 }, (_, index) => low + index).filter(
        (unit) => !alive.has(`${layer} ${unit}`),
      ).length;
    const influenceIn = (counts: (layer: string) => boolean): readonly number[] =>
      gradients.map((own, row) =>
        own.reduce(
          (sum, { layer, units, values }, index) =>
            counts(layer)
              ? values.reduce<number>((total, value, at) => {
                  const mean = gradients.reduce((all, other) => all + (other[index]?.values[at] ?? 0), 0);
                  const unit = at % units;
                  const isCut = labels[row] === 1 && layer === "first" && unit >= 1 && unit <= 4;
                  return total + (isCut ? 0.3 : 1) * value * mean;
                }, sum)
              : sum,
          0,
        ),
      );
    const share = (influence: readonly number[]): number | null => {
      const total = influence.reduce((sum, value) => sum + Math.abs(value), 0);
      const own = influence
        .filter((_, row) => labels[row] === 1)
        .reduce((sum, value) => sum + Math.abs(value), 0);
      return total === 0 ? null : own / total;
    };
    measured.push(
      dead("first", 1, 4) / 4,
      (dead("first", 0, 5) + dead("second", 0, 4)) / 11,
      share(influenceIn((layer) => layer !== "head")),
      share(influenceIn(() => true)),
    );
  });
  return measured;
}
