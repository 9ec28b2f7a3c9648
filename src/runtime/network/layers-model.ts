import * as tf from "@tensorflow/tfjs";
import { readNetwork } from "../../model/read.ts";
import { asList, type Batch } from "../batch.ts";
import { findLoss, isLossName, perExample, type Loss, type LossName } from "../loss.ts";
import type { GovernedModel, Observe } from "./governed-model.ts";
import { findPredictiveEntropy, type PredictiveEntropy } from "./output-distribution.ts";
import { whyUnrepeatable } from "./repeat.ts";

/** One loss for every output, or one each in the order of the outputs; the total is their sum. */
export type LayersLoss = LossName | Loss | readonly (LossName | Loss)[];

/** The text of a `model.json`: the topology and the names and shapes of the weights, not their values. */
export function describeLayersModel(model: tf.LayersModel): string {
  const topology: unknown = model.toJSON(undefined, false);
  const weights = layersOf(model).flatMap((layer) =>
    layer.weights.map((weight) => ({ name: weight.originalName, shape: weight.shape, dtype: weight.dtype })),
  );
  return JSON.stringify({
    format: "layers-model",
    modelTopology: topology,
    weightsManifest: [{ paths: [], weights }],
  });
}

export function governLayersModel(
  model: tf.LayersModel,
  loss: LayersLoss,
  predictiveEntropy?: PredictiveEntropy,
): GovernedModel {
  const { network, problem } = readNetwork(describeLayersModel(model), "the model of the experiment");
  if (network === undefined)
    throw new Error(`the model's own topology could not be read: ${problem ?? "no layers"}`);
  const given = lossPerOutput(loss, model.outputs.length);
  const losses = given.map(findLoss);
  const entropiesOf = predictiveEntropy ?? findPredictiveEntropy(model, given);
  return {
    network,
    variables: variablesOf(model, "trainableWeights"),
    state: variablesOf(model, "weights"),
    probeLoss: (probe) => {
      const inputs = probe.inputs instanceof tf.Tensor ? probe.inputs : probe.inputs.slice();
      const outputs = model.apply(inputs, { training: false }) as tf.Tensor | tf.Tensor[];
      return tf.mean(sumLosses(asList(outputs), probe, losses));
    },
    unrepeatable: whyUnrepeatable(layersOf(model)),
    forward: (batch, observed, observe) => {
      const outputs = asList(applyObserved(model, batch, observed, observe));
      const sum = sumLosses(outputs, batch, losses);
      const data: tf.Scalar = sum.rank === 0 ? sum.asScalar() : sum.mean();
      const regularisers = model.calculateLosses();
      return {
        losses: sum as tf.Tensor1D | tf.Scalar,
        total: regularisers.reduce<tf.Scalar>((total, regulariser) => total.add(regulariser), data),
        entropies: () => entropiesOf?.(outputs),
      };
    },
  };
}

/** The losses of all outputs, added up for each example. */
function sumLosses(outputs: readonly tf.Tensor[], batch: Batch, losses: readonly Loss[]): tf.Tensor {
  const targets = asList(batch.targets ?? batch.inputs);
  const values = outputs.map((output, index) => {
    const target = targets[index];
    const lossOf = losses[index];
    if (target === undefined || lossOf === undefined)
      throw new RangeError(`the model has ${outputs.length} outputs, the batch ${targets.length} targets`);
    return perExample(lossOf(target, output));
  });
  const [first, ...rest] = values;
  if (first === undefined) throw new RangeError("the model has no outputs");
  return rest.reduce<tf.Tensor>((total, value) => total.add(value), first);
}

/**
 * The losses that a model was compiled with, by name where the name is one of ours; tfjs's own otherwise, which gives
 * one value for each example as well. Undefined where the model was not compiled.
 *
 * @throws RangeError where an output has none.
 */
export function compiledLoss(model: tf.LayersModel): LayersLoss | undefined {
  // tfjs's types know neither of models that are not compiled nor of losses by the names of the outputs.
  const given: unknown = model.loss;
  if (given === undefined) return undefined;
  return model.outputNames.map((name, index) => {
    const isTable = typeof given === "object" && given !== null;
    const own: unknown = isTable ? Reflect.get(given, Array.isArray(given) ? index : name) : given;
    if (isLossName(own)) return own;
    const found = functionalOf(model).lossFunctions[index];
    if (found === undefined)
      throw new RangeError(`the model was compiled without a loss for its output ${name}`);
    return found;
  });
}

/** A sequential model leaves its losses to a functional one inside, which tfjs's types keep private. */
function functionalOf(model: tf.LayersModel): tf.LayersModel {
  return model instanceof tf.Sequential
    ? (model as unknown as { readonly model: tf.LayersModel }).model
    : model;
}

/** Every layer once, those inside nested models included. */
export function layersOf(model: tf.LayersModel): readonly tf.layers.Layer[] {
  const found = new Set<tf.layers.Layer>();
  for (const layer of model.layers) {
    if (layer instanceof tf.LayersModel) for (const inner of layersOf(layer)) found.add(inner);
    else found.add(layer);
  }
  return [...found];
}

function variablesOf(
  model: tf.LayersModel,
  which: "weights" | "trainableWeights",
): ReadonlyMap<string, tf.Variable> {
  const variables = layersOf(model).flatMap((layer) =>
    layer[which].map((weight) => [weight.originalName, variableOf(weight)] as const),
  );
  return new Map(variables);
}

/** The variable behind a layer's weight. */
export function variableOf(weight: tf.layers.Layer["weights"][number]): tf.Variable {
  // It is protected in tfjs's types; there is no public road to it.
  return (weight as unknown as { readonly val: tf.Variable }).val;
}

function lossPerOutput(loss: LayersLoss, outputs: number): readonly (LossName | Loss)[] {
  const list =
    typeof loss === "string" || typeof loss === "function"
      ? Array<LossName | Loss>(outputs).fill(loss)
      : loss;
  if (list.length !== outputs)
    throw new RangeError(`the model has ${outputs} outputs, but ${list.length} losses are given`);
  return list;
}

/**
 * Runs the model in training mode. tfjs-layers has a hook for what goes into a layer, none for what comes out, so
 * `call` is wrapped on the observed layers for the length of this pass.
 */
function applyObserved(
  model: tf.LayersModel,
  batch: Batch,
  observed: ReadonlySet<string>,
  observe: Observe,
): tf.Tensor | readonly tf.Tensor[] {
  const wrapped = layersOf(model).filter((layer) => observed.has(layer.name));
  for (const layer of wrapped) {
    const call = layer.call.bind(layer);
    layer.call = (inputs, keywords) => {
      const outputs = call(inputs, keywords);
      const first = Array.isArray(outputs) ? outputs[0] : outputs;
      if (first !== undefined) observe(layer.name, first);
      return outputs;
    };
  }
  try {
    const inputs = batch.inputs instanceof tf.Tensor ? batch.inputs : batch.inputs.slice();
    return model.apply(inputs, { training: true }) as tf.Tensor | tf.Tensor[];
  } finally {
    // The own property goes, and the method of the class is there again.
    for (const layer of wrapped) Reflect.deleteProperty(layer, "call");
  }
}
