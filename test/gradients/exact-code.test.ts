/** Plain tf code of the ways in which variables are used outside of layers models, each against the oracle. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { govern } from "../../src/runtime/governor.ts";
import { createListener } from "./exactness/case.ts";
import { numbersFrom } from "./exactness/choices.ts";
import { compileText } from "./exactness/compile-text.ts";
import { expectSame, rowByRow } from "./exactness/rows.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

const SIZE = 4;

type Variables = Readonly<Record<string, tf.Variable>>;

interface Subject {
  /** Roles of the layer `x` under test, whose units lie on the last axis. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly input: readonly number[];
  readonly vocabulary?: number;
  /** `[B, n]` from `[B, ...]`. */
  readonly run: (x: tf.Tensor, variables: Variables) => tf.Tensor;
  /** Of a cut by units: they meet each other before they meet an example, or are not the same in all variables. */
  readonly refusal?: RegExp;
}

const get = (variables: Variables, role: string): tf.Variable => {
  const variable = variables[role];
  if (variable === undefined) throw new Error(`there is no ${role}`);
  return variable;
};

const SUBJECTS: Readonly<Record<string, Subject>> = {
  "a product and a sum": {
    shapes: { kernel: [3, 4], bias: [4] },
    input: [3],
    run: (x, v) => tf.tanh(tf.add(tf.matMul(x, get(v, "kernel")), get(v, "bias"))),
  },
  "a fused product": {
    shapes: { kernel: [3, 4], bias: [4] },
    input: [3],
    run: (x, v) =>
      tf.fused.matMul({
        a: x as tf.Tensor2D,
        b: get(v, "kernel") as unknown as tf.Tensor2D,
        bias: get(v, "bias"),
        activation: "relu",
      }),
  },
  "a product with the variable on the left": {
    shapes: { kernel: [3, 4] },
    input: [3],
    run: (x, v) => tf.transpose(tf.matMul(get(v, "kernel"), x, true, true)),
  },
  "a kernel that is transposed, scaled and transposed back": {
    shapes: { kernel: [3, 4] },
    input: [3],
    run: (x, v) => tf.matMul(x, tf.transpose(tf.mul(tf.transpose(get(v, "kernel")), 0.5))),
  },
  "an embedding tied to the output": {
    shapes: { table: [5, 4] },
    input: [3],
    vocabulary: 5,
    run: (x, v) => {
      const words = tf.mean(tf.gather(get(v, "table"), tf.cast(x, "int32")), 1);
      return tf.matMul(tf.tanh(words), get(v, "table"), false, true);
    },
  },
  "words as one-hot rows": {
    shapes: { table: [5, 4] },
    input: [3],
    vocabulary: 5,
    run: (x, v) => {
      const rows = tf.reshape(tf.oneHot(tf.cast(tf.reshape(x, [-1]), "int32"), 5), [-1, 5]);
      return tf.reshape(tf.matMul(tf.cast(rows, "float32"), get(v, "table")), [x.shape[0] ?? 1, -1]);
    },
  },
  attention: {
    shapes: { query: [4, 4], key: [4, 4], value: [4, 4] },
    input: [3, 4],
    run: (x, v) => {
      const [b = 1, t = 1, d = 1] = x.shape;
      const project = (role: string): tf.Tensor =>
        tf.reshape(tf.matMul(tf.reshape(x, [b * t, d]), get(v, role)), [b, t, d]);
      const scores = tf.softmax(tf.div(tf.matMul(project("query"), project("key"), false, true), 2));
      return tf.reshape(tf.matMul(scores, project("value")), [b, t * d]);
    },
  },
  "an affine normalisation": {
    shapes: { gamma: [4], beta: [4] },
    input: [4],
    run: (x, v) => {
      const { mean, variance } = tf.moments(x, 1, true);
      const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
      return tf.add(tf.mul(normal, get(v, "gamma")), get(v, "beta"));
    },
  },
  "a gate": {
    shapes: { open: [4], shut: [4] },
    input: [4],
    run: (x, v) => tf.mul(tf.sigmoid(tf.mul(x, get(v, "open"))), tf.sub(x, get(v, "shut"))),
  },
  "a low-rank pair, multiplied before it meets an example": {
    shapes: { down: [3, 4], up: [4, 4] },
    input: [3],
    run: (x, v) => tf.matMul(x, tf.matMul(get(v, "down"), get(v, "up"))),
    refusal: /GOV4007/,
  },
  "a mixture of experts": {
    shapes: { gate: [3, 2], left: [3, 4], right: [3, 4] },
    input: [3],
    run: (x, v) => {
      const [first, second] = tf.split(tf.softmax(tf.matMul(x, get(v, "gate"))), 2, 1);
      return tf.add(
        tf.mul(tf.matMul(x, get(v, "left")), first ?? 1),
        tf.mul(tf.tanh(tf.matMul(x, get(v, "right"))), second ?? 1),
      );
    },
    refusal: /GOV4003/,
  },
};

