/** A network's shape as bands see it: named layers in the model's order, with the parameters each one trains. */
export interface NetworkShape {
  readonly layers: readonly NetworkLayer[];
  /** Where it was read from, for messages: a path, or `the model block`. */
  readonly origin: string;
}

export interface NetworkLayer {
  readonly name: string;
  /** Class name in snake case: `dense`, `conv2d`, `batch_normalization`. `unknown` where a stub leaves it out. */
  readonly kind: string;
  readonly trainable: boolean;
  /** Output channels; undefined where the layer has none of its own or the file does not say. */
  readonly units: number | undefined;
  /** Empty for layers without weights, and where the file gives no shapes (stubs, topology only). */
  readonly parameters: readonly NetworkParameter[];
  /** Names of the layers whose outputs this one reads; empty where unknown. */
  readonly inputs: readonly string[];
}

export interface NetworkParameter {
  /** Last part of the variable's name: `kernel`, `bias`, `embeddings`, `gamma`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  /** The axis that counts the layer's units; undefined when a slice of units cannot be cut from it. */
  readonly unitAxis: number | undefined;
}

/** What a band holds of one layer: all of it, or inclusive ranges of its units, ascending and disjoint. */
export interface LayerExtent {
  readonly layer: string;
  readonly units: "whole" | readonly UnitInterval[];
}

/** Inclusive at both ends. */
export interface UnitInterval {
  readonly low: number;
  readonly high: number;
}

/** What every band of a policy holds of a network, in the order of the network's layers; `all` included. */
export type BandExtents = ReadonlyMap<string, readonly LayerExtent[]>;
