import * as tf from "@tensorflow/tfjs";

/** The variables of a layers model that learn, by `layer/role`, with numbers drawn for them. */
export function drawVariables(model: tf.LayersModel, next: () => number): ReadonlyMap<string, tf.Variable> {
  return new Map(
    model.trainableWeights.map((weight) => {
      // tfjs-layers hides the variable behind its own type.
      const { val } = weight as unknown as { readonly val: tf.Variable };
      tf.tidy(() => val.assign(tf.tensor(Float32Array.from({ length: val.size }, next), val.shape)));
      return [weight.originalName, val] as const;
    }),
  );
}
