import type * as tfjs from "@tensorflow/tfjs";
import { dense } from "../classifier.ts";
import { CLASSES } from "../mnist.ts";
import { FORM_PIXELS } from "./forms.ts";

/** The width of what the heads are given by the body. */
const FEATURES = 16;

/** A body that reads the whole form, and two heads on it: what the field says, and who is in the photo. */
export function createReader(tf: typeof tfjs, seed: number): tfjs.LayersModel {
  const form = tf.input({ shape: [FORM_PIXELS] });
  const first = dense(tf, { name: "body/first", units: 64, activation: "relu", seed }).apply(form);
  const body = dense(tf, { name: "body/second", units: FEATURES, activation: "relu", seed }).apply(first);
  const heads = ["head/digit", "head/person"].map((name) =>
    dense(tf, { name, units: CLASSES, activation: "softmax", seed }).apply(body),
  );
  return tf.model({ inputs: form, outputs: heads as tfjs.SymbolicTensor[] });
}

/** `[n, 392]` to `[n, 16]`: what the body makes of forms. */
export function bodyOf(tf: typeof tfjs, network: tfjs.LayersModel): (forms: tfjs.Tensor2D) => tfjs.Tensor2D {
  const body = tf.model({ inputs: network.inputs, outputs: network.getLayer("body/second").output });
  return (forms) => body.predict(forms) as tfjs.Tensor2D;
}
