/** Influence toward a behaviour, against one backward pass for each example and one for each example of the probe. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatherRows } from "../../src/runtime/data.ts";
import { GovernanceError } from "../../src/runtime/error.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { govern } from "../../src/runtime/governor.ts";
import { disposeProbe, numericProbeReader, readProbes, tracedBehaviors } from "../../src/runtime/probes.ts";
import type { Batch } from "../../src/runtime/batch.ts";
import { cases } from "../generators/runs.ts";
import { batchOf, compileOrFail, disposeBatch, startSmallRun } from "./small-run.ts";

const TRACE = `
  behavior draws = probe "probes/draws.jsonl"
  provenance { trace upper, all toward draws every 2 steps }
`;
const POLICY = `
  example { id: string  label: int in 0..9 }
  band upper = layers "dense" units 2..4
  cohort low = label in 0..4
  route low -> upper: 30%
  ${TRACE}
`;

let tensorsBefore = 0;

beforeAll(async () => {
  await tf.setBackend("cpu");
  tensorsBefore = tf.memory().numTensors;
});
afterAll(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe("the influence toward a behaviour", () => {
  it.each(["dense", "convolution"] as const)("is what the examples' own gradients say: %s", (kind) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (seed, labels, probed) => {
          const model = createModel(kind, seed);
          const batch = drawBatch(model, labels, seed);
          const probe = drawBatch(model, new Array<number>(probed).fill(0), seed + 7);
          const events: RunEvent[] = [];
          const optimizer = tf.train.sgd(0.5);
          const expected = oneByOne(model, batch, probe, labels);
          const governor = govern(model, compileOrFail(POLICY), {
            ...{ optimizer, loss: "meanSquaredError", measureRoutingEvery: 0, probes: { draws: probe } },
            recorder: (event) => events.push(event),
          });
          governor.step(batch);
          const measured = events.filter((event) => event.kind === "influence_measured");
          expect(measured.map(({ band, behavior }) => [band, behavior])).toEqual([
            ["upper", "draws"],
            ["all", "draws"],
          ]);
          for (const { band, rows } of measured)
            for (const { id, influence } of rows) {
              const { value, scale } = expected(band, Number(id.slice(1)));
              expect(Math.abs((influence ?? Number.NaN) - value)).toBeLessThanOrEqual(1e-5 * scale + 1e-9);
            }
          [batch, probe].forEach(disposeBatch);
          model.dispose();
          optimizer.dispose();
        },
      ),
      cases(20),
    );
  });

  it("is measured anew on the steps that are traced, and on no other", () => {
    const probe = batchOf([1, 2]);
    const run = startSmallRun(
      `behavior draws = probe "draws.jsonl" provenance { trace b toward draws every 2 steps trace a every 3 steps }`,
      { probes: { draws: probe } },
    );
    const batch = batchOf([1, 7]);
    for (let count = 0; count < 5; count += 1) run.governor.step(batch);
    const told = run.eventsOf("influence_measured").map(({ clock, behavior }) => [clock.step, behavior]);
    expect(told).toEqual([
      [0, null],
      [0, "draws"],
      [2, "draws"],
      [3, null],
      [4, "draws"],
    ]);
    run.dispose();
    [batch, probe].forEach(disposeBatch);
  });

  it("predicts how much the probe's loss falls: halving the step quarters what is left", () => {
    const gapAt = (rate: number): number => {
      const probe = batchOf([1, 2, 3], 21);
      const batch = batchOf([1, 7, 2, 8]);
      const run = startSmallRun(
        `behavior draws = probe "draws.jsonl" provenance { trace all toward draws }`,
        { probes: { draws: probe }, optimizer: tf.train.sgd(rate) },
      );
      const lossOfProbe = (): number => {
        const twin = startSmallRun("", { optimizer: tf.train.sgd(0) });
        tf.tidy(() => {
          for (const [name, variable] of Object.entries(run.variables))
            twin.variables[name]?.assign(tf.clone(variable));
        });
        const { loss } = twin.governor.step(probe);
        twin.dispose();
        return loss ?? Number.NaN;
      };
      const before = lossOfProbe();
      run.governor.step(batch);
      const [traced] = run.eventsOf("influence_measured");
      const explained = traced?.rows.reduce((sum, { influence }) => sum + (influence ?? 0), 0) ?? 0;
      const gap = Math.abs(before - lossOfProbe() - explained);
      run.dispose();
      [batch, probe].forEach(disposeBatch);
      return gap;
    };
    const ratio = gapAt(0.08) / gapAt(0.04);
    expect(ratio).toBeGreaterThan(3.3);
    expect(ratio).toBeLessThan(4.7);
  });

  it("is refused without a probe, at the line of the behaviour", () => {
    const model = createModel("dense", 1);
    const optimizer = tf.train.sgd(0.1);
    expect(() => govern(model, compileOrFail(POLICY), { optimizer, loss: "meanSquaredError" })).toThrow(
      "GOV6002: behaviour `draws` has no probe",
    );
    model.dispose();
    optimizer.dispose();
  });
});

describe("a probe's file", () => {
  const behaviors = tracedBehaviors(compileOrFail(POLICY).policy);
  const read = (text: string, model = createModel("dense", 1)): Batch | undefined => {
    try {
      const texts = new Map([["draws", { kind: "text", text } as const]]);
      return readProbes(behaviors, texts, numericProbeReader(model))["draws"];
    } finally {
      model.dispose();
    }
  };

  it("holds an example a line, nested or flat, with whatever metadata", () => {
    const probe = read(
      '{"id": "a", "input": [1, 2, 3], "target": [0, 1]}\n\n{"input": [[4], [5, 6]], "target": [1, 0]}\n',
    );
    expect((probe?.inputs as tf.Tensor).arraySync()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect((probe?.targets as tf.Tensor).shape).toEqual([2, 2]);
    expect(probe?.examples[0]?.["id"]).toBe("a");
    if (probe !== undefined) disposeProbe(probe);
  });

  it.each([
    ["", "holds no example"],
    ["{", "line 1 of `probes/draws.jsonl` is not a JSON object"],
    ['{"id": "a"}', "line 1 has neither `input` nor `inputs`"],
    ['{"input": [1, 2, 3]}\n{"input": [1, 2]}', "example 2 gives 2 numbers as `input`, and 3 are needed"],
    ['{"input": [1, "2", 3]}', "example 1 gives something other than numbers as `input`"],
  ])("is refused with the place: %s", (text, problem) => {
    expect(() => read(text)).toThrow(GovernanceError);
    expect(() => read(text)).toThrow(problem);
  });
});

function createModel(kind: "dense" | "convolution", seed: number): tf.LayersModel {
  const random = (scale: number, own: number) => tf.initializers.randomNormal({ stddev: scale, seed: own });
  const named = { name: "dense", activation: "tanh", kernelInitializer: random(0.7, seed) } as const;
  return tf.sequential({
    layers:
      kind === "dense"
        ? [
            tf.layers.dense({ ...named, units: 5, inputShape: [3] }),
            // In use it drops nothing.
            tf.layers.dropout({ rate: 0, seed }),
            tf.layers.dense({ name: "head", units: 2, kernelInitializer: random(0.7, seed + 1) }),
          ]
        : [
            tf.layers.conv2d({ ...named, filters: 5, kernelSize: 2, inputShape: [3, 3, 1] }),
            tf.layers.flatten(),
            tf.layers.dense({ name: "head", units: 2, kernelInitializer: random(0.7, seed + 1) }),
          ],
  });
}

function drawBatch(
  model: tf.LayersModel,
  labels: readonly number[],
  seed: number,
): Batch & { inputs: tf.Tensor; targets: tf.Tensor } {
  const shape = model.inputs[0]?.shape.slice(1).map(Number) ?? [];
  return {
    inputs: tf.randomNormal([labels.length, ...shape], 0, 1, "float32", seed),
    targets: tf.randomNormal([labels.length, 2], 0, 1, "float32", seed + 1),
    examples: labels.map((label, row) => ({ id: `e${row}`, label })),
  };
}

type Influence = (band: string, row: number) => { readonly value: number; readonly scale: number };

function oneByOne(model: tf.LayersModel, batch: Batch, probe: Batch, labels: readonly number[]): Influence {
  const gradientsOf = ({ inputs, targets }: Batch): readonly (readonly number[])[] => {
    const found: number[][] = [];
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() =>
        tf
          .sub(targets as tf.Tensor, model.apply(inputs as tf.Tensor) as tf.Tensor)
          .square()
          .mean()
          .asScalar(),
      );
      for (const gradient of Object.values(grads)) found.push([...gradient.dataSync()]);
    });
    return found;
  };
  const each = (own: Batch): readonly (readonly (readonly number[])[])[] =>
    own.examples.map((_, row) => {
      const alone = gatherRows(own, [row]);
      const gradients = gradientsOf(alone);
      disposeBatch(alone);
      return gradients;
    });
  const [own, probed] = [each(batch), each(probe)];
  const weights = model.trainableWeights.map(({ originalName, shape }) => ({
    layer: originalName.split("/")[0] ?? "",
    units: shape.at(-1) ?? 1,
  }));
  return (band, row) => {
    let value = 0;
    let squares = 0;
    let vector = 0;
    weights.forEach(({ layer, units }, index) => {
      own[row]?.[index]?.forEach((gradient, at) => {
        const isUpper = layer === "dense" && at % units >= 2 && at % units <= 4;
        if (band === "upper" && !isUpper) return;
        const weight = isUpper && (labels[row] ?? 0) <= 4 ? 0.3 : 1;
        const mean = probed.reduce((sum, one) => sum + (one[index]?.[at] ?? 0), 0) / probed.length;
        value += (0.5 * weight * gradient * mean) / labels.length;
        squares += gradient ** 2;
        vector += mean ** 2;
      });
    });
    return { value, scale: Math.sqrt(squares * vector) };
  };
}
