/**
 * The split autoencoder of Cloud et al. 2024 (arXiv 2410.04332, section 4.1) at the scale of two CPU cores, in plain
 * `tf` code. Its layers are the names that `policy.gov` uses.
 */
import type * as tfjs from "@tensorflow/tfjs";
import type { PlainLayer, PlainNetwork } from "strata-gov";
import { stopGradient } from "strata-gov";
import { PIXELS } from "../mnist.ts";

type Tf = typeof tfjs;

type Observe = Parameters<PlainNetwork["loss"]>[1];

const ignore: Observe = () => undefined;

/** The half of the code that a certificate reads. */
type Half = "top" | "bottom";

export interface SplitAutoencoder extends PlainNetwork {
  /** What is made of digits `[n, 784]` again: by the decoder from the whole code, by each certificate from its half. */
  readonly rebuild: (digits: tfjs.Tensor2D) => Rebuilt;
}

export interface Rebuilt {
  readonly decoder: tfjs.Tensor2D;
  readonly top: tfjs.Tensor2D;
  readonly bottom: tfjs.Tensor2D;
}

/** Units in each half of the code: `top` is units 0..15, `bottom` 16..31. */
const HALF = 16;

/**
 * What a unit of activity costs in the code, and a tenth of it in the features below, in mean squared error of a
 * pixel. It is what makes a half fall silent about the digits that it never learns from.
 */
const CODE_PENALTY = 5e-4;
const FEATURE_PENALTY = 5e-5;

/** The code's first bias: units that start above zero are not silenced for good before they have learnt anything. */
const CODE_BIAS = 1;

/** @param seed Decides the first weights: the governed network and its ungoverned twin start out equal. */
export function createSplitAutoencoder(tf: Tf, seed: number): SplitAutoencoder {
  let drawn = 0;
  const dense = (name: string, inputs: number, units: number, firstBias = 0): Dense => {
    drawn += 1;
    return createDense(tf, { name, inputs, units, firstBias, seed: seed * 1000 + drawn });
  };
  const encoder = [dense("encoder/0", PIXELS, 256), dense("encoder/1", 256, 64)];
  const code = dense("code", 64, 2 * HALF, CODE_BIAS);
  // The first layer of the decoder comes in two, one for each half, so that the policy can name what reads a half.
  const readers = { top: dense("decoder/top", HALF, 128), bottom: dense("decoder/bottom", HALF, 128) };
  const output = dense("decoder/output", 128, PIXELS);
  const certificates = {
    top: {
      hidden: dense("certificate/top/hidden", HALF, 128),
      output: dense("certificate/top/output", 128, PIXELS),
    },
    bottom: {
      hidden: dense("certificate/bottom/hidden", HALF, 128),
      output: dense("certificate/bottom/output", 128, PIXELS),
    },
  };

  const extract = (digits: tfjs.Tensor2D): tfjs.Tensor2D =>
    encoder.reduce((features, layer) => layer.apply(features).relu(), digits);
  const encode = (features: tfjs.Tensor2D): tfjs.Tensor2D => code.apply(features).relu();
  const halfOf = (codes: tfjs.Tensor2D, half: Half): tfjs.Tensor2D =>
    tf.slice(codes, [0, half === "top" ? 0 : HALF], [-1, HALF]);
  const decode = (codes: tfjs.Tensor2D, observe: Observe = ignore): tfjs.Tensor2D => {
    const read = (half: Half): tfjs.Tensor2D => {
      const signal = readers[half].apply(halfOf(codes, half));
      // For `checkEvery` and `gov audit`: it is here that the detaches cut.
      observe(`decoder/${half}`, signal);
      return signal;
    };
    const hidden = read("top").add<tfjs.Tensor2D>(read("bottom"));
    return output.apply(hidden.relu()).sigmoid();
  };
  const certify = (codes: tfjs.Tensor2D, half: Half): tfjs.Tensor2D => {
    const certificate = certificates[half];
    return certificate.output.apply(certificate.hidden.apply(halfOf(codes, half)).relu()).sigmoid();
  };
  // The certificates watch: they learn from the code, and nothing flows back from them.
  const decodeAll = (codes: tfjs.Tensor2D, observe?: Observe): Rebuilt => {
    const seen = stopGradient(codes);
    return { decoder: decode(codes, observe), top: certify(seen, "top"), bottom: certify(seen, "bottom") };
  };

  return {
    layers: [
      ...encoder,
      code,
      readers.top,
      readers.bottom,
      output,
      ...[certificates.top, certificates.bottom].flatMap(({ hidden, output: last }) => [hidden, last]),
    ],
    // One value per example, [B]: the errors of the three decoders and the price of activity.
    loss: ({ inputs }, observe) => {
      const digits = inputs as tfjs.Tensor2D;
      const features = extract(digits);
      const codes = encode(features);
      observe("code", codes);
      const { decoder, top, bottom } = decodeAll(codes, observe);
      const error = (rebuilt: tfjs.Tensor2D): tfjs.Tensor1D => rebuilt.sub(digits).square().mean(1);
      const activity = (units: tfjs.Tensor2D, price: number): tfjs.Tensor1D => units.sum(1).mul(price);
      return tf.addN([
        error(decoder),
        error(top),
        error(bottom),
        activity(codes, CODE_PENALTY),
        activity(features, FEATURE_PENALTY),
      ]);
    },
    rebuild: (digits) => decodeAll(encode(extract(digits))),
  };
}

interface Dense extends PlainLayer {
  /** `[n, inputs]` to `[n, units]`, linear. */
  readonly apply: (inputs: tfjs.Tensor2D) => tfjs.Tensor2D;
}

interface DenseOptions {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly firstBias: number;
  readonly seed: number;
}

/** With Glorot's uniform first weights. */
function createDense(tf: Tf, { name, inputs, units, firstBias, seed }: DenseOptions): Dense {
  const limit = Math.sqrt(6 / (inputs + units));
  // A tidy keeps variables and frees the values that they start from.
  const variables = tf.tidy(() => ({
    kernel: tf.variable(tf.randomUniform([inputs, units], -limit, limit, "float32", seed)),
    bias: tf.variable(tf.fill([units], firstBias)),
  }));
  return {
    name,
    kind: "dense",
    variables,
    apply: (rows) => tf.add(tf.matMul(rows, variables.kernel), variables.bias),
  };
}
