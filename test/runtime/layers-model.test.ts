import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/runtime/events.ts";
import { govern } from "../../src/runtime/governor.ts";
import type { TrainingData } from "../../src/runtime/data.ts";
import type { StepResult } from "../../src/runtime/step.ts";
import { compileOrFail } from "./small-run.ts";

beforeAll(() => tf.setBackend("cpu"));

const POLICY = `
  example { id: string  label: int in 0..1 }
  band head = layers "head"  band body = all - head
  cohort ones = label == 1
  route ones -> body: block
  bound entropy(body) >= 0 { below => log }
  bound loss(ones) <= 1e9 { above => halt }
  never ones -> body
`;

const { layers } = tf;

const MODELS: Readonly<Record<string, () => tf.LayersModel>> = {
  "a convolutional network": () =>
    tf.sequential({
      layers: [
        layers.conv2d({ name: "conv", inputShape: [6, 6, 1], filters: 2, kernelSize: 3, activation: "relu" }),
        layers.depthwiseConv2d({ name: "depthwise", kernelSize: 2 }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dropout({ rate: 0.2, seed: 3 }),
        layers.dense({ name: "head", units: 2, activation: "softmax" }),
      ],
    }),
  "a recurrent network": () =>
    tf.sequential({
      layers: [
        layers.reshape({ inputShape: [6, 6, 1], targetShape: [6, 6] }),
        layers.lstm({ name: "lstm", units: 3 }),
        layers.layerNormalization({ name: "norm" }),
        layers.dense({ name: "head", units: 2, activation: "softmax" }),
      ],
    }),
};

/** Weights that are the same in every run; the model's own are drawn anew. */
function seeded(model: tf.LayersModel): tf.LayersModel {
  tf.tidy(() => {
    const weights = model
      .getWeights()
      // tfjs takes the seed 0 for none.
      .map(({ shape }, index) => tf.randomNormal(shape, 0, 0.4, "float32", index + 1));
    model.setWeights(weights);
  });
  return model;
}

function makeData(count: number): TrainingData {
  const labels = Array.from({ length: count }, (_, row) => row % 2);
  return {
    inputs: tf.randomNormal([count, 6, 6, 1], 0, 1, "float32", 5),
    targets: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), 2).cast("float32")),
    examples: labels.map((label, row) => ({ id: `e${row}`, label })),
  };
}

describe.each(Object.entries(MODELS))("%s", (_, createModel) => {
  it("trains under a policy by `fit`, and keeps no tensor", async () => {
    const model = seeded(createModel());
    const events: RunEvent[] = [];
    const optimizer = tf.train.adam(0.01);
    const governor = govern(model, compileOrFail(POLICY), {
      optimizer,
      loss: "categoricalCrossentropy",
      recorder: (event) => events.push(event),
      measureRoutingEvery: 1,
    });
    const data = makeData(12);
    const counts: number[] = [];
    const result = await governor.fit(data, {
      epochs: 3,
      batchSize: 4,
      seed: 1,
      callbacks: { onBatchEnd: () => counts.push(tf.memory().numTensors) },
    });
    expect(result).toMatchObject({ outcome: "finished", steps: 9 });
    // The optimizer makes its slots in the first step.
    expect(new Set(counts.slice(1)).size).toBe(1);
    const losses = result.losses.map(Number);
    expect(losses[2]).toBeLessThan(losses[0] ?? 0);
    const [measured] = events.filter((event) => event.kind === "routing_measured");
    expect(measured?.cells.find(({ cohort, band }) => cohort === "ones" && band === "body")?.intended).toBe(
      0,
    );
    tf.dispose([data.inputs, data.targets ?? []] as tf.TensorContainer);
    model.dispose();
    optimizer.dispose();
  });

  it("does not move by a step of what is blocked", () => {
    const model = seeded(createModel());
    const optimizer = tf.train.adam(0.1);
    const governor = govern(model, compileOrFail(POLICY), { optimizer, loss: "categoricalCrossentropy" });
    const data = makeData(4);
    governor.step(data);
    const body = model.layers
      .filter((layer) => layer.name !== "head")
      .flatMap((layer) => layer.trainableWeights);
    const bits = (): readonly (readonly number[])[] =>
      body.map((weight) => [...new Uint32Array(Float32Array.from(weight.read().dataSync()).buffer)]);
    const before = bits();
    governor.step({ ...data, examples: data.examples.map((example) => ({ ...example, label: 1 })) });
    expect(bits()).toEqual(before);
    tf.dispose([data.inputs, data.targets ?? []] as tf.TensorContainer);
    model.dispose();
    optimizer.dispose();
  });
});

