/** Every kind of layer that can be governed, once: its gradients are those of examples taken one by one. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { govern } from "../../src/runtime/governor.ts";
import { createListener } from "./exactness/case.ts";
import { numbersFrom } from "./exactness/choices.ts";
import { compileText } from "./exactness/compile-text.ts";
import { expectSame, rowByRow } from "./exactness/rows.ts";
import { drawVariables } from "./exactness/variables.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

const SIZE = 4;

interface Subject {
  readonly input: readonly number[];
  /** Applied in turn; one layer may stand twice. The one under test is called `x`. */
  readonly layers: () => readonly tf.layers.Layer[];
  /** Whether its units can be cut; a policy then weighs two of them by themselves. */
  readonly hasUnits?: true;
  /** Whole numbers below this go in. */
  readonly vocabulary?: number;
}

const name = "x";

const SUBJECTS: Readonly<Record<string, Subject>> = {
  "a dense layer": {
    input: [3],
    layers: () => [tf.layers.dense({ name, units: 4, activation: "relu" })],
    hasUnits: true,
  },
  "a dense layer over sequences": {
    input: [3, 2],
    layers: () => [tf.layers.dense({ name, units: 4, activation: "tanh" }), tf.layers.flatten()],
    hasUnits: true,
  },
  "a dense layer used twice": {
    input: [4],
    layers: () => {
      const shared = tf.layers.dense({ name, units: 4, activation: "tanh" });
      return [shared, shared];
    },
    hasUnits: true,
  },
  "a dense layer over time": {
    input: [3, 2],
    layers: () => [
      tf.layers.timeDistributed({ name, layer: tf.layers.dense({ units: 3 }) }),
      tf.layers.flatten(),
    ],
  },
  "a one-dimensional convolution": {
    input: [6, 2],
    layers: () => [tf.layers.conv1d({ name, filters: 4, kernelSize: 3, strides: 2 }), tf.layers.flatten()],
    hasUnits: true,
  },
  "a three-dimensional convolution": {
    input: [3, 4, 3, 1],
    layers: () => [tf.layers.conv3d({ name, filters: 3, kernelSize: 2 }), tf.layers.flatten()],
    hasUnits: true,
  },
  "a depthwise convolution": {
    input: [4, 4, 2],
    layers: () => [
      tf.layers.depthwiseConv2d({ name, kernelSize: 2, depthMultiplier: 2, activation: "tanh" }),
      tf.layers.flatten(),
    ],
  },
  "a separable convolution": {
    input: [4, 4, 2],
    layers: () => [tf.layers.separableConv2d({ name, filters: 3, kernelSize: 2 }), tf.layers.flatten()],
  },
  "a transposed convolution": {
    input: [3, 3, 2],
    layers: () => [
      tf.layers.conv2dTranspose({ name, filters: 3, kernelSize: 2, strides: 2 }),
      tf.layers.flatten(),
    ],
  },
  "an embedding": {
    input: [3],
    layers: () => [tf.layers.embedding({ name, inputDim: 5, outputDim: 4 }), tf.layers.flatten()],
    hasUnits: true,
    vocabulary: 5,
  },
  "a simple recurrent layer": { input: [3, 2], layers: () => [tf.layers.simpleRNN({ name, units: 3 })] },
  "an LSTM": { input: [3, 2], layers: () => [tf.layers.lstm({ name, units: 3 })] },
  "an LSTM that gives sequences": {
    input: [3, 2],
    layers: () => [tf.layers.lstm({ name, units: 3, returnSequences: true }), tf.layers.flatten()],
  },
  "a GRU": { input: [3, 2], layers: () => [tf.layers.gru({ name, units: 3 })] },
  "a layer in both directions": {
    input: [3, 2],
    layers: () => [
      tf.layers.bidirectional({
        name,
        layer: tf.layers.lstm({ units: 2 }) as tf.RNN,
        mergeMode: "concat",
      }),
    ],
  },
  "layer normalisation": {
    input: [5],
    layers: () => [tf.layers.layerNormalization({ name })],
    hasUnits: true,
  },
  "batch normalisation, its scale and offset": {
    input: [5],
    layers: () => [tf.layers.batchNormalization({ name })],
    hasUnits: true,
  },
  "a dense layer before dropout": {
    input: [3],
    layers: () => [
      tf.layers.dense({ name, units: 6, activation: "tanh" }),
      tf.layers.dropout({ rate: 0.3, seed: 3 }),
    ],
    hasUnits: true,
  },
  "a dense layer repeated in time": {
    input: [3],
    layers: () => [
      tf.layers.dense({ name, units: 4, activation: "tanh" }),
      tf.layers.repeatVector({ n: 3 }),
      tf.layers.permute({ dims: [2, 1] }),
      tf.layers.flatten(),
    ],
    hasUnits: true,
  },
  "a convolution before padding, enlarging, cropping and pooling": {
    input: [3, 3, 2],
    layers: () => [
      tf.layers.conv2d({ name, filters: 3, kernelSize: 2, activation: "elu" }),
      tf.layers.zeroPadding2d({ padding: 1 }),
      tf.layers.upSampling2d({ size: [2, 2], interpolation: "bilinear" }),
      tf.layers.cropping2D({ cropping: [1, 1] }),
      tf.layers.globalAveragePooling2d({}),
    ],
    hasUnits: true,
  },
  "a dense layer of a model inside the model": {
    input: [3],
    layers: () => [
      tf.sequential({ layers: [tf.layers.dense({ name, inputShape: [3], units: 4, activation: "tanh" })] }),
    ],
    hasUnits: true,
  },
  "a parametric rectifier": { input: [5], layers: () => [tf.layers.prelu({ name })] },
};

