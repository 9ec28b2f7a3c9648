/** The influence that a step traces towards its own batch, against gradients of the examples taken one by one. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import type { InfluenceMeasured } from "../../src/runtime/events.ts";
import { govern } from "../../src/runtime/governor.ts";
import { cases } from "../generators/runs.ts";
import { compileOrFail } from "./small-run.ts";
import { dot, norm, sumOf } from "./vectors.ts";

const KINDS = ["conv2d", "conv1d", "conv3d", "sequence", "embedding"] as const;
type Kind = (typeof KINDS)[number] | "large conv2d";

/** Of layer `a` the units 0 and 1, of layer `a` the others, and layer `b`. */
const BANDS = ["first", "others", "answer"] as const;

interface Case {
  readonly kind: Kind;
  readonly penalty: number;
  /** One for each example: its cohort. */
  readonly labels: readonly number[];
  /** By cohort, then by band. */
  readonly weights: readonly (readonly number[])[];
  /** Of which cohort nothing flows back beyond `answer`, if of any. */
  readonly cut: number | undefined;
  readonly seed: number;
}

const weight = fc.constantFrom(1, 1, 0, 0.5, 0.125);
const traced: fc.Arbitrary<Case> = fc.record({
  kind: fc.constantFrom(...KINDS),
  penalty: fc.constantFrom(0, 0.3),
  labels: fc.array(fc.constantFrom(0, 1, 2), { minLength: 1, maxLength: 6 }),
  weights: fc.oneof(
    fc.constant(Array.from({ length: 3 }, () => BANDS.map(() => 1))),
    fc.array(fc.array(weight, { minLength: 3, maxLength: 3 }), { minLength: 3, maxLength: 3 }),
    // The same for all of layer `a`, as where no band cuts it.
    fc.array(
      fc.tuple(weight, weight).map(([a, b]) => [a, a, b]),
      { minLength: 3, maxLength: 3 },
    ),
  ),
  cut: fc.constantFrom(undefined, undefined, 0),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});

describe.each(["cpu", "wasm"] as const)("on %s", (backend) => {
  beforeAll(() => selectBackend(backend));

  test("it is what each example's own gradient says, whatever it is weighed by, and no penalty is in it", () => {
    fc.assert(fc.property(traced, expectExact), cases(60));
  });
});

test("nor is it anything else where only what the policy keeps out is computed for it", async () => {
  await selectBackend("wasm");
  const kept = fc.constantFrom(0, 0.5, 0.125);
  const large = fc.tuple(traced, kept, fc.oneof(kept, fc.constant(1))).map(([one, first, others]): Case => ({
    ...one,
    ...{ kind: "large conv2d", labels: [0, 1, 2, 0, 1, 2] },
    weights: [
      [first, others, 1],
      [1, 1, 1],
      [1, 1, 1],
    ],
  }));
  fc.assert(fc.property(large, expectExact), cases(12));
});

function expectExact({ kind, penalty, labels, weights, cut, seed }: Case): void {
  const tensorsBefore = tf.memory().numTensors;
  const model = createModel(kind, penalty, seed);
  const inputs = inputsOf(kind, labels.length, seed + 1);
  const targets = tf.randomNormal([labels.length, 2], 0, 1, "float32", seed + 2);
  const gradients = labels.map((_, row) => gradientOf(model, inputs, targets, row));
  const events: InfluenceMeasured[] = [];
  const optimizer = tf.train.sgd(0.5);
  govern(model, compileOrFail(policyOf(weights, cut)), {
    optimizer,
    loss: "meanSquaredError",
    measureRoutingEvery: 0,
    recorder: (event) => {
      if (event.kind === "influence_measured") events.push(event);
    },
  }).step({ inputs, targets, examples: labels.map((label, row) => ({ id: `e${row}`, label })) });

  expect(events.map(({ band }) => band)).toEqual([...BANDS]);
  for (const [index, { band, rows }] of events.entries()) {
    const own = gradients.map((gradient, row) =>
      gradient
        .filter(({ band: of }) => of === band)
        .map(({ value }) => (band !== "answer" && labels[row] === cut ? 0 : value)),
    );
    const batch = sumOf(own);
    expect(rows).toHaveLength(labels.length);
    for (const [row, label] of labels.entries()) {
      const values = own[row] ?? [];
      const factor = 0.5 * (weights[label]?.[index] ?? Number.NaN);
      const measured = rows.find(({ id }) => id === `e${row}`)?.influence ?? Number.NaN;
      const tolerance = 1e-5 * factor * norm(values) * norm(batch) + 1e-12;
      expect(Math.abs(measured - factor * dot(values, batch))).toBeLessThanOrEqual(tolerance);
    }
  }

  tf.dispose([inputs, targets]);
  model.dispose();
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(tensorsBefore);
}

