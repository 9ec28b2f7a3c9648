/**
 * One trial of a mixed network: governed gradients against one backward pass for each example, and then training under
 * an optimizer of the six that people use, in which what no example may teach must not move by a bit, and in which the
 * run's own look at each step (`checkEvery`) must find nothing.
 */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { Batch } from "../../../src/runtime/batch.ts";
import { govern } from "../../../src/runtime/governor.ts";
import { adamW } from "../../../src/runtime/optimizer/adamw.ts";
import { createListener, LAYERS_LOSS } from "./case.ts";
import { chosen, numbersFrom, type Choices } from "./choices.ts";
import { expectClose } from "./compare.ts";
import { compileText } from "./compile-text.ts";
import { buildMixed, drawMixed, type BuiltMixed, type MixedNetwork } from "./mixed.ts";
import { lossesOf, VOCABULARY } from "./networks.ts";
import { drawFacts, drawPolicy, hasWindows, type Facts, type RandomPolicy } from "./policies.ts";
import { rowByRow } from "./rows.ts";
import { readState } from "./twin.ts";

const OPTIMIZERS = {
  SGD: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.05, 0.9),
  Adam: () => tf.train.adam(0.01),
  AdamW: () => adamW(0.01, { weightDecay: 0.1 }),
  RMSProp: () => tf.train.rmsprop(0.01, 0.9, 0.5),
  Adagrad: () => tf.train.adagrad(0.05),
} as const satisfies Readonly<Record<string, () => tf.Optimizer>>;

export interface MixedTrial {
  readonly network: MixedNetwork;
  readonly policy: RandomPolicy;
  readonly facts: readonly Facts[];
  readonly optimizer: keyof typeof OPTIMIZERS;
}

export interface MixedResult {
  /** The greatest relative error of a gradient. */
  readonly error: number;
  /** Parameters times steps that were to stand still, and did. */
  readonly held: number;
  /** Steps whose gradients the run itself had a second time, and those of which it could not. */
  readonly checked: number;
  readonly unchecked: number;
}

export const mixedTrials: fc.Arbitrary<MixedTrial> = chosen(drawMixedTrial);

function drawMixedTrial(choices: Choices): MixedTrial {
  const network = drawMixed(choices);
  const policy = drawPolicy(choices, network.layers, undefined, false);
  const facts = choices.list(2, 6, () => drawFacts(choices));
  const optimizer = choices.one(["SGD", "momentum", "Adam", "AdamW", "RMSProp", "Adagrad"]);
  const trial = { network, policy, facts, optimizer };
  const told = [network.told, optimizer, policy.text, ...facts.map((example) => JSON.stringify(example))];
  return Object.defineProperty(trial, fc.toStringMethod, { value: () => `\n${told.join("\n")}\n` });
}

interface Bench extends MixedTrial {
  readonly built: BuiltMixed;
  readonly batch: Batch & { readonly inputs: tf.Tensor; readonly targets: tf.Tensor };
}

export function expectMixedExact(trial: MixedTrial, tolerance: number): MixedResult {
  const built = buildMixed(trial.network);
  const batch = drawBatch(trial);
  try {
    const bench = { ...trial, built, batch };
    return { error: compareGradients(bench, tolerance), ...trainHeld(bench) };
  } finally {
    tf.dispose([batch.inputs, batch.targets]);
    built.model.dispose();
  }
}

function compareGradients(bench: Bench, tolerance: number): number {
  const { built, batch, facts, policy, network } = bench;
  const { optimizer, heard } = createListener();
  const governor = govern(built.model, compileText(policy.text), {
    ...{ optimizer, loss: LAYERS_LOSS[network.loss], measureRoutingEvery: 0 },
  });
  const errors = stepsOf(policy).map((step) => {
    const expected = rowByRow({
      losses: () =>
        lossesOf(network, batch.targets, built.model.apply(batch.inputs, { training: true }) as tf.Tensor),
      batchSize: facts.length,
      variables: built.variables,
      weigh: (path, unit, row) => weigh(bench, path, unit, row, step),
    });
    const before = tf.memory().numTensors;
    assert.equal(governor.step(batch).outcome, "applied");
    assert.equal(tf.memory().numTensors, before, "a step leaves no tensor behind");
    return expectClose(built.variables, heard(), expected, tolerance);
  });
  return Math.max(...errors);
}

/** Trains on the batch, and holds every bit of what no example of it may teach against what it was. */
function trainHeld(bench: Bench): Omit<MixedResult, "error"> {
  const { built, batch, facts, policy, network } = bench;
  const optimizer = OPTIMIZERS[bench.optimizer]();
  const looks: (string | undefined)[] = [];
  const governor = govern(built.model, compileText(policy.text), {
    ...{ optimizer, loss: LAYERS_LOSS[network.loss], measureRoutingEvery: 0, checkEvery: 1 },
    onChecked: (reason) => void looks.push(reason),
  });
  let held = 0;
  for (const step of stepsOf(policy)) {
    const before = readState(built, optimizer);
    assert.equal(governor.step(batch).outcome, "applied");
    for (const [path, { units, value, slots }] of readState(built, optimizer)) {
      const was = before.get(path);
      const mayMove = Array.from({ length: units }, (_, unit) =>
        facts.some((__, row) => weigh(bench, path, unit, row, step) > 0),
      );
      [value, ...slots].forEach((bits, list) => {
        const old = [was?.value, ...(was?.slots ?? [])][list];
        bits.forEach((bit, index) => {
          if (mayMove[index % units]) return;
          assert.equal(bit, old?.[index], `${path}[${index}] moved under ${bench.optimizer} in step ${step}`);
          held += 1;
        });
      });
    }
  }
  optimizer.dispose();
  const checked = looks.filter((reason) => reason === undefined).length;
  return { held, checked, unchecked: looks.length - checked };
}

function stepsOf(policy: RandomPolicy): readonly number[] {
  return hasWindows(policy) ? [0, 1, 2] : [0];
}

function weigh(
  { network, policy, facts }: MixedTrial,
  path: string,
  unit: number,
  row: number,
  step: number,
): number {
  const layer = network.layers.find(({ name }) => path.startsWith(`${name}/`));
  const example = facts[row];
  if (layer === undefined || example === undefined) throw new Error(`there is no ${path} in row ${row}`);
  return policy.weigh(example, layer.name, layer.hasUnits ? unit : 0, step);
}

/** `[B, ...]` each; the caller's to dispose. */
function drawBatch({ network, facts }: MixedTrial): Bench["batch"] {
  const { inputShape, readsWords, outputs, loss, seed } = network;
  const next = numbersFrom(seed + 1);
  const length = facts.length * inputShape.reduce((product, axis) => product * axis, 1);
  const draw = (): number => (readsWords ? Math.floor(((next() + 1) / 2) * VOCABULARY) : next());
  const labels = facts.map(({ label }) => label % outputs);
  return {
    inputs: tf.tensor(Float32Array.from({ length }, draw), [facts.length, ...inputShape]),
    targets:
      loss === "crossentropy"
        ? tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), outputs), "float32"))
        : tf.tensor(Float32Array.from({ length: facts.length * outputs }, next), [facts.length, outputs]),
    examples: facts.map((example, row) => ({ id: `e${row}`, ...example })),
  };
}
