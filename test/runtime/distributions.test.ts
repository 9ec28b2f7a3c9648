/** Histograms of a band against the numbers themselves, had by other means. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";
import type { Distribution, RunEvent } from "../../src/runtime/events.ts";
import { govern } from "../../src/runtime/governor.ts";
import { compileOrFail } from "./small-run.ts";

const POLICY = `
  example { id: string }
  band half = layers "first" units 0..1
  band rest_of_it = rest
`;

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function createModel(): tf.LayersModel {
  const initializer = (seed: number) => tf.initializers.randomNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.dense({ ...{ name: "first", units: 4, inputShape: [3] }, kernelInitializer: initializer(1) }),
      tf.layers.dense({ name: "second", units: 2, kernelInitializer: initializer(2) }),
    ],
  });
}

/** How many of the numbers lie in each of 32 bins of equal width, counted bin by bin. */
function count(numbers: readonly number[]): Pick<Distribution, "low" | "high" | "counts"> {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const counts = Array.from({ length: 32 }, (_, bin) => {
    const edge = (index: number): number => low + ((high - low) * index) / 32;
    return numbers.filter((value) => value >= edge(bin) && (value < edge(bin + 1) || bin === 31)).length;
  });
  return { low, high, counts };
}

function rows(tensor: tf.Tensor): number[][] {
  return tensor.arraySync() as number[][];
}

it("are those of the weights, the gradients and the answers of a band, cut to its units", () => {
  const before = tf.memory().numTensors;
  const model = createModel();
  const inputs = tf.randomNormal([5, 3], 0, 1, "float32", 3);
  const targets = tf.randomNormal([5, 2], 0, 1, "float32", 4);
  const [kernel, bias, ...others] = model.getWeights();
  if (kernel === undefined || bias === undefined) throw new Error("the model has weights");
  const cut = (tensor: tf.Tensor): number[] => rows(tensor).flatMap((row) => row.slice(0, 2));
  const first = tf.tidy(() => rows(tf.add(tf.matMul(inputs, kernel), bias)));
  const expected = new Map([
    ["half weights", count([...cut(kernel), ...[...bias.dataSync()].slice(0, 2)])],
    [
      "rest_of_it weights",
      count([
        ...rows(kernel).flatMap((row) => row.slice(2)),
        ...[...bias.dataSync()].slice(2),
        ...others.flatMap((tensor) => [...tensor.dataSync()]),
      ]),
    ],
    ["half activations", count(first.flatMap((row) => row.slice(0, 2)))],
  ]);
  const { grads, value } = tf.variableGrads(() =>
    tf.tidy(() => tf.losses.meanSquaredError(targets, model.apply(inputs) as tf.Tensor).asScalar()),
  );
  const [kernelGradient, biasGradient] = ["first/kernel", "first/bias"].map((name) => grads[name]);
  if (kernelGradient === undefined || biasGradient === undefined) throw new Error("there are gradients");
  expected.set(
    "half gradients",
    count([...cut(kernelGradient), ...[...biasGradient.dataSync()].slice(0, 2)]),
  );

  const events: RunEvent[] = [];
  const optimizer = tf.train.sgd(0.1);
  const governor = govern(model, compileOrFail(POLICY), {
    ...{ optimizer, loss: "meanSquaredError", measureDistributionsEvery: 2 },
    recorder: (event) => events.push(event),
  });
  const batch = { inputs, targets, examples: Array.from({ length: 5 }, (_, row) => ({ id: `e${row}` })) };
  for (let step = 0; step < 3; step += 1) governor.step(batch);

  const told = events.filter((event) => event.kind === "distributions_measured");
  expect(told.map(({ clock }) => clock.step)).toEqual([0, 2]);
  const found = new Map(told[0]?.distributions.map((one) => [`${one.band} ${one.of}`, one]));
  for (const [name, { low, high, counts }] of expected) {
    const own = found.get(name);
    expect(own?.low, name).toBeCloseTo(low, 5);
    expect(own?.high, name).toBeCloseTo(high, 5);
    expect(own?.counts, name).toEqual(counts);
    expect(own?.notFinite).toBe(0);
  }
  tf.dispose([inputs, targets, grads, value]);
  optimizer.dispose();
  // tfjs 4.22 forgets the constant of its optimizer.
  tf.dispose([(Reflect.get(optimizer, "c") as tf.Tensor | undefined) ?? []]);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
