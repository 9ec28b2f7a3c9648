/** Going back, and going on: rollback, and training that is resumed from a checkpoint bit for bit. */
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { govern } from "../../src/runtime/governor.ts";
import { adamW } from "../../src/runtime/optimizer/adamw.ts";
import { decodeRunState, encodeRunState } from "../../src/runtime/state/encode.ts";
import type { RunState } from "../../src/runtime/state/run-state.ts";
import { batchOf, bitsOf, compileOrFail, disposeBatch, startSmallRun } from "./small-run.ts";

const OPTIMIZERS: Readonly<Record<string, () => tf.Optimizer>> = {
  SGD: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.05, 0.9),
  Adam: () => tf.train.adam(0.01),
  AdamW: () => adamW(0.01),
  Adamax: () => tf.train.adamax(0.01),
  RMSProp: () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7, true),
  Adagrad: () => tf.train.adagrad(0.05),
  Adadelta: () => tf.train.adadelta(0.5),
};

const POLICY = `
  example { id: string  label: int in 0..1 }
  band head = layers "head"  band body = layers "body"
  cohort ones = label == 1
  route ones -> head: block until 7 steps
  bound loss(all) <= 0.2 over 4 steps { above => attenuate body to 50% for 3 steps }
  bound update_ratio(head) <= 0.0001 over 2 steps { above => log }
  bound gradient_norm(head) <= 0.0001 over 1 epoch { above => attenuate head to 50% for 1 epoch }
  bound gradient_norm(body) <= 0.5 { above => rollback }
  provenance { trace body every 5 steps }
`;

describe.each(["cpu", "wasm"] as const)("on %s", (backend) => {
  it.each(Object.keys(OPTIMIZERS))(
    "training goes on from any checkpoint as if it had never stopped: %s",
    async (name) => {
      await selectBackend(backend);
      const whole = await train(name, undefined);
      expect(whole.states.length).toBeGreaterThan(4);
      for (const bytes of whole.states.slice(1, -1).filter((_, index) => index % 2 === 0)) {
        const state = decodeRunState(bytes);
        if (state === undefined) throw new Error("the checkpoint cannot be read");
        const rest = await train(name, state);
        const { step } = state.stepper.clock;
        expect(rest.bits).toEqual(whole.bits);
        expect(rest.told).toEqual(whole.told.filter((event) => isAfter(event, state)));
        expect(rest.losses).toEqual(whole.losses);
        expect(plain(rest.states.at(-1))).toEqual(plain(whole.states.at(-1)));
        expect(step).toBeGreaterThan(0);
      }
    },
  );
});

/** What is recorded at the end of an epoch comes before the checkpoint that is taken there. */
function isAfter(event: RunEvent, { stepper, fit }: RunState): boolean {
  if (event.kind === "epoch_ended") return event.clock.epoch >= fit.epoch;
  return event.clock.step >= stepper.clock.step;
}

/** A checkpoint without the names that tfjs gives to variables, which are others in every model of a process. */
function plain(bytes: Uint8Array | undefined): unknown {
  const state = bytes && decodeRunState(bytes);
  return JSON.parse(
    JSON.stringify(state, (key, value: unknown) => (key === "originalName" ? undefined : value)) ?? "null",
  );
}

async function train(
  name: string,
  from: RunState | undefined,
): Promise<{
  bits: readonly number[][];
  told: readonly RunEvent[];
  states: readonly Uint8Array[];
  losses: unknown;
}> {
  const random = (seed: number) => tf.initializers.randomNormal({ stddev: 0.5, seed });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        name: "body",
        units: 4,
        inputShape: [3],
        activation: "tanh",
        kernelInitializer: random(1),
      }),
      // Its moving averages are no trained weights, and change all the same.
      tf.layers.batchNormalization({ name: "norm" }),
      tf.layers.dense({ name: "head", units: 2, kernelInitializer: random(2) }),
    ],
  });
  const optimizer = OPTIMIZERS[name]?.() ?? tf.train.sgd(0);
  const data = {
    inputs: tf.randomNormal([14, 3], 0, 1, "float32", 3),
    targets: tf.randomNormal([14, 2], 0, 1, "float32", 4),
    examples: Array.from({ length: 14 }, (_, row) => ({ id: `e${row}`, label: row % 2 })),
  };
  const told: RunEvent[] = [];
  const states: Uint8Array[] = [];
  const governor = govern(model, compileOrFail(POLICY), {
    ...{ optimizer, loss: "meanSquaredError", checkpointEvery: 3, measureRoutingEvery: 0, now: () => 0 },
    recorder: (event) => told.push(event),
  });
  const { losses } = await governor.fit(data, {
    ...{ epochs: 3, batchSize: 4, seed: 5, ...(from === undefined ? {} : { from }) },
    onCheckpoint: (state) => states.push(encodeRunState(state)),
  });
  const bits = model
    .getWeights()
    .map((weight) => [...new Uint32Array(Float32Array.from(weight.dataSync()).buffer)]);
  tf.dispose([data.inputs, data.targets]);
  model.dispose();
  optimizer.dispose();
  return { bits, told, states, losses };
}