const POLICY = `policy kinds
example { id: string, label: int in 0..3 }
cohort none = label == 0
cohort some = label == 1
cohort more = label == 2
band x = layers "x"
band ends = layers "end"
route none -> x: block
route some -> x: 0.3
route more -> x, ends: 1.5
`;

const CUT = `band cut = layers "x" units 1..2
route some -> cut: block
route more -> cut: 25%
`;

/** Of the examples in turn, on the layer, on its cut units, and on the layer after it. */
const WEIGHTS = [0, 0.3, 1.5, 1];
const CUT_WEIGHTS = [0, 0, 0.25, 1];
const END_WEIGHTS = [1, 1, 1.5, 1];

/** Nothing before the layer learns from these two through it. */
const DETACH = `detach some at x
detach more at x
`;
const FRONT_WEIGHTS = [1, 0, 0, 1];

for (const [kind, subject] of Object.entries(SUBJECTS)) {
  test(`${kind} learns what its examples teach, each by its weight`, () => {
    learnBeside(subject, subject.hasUnits ? POLICY + CUT : POLICY, subject.hasUnits ? [1, 2] : []);
  });
  // Nothing learns from words, so there is nothing before an embedding.
  if (subject.vocabulary === undefined)
    test(`${kind}, when detached, still learns, and lets no signal through`, () => {
      learnBeside({ ...subject, layers: () => [front(subject), ...subject.layers()] }, POLICY + DETACH, []);
    });
}

function front({ input }: Subject): tf.layers.Layer {
  return tf.layers.dense({ name: "front", units: input.at(-1) ?? 1, activation: "tanh" });
}

/** A governed step and the oracle; `cut` are the units that the policy weighs by themselves. */
function learnBeside(subject: Subject, policy: string, cut: readonly number[]): void {
  const { model, variables } = build(subject);
  const next = numbersFrom(7);
  const { input, vocabulary } = subject;
  const inputs = tf.tidy(() => {
    const length = SIZE * input.reduce((size, axis) => size * axis, 1);
    const numbers = tf.tensor(Float32Array.from({ length }, next), [SIZE, ...input]);
    return vocabulary === undefined
      ? tf.clone(numbers)
      : tf.floor(tf.mul(tf.div(tf.add(numbers, 1), 2), vocabulary));
  });
  const targets = tf.tensor2d(Float32Array.from({ length: SIZE * 2 }, next), [SIZE, 2]);
  const { optimizer, heard } = createListener();
  const governor = govern(model, compileText(policy), {
    optimizer,
    loss: "meanSquaredError",
    measureRoutingEvery: 0,
  });
  const examples = [0, 1, 2, 3].map((label) => ({ id: `e${label}`, label }));
  const expected = rowByRow({
    losses: () => {
      const outputs = model.apply(inputs, { training: true }) as tf.Tensor;
      return tf.mean(tf.square(tf.sub(outputs, targets)), 1);
    },
    batchSize: SIZE,
    variables,
    weigh: (path, unit, row) => {
      const tables: Readonly<Record<string, readonly number[]>> = { end: END_WEIGHTS, front: FRONT_WEIGHTS };
      const own = cut.includes(unit) ? CUT_WEIGHTS : WEIGHTS;
      return (tables[path.slice(0, path.indexOf("/"))] ?? own)[row] ?? Number.NaN;
    },
  });
  expect(governor.step({ inputs, targets, examples }).outcome).toBe("applied");
  expectSame(variables, heard(), expected);
  tf.dispose([inputs, targets]);
  model.dispose();
}

function build({ input, layers }: Subject): {
  readonly model: tf.LayersModel;
  readonly variables: ReadonlyMap<string, tf.Variable>;
} {
  const start = tf.input({ shape: [...input] });
  const middle = layers().reduce<tf.SymbolicTensor>((x, layer) => layer.apply(x) as tf.SymbolicTensor, start);
  const end = tf.layers.dense({ name: "end", units: 2 }).apply(middle) as tf.SymbolicTensor;
  const model = tf.model({ inputs: start, outputs: end });
  return { model, variables: drawVariables(model, numbersFrom(11)) };
}
