import type * as tf from "@tensorflow/tfjs";

/** Layers whose second pass is not the first one again, or changes the model. */
const UNREPEATABLE: readonly string[] = [
  "AlphaDropout",
  "BatchNormalization",
  "Dropout",
  "GaussianDropout",
  "GaussianNoise",
  "SpatialDropout1D",
];

/** Why the pass of a model cannot be made twice; undefined where it can. */
export function whyUnrepeatable(layers: readonly tf.layers.Layer[]): string | undefined {
  const layer = layers.find((one) => one.stateful || UNREPEATABLE.includes(one.getClassName()));
  if (layer === undefined) return undefined;
  const why = layer.stateful ? "keeps a state" : `is of the kind ${layer.getClassName()}`;
  return `\`${layer.name}\` ${why}, so that a second forward pass is not the first one again`;
}