function policyOf(weights: Case["weights"], cut: Case["cut"]): string {
  const rules = weights.flatMap((own, cohort) =>
    own.map((value, band) => `route c${cohort} -> ${BANDS[band] ?? ""}: ${value}`),
  );
  return `
    policy traced
    example { id: string  label: int in 0..9 }
    band first = layers "a" units 0..1
    band others = layers "a" units 2..3
    band answer = layers "b"
    ${weights.map((_, cohort) => `cohort c${cohort} = label == ${cohort}`).join("\n")}
    ${rules.join("\n")}
    ${cut === undefined ? "" : `detach c${cut} at answer`}
    provenance { trace ${BANDS.join(", ")} every 1 step }
  `;
}

function createModel(kind: Kind, penalty: number, seed: number): tf.LayersModel {
  const own = {
    ...{ name: "a", activation: "tanh" as const },
    kernelInitializer: tf.initializers.randomNormal({ stddev: 0.5, seed }),
    biasInitializer: tf.initializers.randomNormal({ stddev: 0.5, seed: seed + 1 }),
    ...(penalty === 0 ? {} : { kernelRegularizer: tf.regularizers.l2({ l2: penalty }) }),
    ...(penalty === 0 ? {} : { biasRegularizer: tf.regularizers.l1({ l1: penalty }) }),
  };
  const first: Readonly<Record<Kind, () => tf.layers.Layer>> = {
    conv2d: () => tf.layers.conv2d({ ...own, filters: 4, kernelSize: 2, inputShape: [4, 3, 2] }),
    "large conv2d": () => tf.layers.conv2d({ ...own, filters: 4, kernelSize: 5, inputShape: [16, 16, 32] }),
    conv3d: () => tf.layers.conv3d({ ...own, filters: 4, kernelSize: 2, inputShape: [3, 2, 2, 2] }),
    conv1d: () => tf.layers.conv1d({ ...own, filters: 4, kernelSize: 2, inputShape: [5, 2] }),
    sequence: () => tf.layers.dense({ ...own, units: 4, inputShape: [6, 3] }),
    embedding: () =>
      tf.layers.embedding({
        ...{ name: "a", inputDim: 5, outputDim: 4, inputLength: 3 },
        embeddingsInitializer: tf.initializers.randomNormal({ stddev: 0.5, seed }),
        ...(penalty === 0 ? {} : { embeddingsRegularizer: tf.regularizers.l2({ l2: penalty }) }),
      }),
  };
  return tf.sequential({
    layers: [
      first[kind](),
      tf.layers.flatten(),
      tf.layers.dense({
        ...{ name: "b", units: 2 },
        kernelInitializer: tf.initializers.randomNormal({ stddev: 0.5, seed: seed + 3 }),
      }),
    ],
  });
}

function inputsOf(kind: Kind, count: number, seed: number): tf.Tensor {
  const shapes = {
    conv2d: [4, 3, 2],
    "large conv2d": [16, 16, 32],
    conv1d: [5, 2],
    conv3d: [3, 2, 2, 2],
    sequence: [6, 3],
    embedding: [3],
  };
  return kind === "embedding"
    ? tf.randomUniform([count, 3], 0, 5, "int32", seed)
    : tf.randomNormal([count, ...shapes[kind]], 0, 1, "float32", seed);
}

interface GradientNumber {
  readonly band: (typeof BANDS)[number];
  readonly value: number;
}

