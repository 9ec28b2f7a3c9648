/**
 * What no example of a step may teach does not move in it, by no bit, nor do its slots. What may move moves as the
 * same optimizer moves it without a gate: a twin gets the variables, the slots and the gradients of every step.
 */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { govern } from "../../src/runtime/governor.ts";
import { adamW } from "../../src/runtime/optimizer/adamw.ts";
import { applyGated } from "../../src/runtime/optimizer/gate.ts";
import { drawBatch, drawTrial, LAYERS_LOSS, tellTrial, type Trial } from "./exactness/case.ts";
import { chosen } from "./exactness/choices.ts";
import { compileText } from "./exactness/compile-text.ts";
import { buildNetwork } from "./exactness/networks.ts";
import { drawFacts, type Facts } from "./exactness/policies.ts";
import { createTwin, listenTo, readState, type State } from "./exactness/twin.ts";
import { cases } from "../generators/runs.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

const OPTIMIZERS: Readonly<Record<string, () => tf.Optimizer>> = {
  "gradient descent": () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  "Nesterov momentum": () => tf.train.momentum(0.1, 0.9, true),
  Adam: () => tf.train.adam(0.05),
  "AdamW with weight decay": () => adamW(0.05, { weightDecay: 0.1 }),
  Adamax: () => tf.train.adamax(0.05),
  RMSProp: () => tf.train.rmsprop(0.05, 0.9, 0.5),
  "centred RMSProp": () => tf.train.rmsprop(0.05, 0.9, 0.5, undefined, true),
  Adagrad: () => tf.train.adagrad(0.1),
  Adadelta: () => tf.train.adadelta(0.05),
};

interface LongTrial extends Trial {
  /** Who is in the batch, one batch a step: mixed ones that fill the slots, then ones of a single kind. */
  readonly batches: readonly (readonly Facts[])[];
}

const longTrials: fc.Arbitrary<LongTrial> = chosen((choices) => {
  const trial = drawTrial(choices, choices.one(["dense", "conv2d", "embedding"]));
  const mixed = choices.list(2, 3, () => choices.list(3, 4, () => drawFacts(choices)));
  const single = choices.list(2, 3, () => {
    const facts = drawFacts(choices);
    return [facts, facts, facts];
  });
  const batches = [...mixed, ...single];
  const told = () => `${tellTrial(trial)}then ${batches.map((batch) => JSON.stringify(batch)).join("\n")}`;
  return Object.defineProperty({ ...trial, batches }, fc.toStringMethod, { value: told });
});

for (const [name, create] of Object.entries(OPTIMIZERS)) {
  test(`under ${name} what is held stands still, and the rest moves as without a gate`, () => {
    const seen: Seen = { heldWhole: 0, heldUnits: 0, moved: 0, heldBack: 0 };
    fc.assert(
      fc.property(longTrials, (trial) => {
        trainBesideTwin(trial, create, seen);
      }),
      cases(60),
    );
    expect(seen.heldWhole).toBeGreaterThan(20);
    expect(seen.heldUnits).toBeGreaterThan(10);
    expect(seen.moved).toBeGreaterThan(100);
    // These two have nothing that could move without a gradient.
    if (!["gradient descent", "Adagrad"].includes(name)) expect(seen.heldBack).toBeGreaterThan(10);
  });
}

test("a shut gate holds against a gradient that is given all the same", () => {
  const variable = tf.tidy(() => tf.variable(tf.ones([2, 3])));
  const plan = { name: "x/kernel", layer: "x", role: "kernel", shape: [2, 3], unitAxis: 1 };
  const whole = {
    variable,
    plan: { ...plan, segments: [{ units: "whole" as const, bands: [], rules: [] }] },
  };
  const gradients = [tf.ones([2, 3])];
  const optimizer = adamW(0.1, { weightDecay: 0.1 });
  applyGated(optimizer, [whole], gradients, [[true]]);
  const before = [...variable.dataSync()];
  applyGated(optimizer, [whole], gradients, [[false]]);
  expect([...variable.dataSync()]).toEqual(before);
  optimizer.dispose();
  tf.dispose([variable, gradients]);
});

test("an optimizer with state of its own cannot be held back, and is refused", () => {
  class Lion extends tf.SGDOptimizer {
    static override get className(): string {
      return "Lion";
    }
    readonly momenta: tf.Variable[] = [];
  }
  expect(() => {
    applyGated(new Lion(0.1), [], [], []);
  }).toThrow(/`Lion` keeps state in `momenta`/);
});

/** Parameters, counted once for each step. */
interface Seen {
  heldWhole: number;
  heldUnits: number;
  moved: number;
  /** Those held that the optimizer would have moved, or their slots. */
  heldBack: number;
}

function trainBesideTwin(trial: LongTrial, create: () => tf.Optimizer, seen: Seen): void {
  const { network, policy, batches } = trial;
  const built = buildNetwork(network);
  const optimizer = create();
  const twin = createTwin(built, create());
  const given = listenTo(optimizer);
  const governor = govern(built.model, compileText(policy.text), {
    optimizer,
    measureRoutingEvery: 0,
    ...(network.writing === "layers" ? { loss: LAYERS_LOSS[network.loss] } : {}),
  });
  try {
    batches.forEach((facts, step) => {
      const batch = drawBatch({ ...trial, facts }, step);
      const before = readState(built, optimizer);
      expect(governor.step(batch).outcome).toBe("applied");
      const after = readState(built, optimizer);
      const free = twin.follow(before, given());
      const isHeld = (layer: string, unit: number): boolean =>
        facts.every((example) => policy.weigh(example, layer, unit, step) === 0);
      for (const name of built.variables.keys()) compare(name, { before, after, free }, isHeld, seen);
      tf.dispose([batch.inputs, batch.targets]);
    });
  } finally {
    optimizer.dispose();
    twin.dispose();
    built.dispose();
  }
}

interface Clock {
  readonly before: State;
  readonly after: State;
  /** After the same update without a gate. */
  readonly free: State;
}

function compare(
  name: string,
  { before, after, free }: Clock,
  isHeld: (layer: string, unit: number) => boolean,
  seen: Seen,
): void {
  const layer = name.slice(0, name.lastIndexOf("/"));
  const [old, now, twins] = [before, after, free].map((state) => state.get(name));
  if (old === undefined || now === undefined || twins === undefined) throw new Error(`there is no ${name}`);
  const held = Array.from({ length: now.units }, (_, unit) => isHeld(layer, unit));
  const names = ["value", ...now.slots.map((_, number) => `slot ${number}`)];
  const tables = [old, now, twins].map(({ value, slots }) => [value, ...slots]);
  names.forEach((what, number) => {
    const [start, end, freely] = tables.map((table) => table[number]);
    const expected = end?.map(
      (_, index) => (held[index % now.units] === true ? start : freely)?.[index] ?? 0,
    );
    expect(end, `${what} of ${name}`).toEqual(expected);
  });
  if (held.every((one) => one)) seen.heldWhole += 1;
  else if (held.some((one) => one)) seen.heldUnits += 1;
  if (old.value.some((bits, index) => bits !== now.value[index])) seen.moved += 1;
  const isFree = tables[1]?.some((table, number) =>
    table.some((bits, index) => held[index % now.units] === true && bits !== tables[2]?.[number]?.[index]),
  );
  if (isFree === true) seen.heldBack += 1;
}
