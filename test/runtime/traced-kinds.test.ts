/** The influence of examples through every kind of layer, towards the batch and a behaviour, and their gradient energies. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { govern } from "../../src/runtime/governor.ts";
import { cases } from "../generators/runs.ts";
import { compileOrFail } from "./small-run.ts";
import { dot, norm, sumOf } from "./vectors.ts";

const { layers } = tf;

/** Makes layer `a` of the kind, for inputs of this shape. */
interface Kind {
  readonly inputShape: readonly number[];
  readonly create: (inputShape: number[]) => tf.layers.Layer;
}

const name = "a";
const IMAGE = [5, 4, 2];
const SEQUENCE = [4, 3];

const KINDS: Readonly<Record<string, Kind>> = {
  conv1d: {
    inputShape: [6, 2],
    create: (inputShape) => layers.conv1d({ name, filters: 3, kernelSize: 2, inputShape }),
  },
  "conv2d, strided": {
    inputShape: IMAGE,
    create: (inputShape) => layers.conv2d({ name, filters: 3, kernelSize: 2, strides: 2, inputShape }),
  },
  conv3d: {
    inputShape: [3, 3, 3, 2],
    create: (inputShape) => layers.conv3d({ name, filters: 3, kernelSize: 2, inputShape }),
  },
  depthwise: {
    inputShape: IMAGE,
    create: (inputShape) => layers.depthwiseConv2d({ name, kernelSize: 2, depthMultiplier: 2, inputShape }),
  },
  separable: {
    inputShape: IMAGE,
    create: (inputShape) => layers.separableConv2d({ name, filters: 3, kernelSize: 2, inputShape }),
  },
  transposed: {
    inputShape: [3, 2, 2],
    create: (inputShape) =>
      layers.conv2dTranspose({ name, filters: 3, kernelSize: 2, strides: 2, inputShape }),
  },
  "simple RNN": {
    inputShape: SEQUENCE,
    create: (inputShape) => layers.simpleRNN({ name, units: 3, returnSequences: true, inputShape }),
  },
  GRU: {
    inputShape: SEQUENCE,
    create: (inputShape) => layers.gru({ name, units: 3, returnSequences: true, inputShape }),
  },
  LSTM: {
    inputShape: SEQUENCE,
    create: (inputShape) => layers.lstm({ name, units: 3, returnSequences: true, inputShape }),
  },
  "in both directions": {
    inputShape: SEQUENCE,
    create: (inputShape) =>
      layers.bidirectional({
        ...{ name, mergeMode: "concat", inputShape },
        layer: layers.gru({ units: 2, returnSequences: true }) as tf.RNN,
      }),
  },
  "layer norm": {
    inputShape: SEQUENCE,
    create: (inputShape) => layers.layerNormalization({ name, inputShape }),
  },
  // It keeps the statistics that it begins with, for the probe to be measured with the same.
  "batch norm": {
    inputShape: SEQUENCE,
    create: (inputShape) => layers.batchNormalization({ name, momentum: 1, inputShape }),
  },
  PReLU: { inputShape: SEQUENCE, create: (inputShape) => layers.prelu({ name, inputShape }) },
};

interface Case {
  readonly labels: readonly number[];
  /** Of label 0 and of the others. */
  readonly weights: readonly [number, number];
  readonly seed: number;
}

const drawn: fc.Arbitrary<Case> = fc.record({
  labels: fc.array(fc.nat(1), { minLength: 2, maxLength: 4 }),
  weights: fc.tuple(fc.constantFrom(1, 0.5, 0), fc.constantFrom(1, 0.25)),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});

describe.each(["cpu", "wasm"] as const)("on %s", (backend) => {
  beforeAll(() => selectBackend(backend));

  test.each(Object.keys(KINDS))("it is what the examples' own gradients say: %s", (kind) => {
    fc.assert(
      fc.property(drawn, (one) => expectExact(KINDS[kind] ?? expect.fail(), one)),
      cases(4),
    );
  });
});

