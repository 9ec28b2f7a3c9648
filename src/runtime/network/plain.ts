import * as tf from "@tensorflow/tfjs";
import type { NetworkLayer, NetworkParameter } from "../../model/network.ts";
import type { Batch } from "../batch.ts";
import { perExample } from "../loss.ts";
import type { GovernedModel, Observe } from "./governed-model.ts";

/** A network written in plain `tf` code: its layers are whatever the policy should be able to name. */
export interface PlainNetwork {
  readonly layers: readonly PlainLayer[];
  /**
   * The forward pass and the loss of a batch: `[B]` with one value per example, or a scalar. Data must come in
   * through the batch. Call `observe(layer, activation)` with `[B, ..., units]` where the policy bounds a
   * representation. Where a cohort reads `entropy`, give that of the predictions beside the losses.
   */
  readonly loss: (batch: Batch, observe: Observe) => tf.Tensor | PlainPredictions;
}

export interface PlainPredictions {
  readonly losses: tf.Tensor;
  /** `[B]`, nats: what `categoricalEntropy` and `bernoulliEntropy` give. */
  readonly entropies: tf.Tensor1D;
}

export interface PlainLayer {
  readonly name: string;
  /** In snake case, for `kind` selectors; `custom` when left out. */
  readonly kind?: string;
  /** By role: `{ kernel, bias }`. */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /** The axis that counts the units, by role, where it is not the last one; null where units cannot be cut. */
  readonly unitAxes?: Readonly<Record<string, number | null>>;
}

export function isPlainNetwork(model: object): model is PlainNetwork {
  return (
    "loss" in model &&
    typeof model.loss === "function" &&
    "layers" in model &&
    Array.isArray(model.layers) &&
    !("optimizer" in model) &&
    !("getLayer" in model)
  );
}

export function governPlainNetwork(model: PlainNetwork): GovernedModel {
  const layers = model.layers.map(describeLayer);
  const variables = model.layers.flatMap((layer) =>
    Object.entries(layer.variables)
      .filter(([, variable]) => variable.trainable)
      .map(([role, variable]) => [`${layer.name}/${role}`, variable] as const),
  );
  return {
    network: { layers, origin: "the network of the experiment" },
    variables: new Map(variables),
    state: new Map(
      model.layers.flatMap((layer) =>
        Object.entries(layer.variables).map(([role, variable]) => [`${layer.name}/${role}`, variable]),
      ),
    ),
    probeLoss: (probe) => {
      const given = model.loss(probe, () => undefined);
      return tf.mean("losses" in given ? given.losses : given);
    },
    unrepeatable: undefined,
    forward: (batch, observed, observe) => {
      const given = model.loss(batch, (layer, activation) => {
        if (observed.has(layer)) observe(layer, activation);
      });
      const predictions = "losses" in given ? given : { losses: given, entropies: undefined };
      const losses = perExample(predictions.losses);
      return {
        losses,
        total: losses.rank === 0 ? losses.asScalar() : losses.mean(),
        entropies: () => predictions.entropies,
      };
    },
  };
}

function describeLayer(layer: PlainLayer): NetworkLayer {
  const parameters = Object.entries(layer.variables).map(([name, variable]): NetworkParameter => {
    const declared = layer.unitAxes?.[name];
    const last = variable.rank === 0 ? undefined : variable.rank - 1;
    return {
      name,
      shape: variable.shape,
      trainable: variable.trainable,
      unitAxis: declared === undefined ? last : (declared ?? undefined),
    };
  });
  const sliced = parameters.find((parameter) => parameter.unitAxis !== undefined);
  const units = sliced && unitsOf(sliced);
  return {
    name: layer.name,
    kind: layer.kind ?? "custom",
    trainable: parameters.some((parameter) => parameter.trainable),
    units,
    // Other numbers of units than the layer's (a gate over two experts of four units each) are not the layer's units.
    parameters: parameters.map((parameter) =>
      unitsOf(parameter) === units ? parameter : { ...parameter, unitAxis: undefined },
    ),
    inputs: [],
  };
}

function unitsOf({ shape, unitAxis }: NetworkParameter): number | undefined {
  return unitAxis === undefined ? undefined : shape[unitAxis];
}
