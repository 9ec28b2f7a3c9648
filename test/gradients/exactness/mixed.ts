/**
 * Layers models drawn from every kind of layer that can be governed, one on another: over words, sequences, images,
 * volumes and plain features, with layers used twice, sums around layers, wrappers, and a layer of one's own class.
 */
import * as tf from "@tensorflow/tfjs";
import { numbersFrom, type Choices } from "./choices.ts";
import { dense, drawEmbedding, drawEnd, drawLearning, drawStill, type Piece, type Site } from "./pieces.ts";
import type { GovernedLayer } from "./policies.ts";
import { drawVariables } from "./variables.ts";

export interface MixedNetwork {
  readonly told: string;
  /** Of one example; whole numbers below `VOCABULARY` where it reads words. */
  readonly inputShape: readonly number[];
  readonly readsWords: boolean;
  readonly pieces: readonly Piece[];
  /** In the order of the model. */
  readonly layers: readonly GovernedLayer[];
  readonly loss: "squares" | "crossentropy";
  readonly outputs: number;
  readonly seed: number;
}

export function drawMixed(choices: Choices): MixedNetwork {
  const { whole, one } = choices;
  const start = one(["features", "words", "sequence", "image", "volume"] as const);
  const inputShape = START_SHAPES[start](choices);
  const pieces: Piece[] = [];
  let shape = inputShape;
  const add = (piece: Piece): void => {
    pieces.push(piece);
    shape = piece.shapeAfter;
  };
  const site = (): Site => ({ name: `l${pieces.length}`, shape, choices });
  if (start === "words") add(drawEmbedding(site()));
  for (let count = whole(1, 3); count > 0; count -= 1) {
    add(drawLearning(site(), pieces.length === 0));
    if (choices.often(2)) add(drawStill(site()));
  }
  if (shape.length > 1) add(drawEnd(site()));
  const loss = one(["squares", "crossentropy"] as const);
  const outputs = whole(2, 4);
  const activation = loss === "crossentropy" ? "softmax" : "linear";
  add(dense(site(), outputs, activation, true));
  return {
    ...{ inputShape, pieces, loss, outputs, readsWords: start === "words", seed: whole(0, 1_000_000) },
    layers: pieces.flatMap(({ governed }) => governed ?? []),
    told: `[${inputShape}] -> ${pieces.map(({ told }) => told).join(" -> ")}; ${loss}`,
  };
}

const START_SHAPES = {
  features: ({ whole }: Choices): readonly number[] => [whole(2, 5)],
  words: ({ whole }: Choices): readonly number[] => [whole(2, 4)],
  sequence: ({ whole }: Choices): readonly number[] => [whole(3, 5), whole(2, 3)],
  image: ({ whole }: Choices): readonly number[] => [whole(4, 5), whole(4, 5), whole(1, 3)],
  volume: ({ whole }: Choices): readonly number[] => [3, whole(3, 4), 3, whole(1, 2)],
};

export interface BuiltMixed {
  readonly model: tf.LayersModel;
  /** By `layer/role`; two layers may call their own the same below that. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
}

export function buildMixed({ inputShape, pieces, seed }: MixedNetwork): BuiltMixed {
  const input = tf.input({ shape: [...inputShape] });
  const output = pieces.reduce((x, piece) => piece.apply(x), input);
  const model = tf.model({ inputs: input, outputs: output });
  return { model, variables: drawVariables(model, numbersFrom(seed)) };
}