const WEIGHTS = [0, 0.3, 1.5, 1];
const CUT_WEIGHTS = [0, 0, 0.25, 1];

const POLICY = `policy code
example { id: string, label: int in 0..3 }
cohort none = label == 0
cohort some = label == 1
cohort more = label == 2
band x = layers "x"
route none -> x: block
route some -> x: 0.3
route more -> x: 1.5
`;

const CUT = `band cut = layers "x" units 1..1
route some -> cut: block
route more -> cut: 25%
`;

interface Lesson {
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** By the variable's own name. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly losses: () => tf.Tensor;
}

/** One governed step; what the oracle needs to repeat it. */
function learn({ shapes, input, vocabulary, run }: Subject, policy: string): Lesson {
  const next = numbersFrom(5);
  const draw = (shape: readonly number[]): tf.Tensor =>
    tf.tensor(Float32Array.from({ length: shape.reduce((size, length) => size * length, 1) }, next), [
      ...shape,
    ]);
  const roles: Variables = Object.fromEntries(
    Object.entries(shapes).map(([role, shape]) => [role, tf.tidy(() => tf.variable(draw(shape)))]),
  );
  const inputs = tf.tidy(() => {
    const numbers = draw([SIZE, ...input]);
    return vocabulary === undefined
      ? tf.clone(numbers)
      : tf.floor(tf.mul(tf.div(tf.add(numbers, 1), 2), vocabulary));
  });
  const losses = (): tf.Tensor => {
    const outputs = run(inputs, roles);
    return tf.mean(tf.square(tf.sub(outputs, tf.linspace(-1, 1, outputs.shape[1] ?? 1))), 1);
  };
  const { optimizer, heard } = createListener();
  const governor = govern({ layers: [{ name: "x", variables: roles }], loss: losses }, compileText(policy), {
    optimizer,
    measureRoutingEvery: 0,
  });
  const examples = [0, 1, 2, 3].map((label) => ({ id: `e${label}`, label }));
  expect(governor.step({ inputs, examples }).outcome).toBe("applied");
  const variables = new Map(Object.entries(roles).map(([role, variable]) => [`x/${role}`, variable]));
  return { variables, gradients: heard(), losses };
}

for (const [kind, subject] of Object.entries(SUBJECTS))
  for (const isCut of subject.refusal ? [false] : [false, true])
    test(`${kind} learns by weight${isCut ? ", unit by unit" : ""}`, () => {
      const { variables, gradients, losses } = learn(subject, isCut ? POLICY + CUT : POLICY);
      const expected = rowByRow({
        losses,
        batchSize: SIZE,
        variables,
        weigh: (_, unit, row) => (isCut && unit === 1 ? CUT_WEIGHTS : WEIGHTS)[row] ?? Number.NaN,
      });
      expectSame(variables, gradients, expected);
    });

for (const [kind, subject] of Object.entries(SUBJECTS)) {
  const { refusal } = subject;
  if (refusal === undefined) continue;
  test(`${kind} is refused where its units would have to be told apart`, () => {
    expect(() => learn(subject, POLICY + CUT)).toThrow(refusal);
  });
}