it("goes forward once in a step, also where what examples teach turns out not to be measurable", () => {
  const createModel = (): tf.Sequential =>
    tf.sequential({
      layers: [
        layers.dense({ name: "body", inputShape: [3], units: 2, kernelInitializer: "ones" }),
        layers.batchNormalization({ name: "norm" }),
        layers.dense({ name: "head", units: 1, kernelInitializer: "ones" }),
      ],
    });
  const inputs = tf.randomNormal([4, 3], 0, 1, "float32", 9);
  const targets = tf.randomNormal([4, 1], 0, 1, "float32", 10);
  const [governed, plain] = [createModel(), createModel()];
  const optimizer = tf.train.sgd(0.1);
  const policy = `example { id: string }  band body = layers "body"  band norm = layers "norm"`;
  // The routing is measured in the first step; statistics of a batch norm would tell of a second pass.
  govern(governed, compileOrFail(policy), { optimizer, loss: "meanSquaredError" }).step({
    ...{ inputs, targets },
    examples: ["a", "b", "c", "d"].map((id) => ({ id })),
  });
  tf.tidy(() => {
    plain.apply(inputs, { training: true });
    const own = plain.layers[1]?.getWeights().slice(2) ?? [];
    const statistics = governed.layers[1]?.getWeights().slice(2) ?? [];
    expect(statistics).toHaveLength(2);
    expect(statistics.map((one) => Array.from(one.dataSync()))).toEqual(
      own.map((one) => Array.from(one.dataSync())),
    );
  });
  tf.dispose([inputs, targets]);
  optimizer.dispose();
});

it.each(["skip step", "halt"])("learns no statistics in a step that a bound makes it %s", (action) => {
  const model = tf.sequential({
    layers: [
      layers.dense({ name: "body", inputShape: [2], units: 2, kernelInitializer: "ones" }),
      layers.batchNormalization({ name: "norm" }),
    ],
  });
  const optimizer = tf.train.sgd(0.1);
  const policy = `example { id: string }  bound loss(all) in 0..1e30 { outside => ${action} }`;
  const governor = govern(model, compileOrFail(policy), { optimizer, loss: "meanSquaredError" });
  const statistics = (): readonly number[][] =>
    tf.tidy(() => (model.layers[1]?.getWeights() ?? []).map((one) => Array.from(one.dataSync())));
  const step = (first: number): StepResult => {
    const inputs = tf.tensor2d([first, 2, 3, 5], [2, 2]);
    const targets = tf.zeros([2, 2]);
    const result = governor.step({ inputs, targets, examples: [{ id: "a" }, { id: "b" }] });
    tf.dispose([inputs, targets]);
    return result;
  };
  const before = statistics();
  expect(step(1).outcome).toBe("applied");
  const learnt = statistics();
  expect(learnt).not.toEqual(before);
  expect(step(Number.NaN).updated).toBe(false);
  expect(statistics()).toEqual(learnt);
  model.dispose();
  optimizer.dispose();
});

const TFJS_LOSSES = [
  ...["meanSquaredError", "meanAbsoluteError", "meanAbsolutePercentageError", "meanSquaredLogarithmicError"],
  ...["squaredHinge", "hinge", "categoricalHinge", "logcosh", "categoricalCrossentropy"],
  ...["binaryCrossentropy", "kullbackLeiblerDivergence", "poisson", "cosineProximity"],
];

describe("the loss that a model was compiled with", () => {
  it.each([...TFJS_LOSSES, { left: "hinge", right: "poisson" }, ["hinge", "poisson"]])(
    "is what tfjs itself says of an epoch, whose last batch is smaller, penalty included: %j",
    async (loss) => {
      const model = createTwoHeaded();
      model.compile({ optimizer: tf.train.sgd(0), loss: loss as string });
      const examples = ["a", "b", "c", "d", "e"].map((id) => ({ id }));
      const inputs = tf.randomNormal([5, 3], 0, 1, "float32", 2);
      const targets = [3, 4].map((seed) => tf.randomUniform([5, 2], 0.1, 1, "float32", seed));
      const epoch = { epochs: 1, batchSize: 2, shuffle: false };
      const { losses } = await govern(model, compileOrFail("example { id: string }")).fit(
        { inputs, targets, examples },
        epoch,
      );
      const history = await model.fit(inputs, targets, { ...epoch, verbose: 0 });
      expect(losses[0]).toBeCloseTo(Number(history.history["loss"]?.[0]), 5);
      tf.dispose([inputs, ...targets]);
      model.dispose();
    },
  );

  it("is refused where there is none of its name, or none for an output", () => {
    const ir = compileOrFail("example { id: string }");
    const model = createTwoHeaded();
    const optimizer = tf.train.sgd(0);
    expect(() => govern(model, ir, { optimizer, loss: "hingy" as "meanSquaredError" })).toThrow(
      "there is no loss named hingy; give a function, or one of meanSquaredError",
    );
    const warn = console.warn;
    console.warn = (): void => undefined;
    model.compile({ optimizer, loss: { left: "hinge" } });
    console.warn = warn;
    expect(() => govern(model, ir)).toThrow("the model was compiled without a loss for its output right");
  });
});

function createTwoHeaded(): tf.LayersModel {
  const input = tf.input({ shape: [3] });
  const head = (name: string, seed: number): tf.SymbolicTensor =>
    layers
      .dense({
        ...{ name, units: 2, activation: "softmax" },
        kernelInitializer: tf.initializers.randomNormal({ seed }),
        kernelRegularizer: tf.regularizers.l2({ l2: 0.1 }),
      })
      .apply(input) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: [head("left", 1), head("right", 2)] });
}