describe("rollback", () => {
  it("goes back to the last checkpoint at which every bound held, slots included, and says so", async () => {
    await tf.setBackend("cpu");
    const before = tf.memory().numTensors;
    const run = startSmallRun(
      "cohort late = step >= 5 bound loss(late) <= 0.0001 { above => rollback then halt after 4 steps }",
      { optimizer: tf.train.adam(0.05), checkpointEvery: 2 },
    );
    const batch = batchOf([1, 7, 2, 8]);
    const seen = new Map<number, unknown>();
    const outcomes = Array.from({ length: 10 }, (_, step) => {
      seen.set(step, bitsOf(run.variables));
      return run.governor.step(batch).outcome;
    });
    expect(outcomes.slice(0, 6)).toEqual([...new Array<string>(5).fill("applied"), "rolled_back"]);
    expect(run.eventsOf("weights_restored")).toMatchObject([{ clock: { step: 5 }, from: { step: 4 } }]);
    expect(seen.get(6)).toEqual(seen.get(4));
    // Adam goes on from the slots of that moment: the step after it is the one that was made then.
    expect(seen.get(7)).toEqual(seen.get(5));
    expect(outcomes.slice(6)).toEqual(["applied", "applied", "applied", "halted"]);
    expect(run.eventsOf("intervention_closed")[0]?.outcome).toBe("not_achieved");
    run.dispose();
    disposeBatch(batch);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("does not go back to weights that are found out of bounds in the very step that begins with them", async () => {
    await tf.setBackend("cpu");
    const run = startSmallRun("cohort late = step >= 4 bound loss(late) <= 0.0001 { above => rollback }", {
      checkpointEvery: 2,
    });
    const batch = batchOf([1, 7, 2, 8]);
    const seen = Array.from({ length: 5 }, () => {
      const bits = bitsOf(run.variables);
      run.governor.step(batch);
      return bits;
    });
    expect(run.eventsOf("weights_restored")).toMatchObject([{ clock: { step: 4 }, from: { step: 2 } }]);
    expect(bitsOf(run.variables)).toEqual(seen[2]);
    run.dispose();
    disposeBatch(batch);
  });

  it("goes back to the very beginning where nothing else held, and the optimizer forgets what it had not seen", () => {
    const run = startSmallRun("bound loss(all) <= 0.0001 over 2 steps { above => rollback }", {
      optimizer: tf.train.adam(0.05),
    });
    const batch = batchOf([1, 7, 2, 8]);
    const before = bitsOf(run.variables);
    run.governor.step(batch);
    const after = bitsOf(run.variables);
    expect(run.governor.step(batch).outcome).toBe("rolled_back");
    expect(bitsOf(run.variables)).toEqual(before);
    expect(run.governor.step(batch).outcome).toBe("applied");
    expect(bitsOf(run.variables)).toEqual(after);
    run.dispose();
    disposeBatch(batch);
  });
});

describe("a checkpoint's bytes", () => {
  it("keep every number, also those that JSON does not know", () => {
    const state = {
      fit: {
        epoch: 1,
        batches: 2,
        losses: [null, 0.1 + 0.2],
        sum: Number.NaN,
        count: 1,
        steps: 3,
        updates: 3,
      },
      stepper: {
        clock: { step: 3, epoch: 1, examples: 9 },
        counted: { step: 2, epoch: 1, examples: 6 },
        bounds: {
          states: [
            {
              window: {
                entries: [{ clock: { step: 0, epoch: 0, examples: 0 }, value: -Infinity }],
                began: { step: 0, epoch: 0, examples: 0 },
              },
              inForce: [],
            },
          ],
          nextIntervention: 4,
        },
        tracer: [null],
        routing: [],
        updateRatios: [["a", -0]],
        unmeasurable: [1],
      },
      model: {
        iterations: 2,
        tensors: [
          {
            place: { kind: "weight", name: "a/kernel" },
            dtype: "float32",
            shape: [3],
            values: Float32Array.of(1, Number.NaN, -0),
          },
          { place: { kind: "weight", name: "flag" }, dtype: "bool", shape: [], values: Uint8Array.of(1) },
          { place: { kind: "weight", name: "count" }, dtype: "int32", shape: [1], values: Int32Array.of(-7) },
        ],
      },
    } as unknown as RunState;
    expect(decodeRunState(encodeRunState(state))).toEqual(state);
    // As Node reads a small file: somewhere in a buffer that others share.
    const shared = Buffer.concat([Buffer.alloc(16, 1), encodeRunState(state)]).subarray(16);
    expect(decodeRunState(shared)).toEqual(state);
    expect(decodeRunState(new Uint8Array(16))).toBeUndefined();
  });
});
