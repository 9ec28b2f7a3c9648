import type * as tf from "@tensorflow/tfjs";
import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import type { Mechanisms } from "../mechanisms.ts";

/** A mistake that an implementation could make, and mechanisms that make it. */
export interface Fault {
  readonly name: string;
  /** What is done wrong, in a sentence without its end. */
  readonly what: string;
  /** What an experiment must have for the mistake to make a difference. */
  readonly needs: string;
  readonly plant: (planting: Planting) => Mechanisms;
}

export interface Planting {
  readonly plan: TfjsPlan;
  /** Variables of the model that are not trained. */
  readonly untrained: readonly tf.Variable[];
  /** Those that make no mistake. */
  readonly sound: Mechanisms;
  /** To be called whenever the mistake makes a difference in the step under way. */
  readonly planted: () => void;
}
