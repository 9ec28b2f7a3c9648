/** One forward and one backward pass, whatever the number of cohorts: counted in products, the cost of a step. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { govern } from "../../src/runtime/governor.ts";
import { drawBatch, LAYERS_LOSS } from "./exactness/case.ts";
import type { PlainNetwork } from "../../src/runtime/network/plain.ts";
import { compileText } from "./exactness/compile-text.ts";
import { buildNetwork, type LearningStage, type Network } from "./exactness/networks.ts";
import type { Facts } from "./exactness/policies.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

const layer = (name: string, details: Partial<LearningStage>): LearningStage => ({
  kind: "dense",
  name,
  units: 6,
  activation: "tanh",
  hasBias: true,
  hasSkip: false,
  window: { size: 2, stride: 1, pad: "same" },
  ...details,
});

const NETWORKS: readonly Network[] = (["layers", "plain"] as const).map((writing) => ({
  family: "conv2d",
  writing,
  inputShape: [5, 4, 2],
  stages: [
    layer("conv/a", { kind: "conv2d", units: 4, activation: "relu" }),
    { kind: "flatten" },
    layer("hidden/0", {}),
    layer("hidden/1", { hasSkip: true }),
    layer("out", { units: 3, activation: "softmax" }),
  ],
  loss: "crossentropy",
  reduction: "mean",
  seed: 3,
}));

/** The last belongs to no cohort. */
const FACTS: readonly Facts[] = Array.from({ length: 9 }, (_, label) => ({
  label,
  source: "lab",
  open: label % 2 === 0,
}));

const SCHEMA = "policy count\nexample { id: string, label: int in 0..8, source: string, open: bool }\n";

const BANDS = `band left = layers "hidden/0" units 0..2 | layers "hidden/1" units 0..3
band middle = layers "hidden/0" | layers "conv/a" units 1..2
band whole = layers "hidden/1", "out"
`;

/** The first cohorts of eight, one for each label. */
function write(cohorts: number, rule: (cohort: string, index: number) => string): string {
  const indices = Array.from({ length: cohorts }, (_, index) => index);
  const lines = indices.flatMap((index) => [
    `cohort c${index} = label == ${index}`,
    rule(`c${index}`, index),
  ]);
  return `${SCHEMA}${BANDS}${lines.join("\n")}\n`;
}

const POLICIES: Readonly<Record<string, (cohorts: number) => string>> = {
  routes: (cohorts) =>
    write(cohorts, (cohort, index) => `route ${cohort} -> left, whole: ${index % 2 === 0 ? "block" : "0.3"}`),
  "routes of units that overlap": (cohorts) =>
    write(cohorts, (cohort, index) => `route ${cohort} -> left, middle: ${index / 8}`),
  "detaches of a whole band": (cohorts) => write(cohorts, (cohort) => `detach ${cohort} at whole`),
  "detaches of unit slices": (cohorts) => write(cohorts, (cohort) => `detach ${cohort} at left`),
  "routes and detaches": (cohorts) =>
    write(cohorts, (cohort) => `route ${cohort} -> left, middle: block\ndetach ${cohort} at left`),
};

const PRODUCTS = /matmul|conv2d/i;

/** The names of the kernels that ran, in alphabetical order, and how often the model was called. */
async function count(
  network: Network,
  policy: string | undefined,
): Promise<{ readonly kernels: readonly string[]; readonly calls: number }> {
  const built = buildNetwork(network);
  const batch = drawBatch({ network, facts: FACTS }, 0);
  const { model, calls } = countCalls(built.model);
  const governor = govern(model, compileText(policy ?? `${SCHEMA}route default full`), {
    optimizer: tf.train.sgd(0.1),
    measureRoutingEvery: 0,
    ...(network.writing === "layers" ? { loss: LAYERS_LOSS[network.loss] } : {}),
  });
  const { kernels } = await tf.profile(() => {
    governor.step(batch);
  });
  tf.dispose([batch.inputs, batch.targets]);
  built.dispose();
  return { kernels: kernels.map(({ name }) => name).toSorted(), calls: calls() };
}

function countCalls(model: tf.LayersModel | PlainNetwork): {
  readonly model: tf.LayersModel | PlainNetwork;
  readonly calls: () => number;
} {
  let calls = 0;
  const called =
    <Given extends readonly unknown[], Result>(call: (...given: Given) => Result) =>
    (...given: Given): Result => {
      calls += 1;
      return call(...given);
    };
  if (!(model instanceof tf.LayersModel))
    return { model: { ...model, loss: called(model.loss) }, calls: () => calls };
  const layer = model.getLayer("out");
  layer.call = called(layer.call.bind(layer));
  return { model, calls: () => calls };
}

for (const network of NETWORKS)
  for (const [name, policy] of Object.entries(POLICIES))
    test(`${name} of eight cohorts cost what those of one do (${network.writing})`, async () => {
      const [one, eight] = [await count(network, policy(1)), await count(network, policy(8))];
      expect(eight.calls).toBe(1);
      expect(one.calls).toBe(1);
      expect(eight.kernels.filter((kernel) => PRODUCTS.test(kernel))).toEqual(
        one.kernels.filter((kernel) => PRODUCTS.test(kernel)),
      );
    });

for (const network of NETWORKS)
  test(`routes add no product to those of an ungoverned pass (${network.writing})`, async () => {
    const free = await count(network, undefined);
    for (const policy of [POLICIES["routes"], POLICIES["routes of units that overlap"]]) {
      const governed = await count(network, policy?.(8));
      expect(governed.kernels.filter((kernel) => PRODUCTS.test(kernel))).toEqual(
        free.kernels.filter((kernel) => PRODUCTS.test(kernel)),
      );
    }
    expect(free.kernels.filter((kernel) => PRODUCTS.test(kernel)).length).toBeGreaterThan(8);
  });
