/** One trial: a network, a policy and a batch, carried out by the runtime and by the oracle. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { Batch } from "../../../src/runtime/batch.ts";
import { govern } from "../../../src/runtime/governor.ts";
import { expectClose } from "./compare.ts";
import { chosen, numbersFrom, type Choices } from "./choices.ts";
import { compileText } from "./compile-text.ts";
import {
  buildNetwork,
  drawNetwork,
  entropiesOf,
  learningStages,
  lossesOf,
  outputsOf,
  tellNetwork,
  VOCABULARY,
  type Built,
  type Family,
  type Network,
} from "./networks.ts";
import { oracleGradients } from "./oracle.ts";
import {
  drawFacts,
  drawPolicy,
  hasWindows,
  type Facts,
  type GovernedLayer,
  type Predicate,
  type RandomPolicy,
} from "./policies.ts";

export interface Trial {
  readonly network: Network;
  readonly policy: RandomPolicy;
  readonly facts: readonly Facts[];
}

export function trials(family: Family): fc.Arbitrary<Trial> {
  return chosen((choices) => drawTrial(choices, family));
}

/** Trials whose cohorts also read the loss and the predictive entropy of their examples. */
export function dynamicTrials(family: Family): fc.Arbitrary<Trial> {
  return chosen((choices) => {
    const network: Network = { ...drawNetwork(choices, family), reduction: "mean" };
    const policy = drawPolicy(choices, layersOf(network), (own) => dynamicPredicates(own, network));
    return told({ network, policy, facts: choices.list(3, 6, () => drawFacts(choices)) });
  });
}

function layersOf(network: Network): readonly GovernedLayer[] {
  return learningStages(network).map((stage) => ({ ...stage, hasUnits: true }));
}

/** Limits between what small networks at random make of their examples. */
function dynamicPredicates({ whole }: Choices, { loss }: Network): readonly Predicate[] {
  const limit = whole(1, 30) / 20;
  const predicates: Predicate[] = [
    { text: `loss > ${limit}`, holds: (facts) => known(facts.loss) > limit },
    { text: `loss in 0..${limit}`, holds: (facts) => known(facts.loss) <= limit },
  ];
  const unsure: Predicate[] = [
    { text: `entropy >= ${limit}`, holds: (facts) => known(facts.entropy) >= limit },
    { text: `entropy < ${limit}`, holds: (facts) => known(facts.entropy) < limit },
  ];
  return loss === "crossentropy" ? [...predicates, ...unsure] : predicates;
}

function known(value: number | undefined): number {
  if (value === undefined) throw new Error("the example was not run through the network");
  return value;
}

export function drawTrial(choices: Choices, family: Family): Trial {
  const network = drawNetwork(choices, family);
  const policy = drawPolicy(choices, layersOf(network));
  const facts = choices.list(3, 6, () => drawFacts(choices));
  return told({ network, policy, facts });
}

function told(trial: Trial): Trial {
  // What a failure prints.
  return Object.defineProperty(trial, fc.toStringMethod, { value: () => tellTrial(trial) });
}

export function tellTrial({ network, policy, facts }: Trial): string {
  const told = [tellNetwork(network), policy.text, ...facts.map((example) => JSON.stringify(example))];
  return `\n${told.join("\n")}\n`;
}

/** `[B, ...]` each, other ones every turn; the caller's to dispose. */
export function drawBatch(
  { network, facts }: Pick<Trial, "network" | "facts">,
  turn: number,
): Batch & { readonly inputs: tf.Tensor; readonly targets: tf.Tensor } {
  const next = numbersFrom(network.seed + 1 + turn);
  const size = facts.length;
  const inputs = tf.tensor(
    Float32Array.from({ length: size * product(network.inputShape) }, () =>
      network.family === "embedding" ? Math.floor(((next() + 1) / 2) * VOCABULARY) : next(),
    ),
    [size, ...network.inputShape],
  );
  const outputs = network.stages.at(-1);
  const width = outputs !== undefined && "units" in outputs ? outputs.units : 1;
  const targets =
    network.loss === "crossentropy"
      ? tf.tidy(() =>
          tf.cast(
            tf.oneHot(
              tf.tensor1d(
                facts.map(({ label }) => label % width),
                "int32",
              ),
              width,
            ),
            "float32",
          ),
        )
      : tf.tensor(Float32Array.from({ length: size * width }, next), [size, width]);
  return { inputs, targets, examples: facts.map((example, row) => ({ id: `e${row}`, ...example })) };
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total * length, 1);
}