/** What one example alone asks of every weight, as a share of the batch's mean. */
function gradientOf(
  model: tf.LayersModel,
  inputs: tf.Tensor,
  targets: tf.Tensor,
  row: number,
): readonly GradientNumber[] {
  const [input, target] = [inputs, targets].map((tensor) => tf.slice(tensor, row, 1));
  if (input === undefined || target === undefined) throw new Error("nothing to learn from");
  const { value, grads } = tf.variableGrads(() => {
    const error = tf.square(tf.sub(model.apply(input, { training: true }) as tf.Tensor, target));
    return tf.div(tf.mean(error) as tf.Scalar, inputs.shape[0] ?? 1);
  });
  const numbers = model.trainableWeights.flatMap((weights) => {
    const units = weights.shape.at(-1) ?? 1;
    return Array.from(grads[weights.name]?.dataSync() ?? [], (number, at): GradientNumber => {
      const isOfA = weights.originalName.startsWith("a/");
      return { value: number, band: isOfA ? (at % units < 2 ? "first" : "others") : "answer" };
    });
  });
  tf.dispose([input, target, value, grads]);
  return numbers;
}

test("its weight is that of the band's parameters, however these are cut", () => {
  const policy = `
    example { id: string }
    band whole = layers "a"
    band part = layers "a" units 0..0
    route all -> part: 50%
    provenance { trace whole }
  `;
  const model = tf.sequential({ layers: [tf.layers.dense({ name: "a", units: 4, inputShape: [3] })] });
  const batch = { inputs: tf.ones([1, 3]), targets: tf.ones([1, 4]), examples: [{ id: "only" }] };
  const events: InfluenceMeasured[] = [];
  const optimizer = tf.train.sgd(0.5);
  govern(model, compileOrFail(policy), {
    ...{ optimizer, loss: "meanSquaredError" },
    recorder: (event) => {
      if (event.kind === "influence_measured") events.push(event);
    },
  }).step(batch);
  // One unit of four at a half.
  expect(events[0]?.rows[0]?.weight).toBe(0.875);
  tf.dispose([batch.inputs, batch.targets]);
  optimizer.dispose();
  model.dispose();
});

test.each(["lstm", "simpleRNN"] as const)(
  "it is that of a recurrent layer too, whose state begins as zeros: %s",
  (kind) => {
    const model = tf.sequential({
      layers: [
        tf.layers[kind]({ name: "a", units: 3, inputShape: [4, 2], recurrentInitializer: "glorotNormal" }),
      ],
    });
    const labels = [0, 1, 2, 3];
    const inputs = tf.randomNormal([4, 4, 2], 0, 1, "float32", 5);
    const targets = tf.randomNormal([4, 3], 0, 1, "float32", 6);
    const gradients = tf.tidy(() =>
      labels.map((_, row) => {
        const { grads } = tf.variableGrads(() =>
          tf.losses
            .meanSquaredError(targets.slice(row, 1), model.apply(inputs.slice(row, 1)) as tf.Tensor)
            .div<tf.Scalar>(labels.length),
        );
        return Object.values(grads).flatMap((gradient) => Array.from(gradient.dataSync()));
      }),
    );
    const sum = sumOf(gradients);
    const events: InfluenceMeasured[] = [];
    const optimizer = tf.train.sgd(0.5);
    const policy = `example { id: string }  band whole = layers "a"  provenance { trace whole }`;
    govern(model, compileOrFail(policy), {
      ...{ optimizer, loss: "meanSquaredError" },
      recorder: (event) => {
        if (event.kind === "influence_measured") events.push(event);
      },
    }).step({ inputs, targets, examples: labels.map((label) => ({ id: `e${label}` })) });
    for (const [row, gradient] of gradients.entries()) {
      const expected = 0.5 * gradient.reduce((total, value, at) => total + value * (sum[at] ?? 0), 0);
      const traced = events[0]?.rows.find(({ id }) => id === `e${row}`)?.influence;
      expect(traced).toBeCloseTo(expected, 6);
    }
    tf.dispose([inputs, targets]);
    optimizer.dispose();
    model.dispose();
  },
);
