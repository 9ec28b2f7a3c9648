/**
 * What a pass keeps of the places where a variable enters the computation: enough for the gradient of each example,
 * without computing it. Rows of inputs and errors are example-major: with T rows an example (positions of a sequence),
 * row r belongs to example ⌊r / T⌋. Errors are those of the loss in its own reduction, before any policy's mask.
 */
import type * as tf from "@tensorflow/tfjs";

export interface CapturedVariable {
  readonly batchSize: number;
  /** Of the variable. */
  readonly shape: readonly number[];
  /** The axis of the variable that counts its units; undefined where it has none. */
  readonly unitAxis: number | undefined;
  /** More than one where layers share the variable. */
  readonly entries: readonly CapturedEntry[];
}

export type CapturedEntry =
  CapturedProduct | CapturedAddition | CapturedConvolution | CapturedLookup | CapturedGradients;

/** `input · θ`, or `input · θᵀ` where transposed. */
export interface CapturedProduct {
  readonly kind: "product";
  /** [..., p], B·T rows. */
  readonly input: tf.Tensor;
  /** [..., q], B·T rows. */
  readonly error: tf.Tensor;
  readonly orientation: "plain" | "transposed";
}

/** θ added to each of B·T rows. */
export interface CapturedAddition {
  readonly kind: "addition";
  /** [..., units], B·T rows. */
  readonly error: tf.Tensor;
}

/** A two-dimensional convolution of `input` with θ, NHWC; a one-dimensional one has height 1. */
export interface CapturedConvolution {
  readonly kind: "convolution";
  /** [B, h, w, channels] */
  readonly input: tf.Tensor4D;
  /** [B, h', w', units] */
  readonly error: tf.Tensor4D;
  readonly attributes: Pick<tf.Conv2DAttrs, "strides" | "pad" | "dilations" | "dimRoundingMode"> & {
    /** [h, w, channels, units]; θ may have it in fewer axes. */
    readonly filterShape: readonly [number, number, number, number];
  };
}

/** Rows of θ looked up, as an embedding does. */
export interface CapturedLookup {
  readonly kind: "lookup";
  /** [...], B·T row numbers of θ, int32. */
  readonly indices: tf.Tensor;
  /** [..., width], B·T rows. */
  readonly error: tf.Tensor;
}

/** The gradients themselves, where θ enters in no other way of which less need be kept. */
export interface CapturedGradients {
  readonly kind: "gradients";
  /** [B, ...], in the shape of θ. */
  readonly gradients: tf.Tensor;
}