function expectExact(kind: Kind, { labels, weights, seed }: Case): void {
  const tensorsBefore = tf.memory().numTensors;
  const model = createModel(kind, seed);
  const batch = drawBatch(kind, labels.length, seed + 100);
  const probe = drawBatch(kind, 3, seed + 200);
  const toward = sumOf(gradientsOf(model, probe, false));
  const own = gradientsOf(model, batch, true);
  const whole = sumOf(own);
  const events: RunEvent[] = [];
  const optimizer = tf.train.sgd(0.5);
  govern(
    model,
    compileOrFail(`
      policy traced
      example { id: string  label: int in 0..1 }
      band a = layers "a"
      cohort zero = label == 0
      cohort one = label == 1
      behavior draws = probe "draws.jsonl"
      route zero -> a: ${weights[0]}
      route one -> a: ${weights[1]}
      bound entropy(a, gradient) in 0..100 nats { outside => log }
      provenance {
        trace a every 1 step
        trace a toward draws every 1 step
      }
    `),
    {
      ...{
        optimizer,
        loss: "meanSquaredError",
        measureRoutingEvery: 0,
        probes: { draws: { ...probe, examples: [0, 1, 2].map((row) => ({ id: `p${row}` })) } },
      },
      recorder: (event) => events.push(event),
    },
  ).step({ ...batch, examples: labels.map((label, row) => ({ id: `e${row}`, label })) });

  const measured = events.filter((event) => event.kind === "influence_measured");
  expect(measured.map(({ behavior }) => behavior)).toEqual([null, "draws"]);
  for (const { behavior, rows } of measured) {
    const vector = behavior === null ? whole : toward;
    expect(rows).toHaveLength(labels.length);
    for (const [row, label] of labels.entries()) {
      const gradient = own[row] ?? [];
      const factor = 0.5 * (weights[label] ?? Number.NaN);
      const influence = rows.find(({ id }) => id === `e${row}`)?.influence ?? Number.NaN;
      const tolerance = 1e-5 * factor * norm(gradient) * norm(vector) + 1e-10;
      expect(Math.abs(influence - factor * dot(gradient, vector))).toBeLessThanOrEqual(tolerance);
    }
  }
  const energies = own.map(
    (gradient, row) => (weights[labels[row] ?? 0] ?? 0) ** 2 * dot(gradient, gradient),
  );
  const step = events.find((event) => event.kind === "step_measured");
  const total = energies.reduce((sum, energy) => sum + energy, 0);
  const entropy = energies
    .map((energy) => energy / total)
    .reduce((sum, share) => (share === 0 ? sum : sum - share * Math.log(share)), 0);
  if (total > 0) expect(step?.bounds[0]?.value).toBeCloseTo(entropy, 4);

  tf.dispose([batch.inputs, batch.targets, probe.inputs, probe.targets]);
  model.dispose();
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(tensorsBefore);
}

function createModel({ inputShape, create }: Kind, seed: number): tf.LayersModel {
  const model = tf.sequential({
    layers: [create([...inputShape]), layers.flatten(), layers.dense({ name: "b", units: 2 })],
  });
  tf.tidy(() => {
    model.trainableWeights.forEach((weights, index) => {
      const shape = weights.shape.map((length) => length ?? 1);
      weights.write(tf.randomNormal(shape, 0.1, 0.6, "float32", seed + index));
    });
  });
  return model;
}

interface Data {
  readonly inputs: tf.Tensor;
  readonly targets: tf.Tensor;
}

function drawBatch({ inputShape }: Kind, count: number, seed: number): Data {
  return {
    inputs: tf.randomNormal([count, ...inputShape], 0, 1, "float32", seed),
    targets: tf.randomNormal([count, 2], 0, 1, "float32", seed + 1),
  };
}

/** ∂/∂θ of layer `a` of each example's share of the mean loss: a pass of the whole batch for each of them. */
function gradientsOf(
  model: tf.LayersModel,
  { inputs, targets }: Data,
  training: boolean,
): readonly number[][] {
  const count = inputs.shape[0] ?? 1;
  return Array.from({ length: count }, (_, row) => {
    const { value, grads } = tf.variableGrads(() => {
      const outputs = model.apply(inputs, { training }) as tf.Tensor;
      const losses = tf.mean(tf.square(tf.sub(outputs, targets)), 1);
      return tf.div(tf.sum(tf.slice(losses, row, 1)) as tf.Scalar, count);
    });
    const own = (model.layers[0]?.trainableWeights ?? []).flatMap((weights) => [
      ...(grads[weights.name] ?? expect.fail()).dataSync(),
    ]);
    tf.dispose([value, grads]);
    return own;
  });
}