/** An optimizer that moves nothing, and remembers what it was given last. */
export function createListener(): {
  readonly optimizer: tf.Optimizer;
  readonly heard: () => ReadonlyMap<string, Float32Array>;
} {
  const optimizer = tf.train.sgd(1);
  let heard: ReadonlyMap<string, Float32Array> = new Map();
  optimizer.applyGradients = (gradients) => {
    if (!Array.isArray(gradients)) throw new TypeError("gradients come in the order of the variables");
    heard = new Map(
      // tfjs's types do not say that a gradient may be missing.
      gradients.flatMap(({ name, tensor }: { name: string; tensor: tf.Tensor | null }) =>
        tensor === null ? [] : [[name, tensor.dataSync().slice() as Float32Array] as const],
      ),
    );
  };
  return { optimizer, heard: () => heard };
}

/**
 * Steps of the same batch (windows open and close between them), each against the oracle.
 *
 * @returns The greatest relative error.
 */
export function expectExact(trial: Trial, tolerance: number): number {
  const built = buildNetwork(trial.network);
  const batch = drawBatch(trial, 0);
  try {
    const { optimizer, heard } = createListener();
    const ir = compileText(trial.policy.text);
    const governor = govern(built.model, ir, {
      optimizer,
      measureRoutingEvery: 0,
      ...(trial.network.writing === "layers" ? { loss: LAYERS_LOSS[trial.network.loss] } : {}),
    });
    const errors = (hasWindows(trial.policy) ? [0, 1, 2] : [0]).map((step) => {
      const before = tf.memory().numTensors;
      assert.equal(governor.step(batch).outcome, "applied");
      assert.equal(tf.memory().numTensors, before, "a step leaves no tensor behind");
      return expectClose(built.variables, heard(), oracleFor(trial, built, batch, step), tolerance);
    });
    return Math.max(...errors);
  } finally {
    tf.dispose([batch.inputs, batch.targets]);
    built.dispose();
  }
}

export const LAYERS_LOSS = { squares: "meanSquaredError", crossentropy: "categoricalCrossentropy" } as const;

function oracleFor(
  { network, policy, facts }: Trial,
  { variables }: Built,
  { inputs, targets }: { inputs: tf.Tensor; targets: tf.Tensor },
  step: number,
): ReadonlyMap<string, Float64Array> {
  const [xs, ys] = [tf.split(inputs, facts.length), tf.split(targets, facts.length)];
  try {
    return oracleGradients(
      network,
      variables,
      facts.map((metadata, row) => {
        const [input, target] = [xs[row] ?? inputs, ys[row] ?? targets];
        const example = { ...metadata, ...readAlone(network, variables, input, target) };
        return {
          input,
          target,
          weigh: (layer, unit): number => policy.weigh(example, layer, unit, step),
          cuts: policy.cutsOf(example, step),
        };
      }),
    );
  } finally {
    tf.dispose([xs, ys]);
  }
}

/** What the network makes of one example, alone in its batch. */
function readAlone(
  network: Network,
  variables: Built["variables"],
  input: tf.Tensor,
  target: tf.Tensor,
): Pick<Facts, "loss" | "entropy"> {
  return tf.tidy(() => {
    const outputs = outputsOf(network, input, variables);
    const loss = lossesOf(network, target, outputs).dataSync()[0] ?? Number.NaN;
    return network.loss === "crossentropy"
      ? { loss, entropy: entropiesOf(outputs).dataSync()[0] ?? Number.NaN }
      : { loss };
  });
}
