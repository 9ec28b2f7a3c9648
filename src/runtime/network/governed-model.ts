import type * as tf from "@tensorflow/tfjs";
import type { NetworkShape } from "../../model/network.ts";
import type { Batch } from "../batch.ts";

/** A network that can be governed: its shape, its trainable variables, and how to run it on a batch. */
export interface GovernedModel {
  readonly network: NetworkShape;
  /** Trainable variables by `layer/role`, in the network's order. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** All variables by name, those that are not trained among them. */
  readonly state: ReadonlyMap<string, tf.Variable>;
  /** The mean loss of a probe's examples without regularisers, of the network in use, not in training. */
  readonly probeLoss: (probe: Batch) => tf.Scalar;
  /**
   * The forward pass in training mode, on the tape of the caller. `observe` is told the output of every layer named
   * in `observed`, once per call of the layer.
   */
  readonly forward: (batch: Batch, observed: ReadonlySet<string>, observe: Observe) => ForwardPass;
  /** Why a second forward pass would not be the first one again, as far as that is known; undefined where it would. */
  readonly unrepeatable: string | undefined;
}

export type Observe = (layer: string, activation: tf.Tensor) => void;

export interface ForwardPass {
  /** `[B]`, one per example; a scalar where the loss does not tell examples apart. */
  readonly losses: tf.Tensor1D | tf.Scalar;
  /** The batch's loss, weight regularisers included. */
  readonly total: tf.Scalar;
  /** The predictive entropy of each example in nats, `[B]`; undefined where the network does not show it. To be called on the tape. */
  readonly entropies: () => tf.Tensor1D | undefined;
}
