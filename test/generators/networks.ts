/** Random shapes of small networks, and every place in them where a weight may differ. */
import type { NetworkLayer, NetworkShape } from "../../src/model/network.ts";
import type { Choices } from "../gradients/exactness/choices.ts";
import type { Place } from "../oracle/interpreter.ts";

const NAMES = ["encoder/conv", "encoder/0", "encoder/inner/0", "code", "decoder/0", "decoder/out", "head"];

/** Four to six layers that learn, among them sometimes one whose units cannot be cut, and some that do not learn. */
export function drawNetwork(choices: Choices): NetworkShape {
  const { whole, often } = choices;
  const names = [...NAMES];
  while (names.length > whole(4, 6)) names.splice(whole(0, names.length - 1), 1);
  const layers = names.map((name) => drawLayer(choices, name));
  if (often(3)) layers.splice(whole(0, layers.length), 0, STILL);
  if (often(3)) layers.splice(whole(0, layers.length), 0, FROZEN);
  return { layers, origin: "the network drawn" };
}

/** Every unit of every layer that learns. */
export function placesOf(network: NetworkShape): readonly Place[] {
  const learning = learningLayers(network);
  return learning.flatMap(({ name, kind, units = 1 }, index) =>
    Array.from({ length: units }, (_, unit) => ({
      layer: name,
      kind,
      index,
      layers: learning.length,
      unit,
    })),
  );
}

export function learningLayers({ layers }: NetworkShape): readonly NetworkLayer[] {
  return layers.filter(({ trainable }) => trainable);
}

/** Whether a band may take some of a layer's units. */
export function canBeCut({ parameters }: NetworkLayer): boolean {
  return parameters.every(({ unitAxis }) => unitAxis !== undefined);
}

function drawLayer({ whole, one }: Choices, name: string): NetworkLayer {
  const units = whole(1, 6);
  const kind = one(["dense", "dense", "conv2d", "conv2d", "lstm"]);
  const shape = kind === "conv2d" ? [3, 3, 2, units] : kind === "lstm" ? [5, 4 * units] : [5, units];
  const unitAxis = kind === "lstm" ? undefined : shape.length - 1;
  return {
    name,
    kind,
    trainable: true,
    units,
    parameters: [
      { name: "kernel", shape, trainable: true, unitAxis },
      {
        name: "bias",
        shape: [kind === "lstm" ? 4 * units : units],
        trainable: true,
        unitAxis: kind === "lstm" ? undefined : 0,
      },
    ],
    inputs: [],
  };
}

const STILL: NetworkLayer = {
  name: "encoder/flatten",
  kind: "flatten",
  trainable: false,
  units: undefined,
  parameters: [],
  inputs: [],
};

const FROZEN: NetworkLayer = {
  name: "frozen",
  kind: "dense",
  trainable: false,
  units: 3,
  parameters: [{ name: "kernel", shape: [4, 3], trainable: false, unitAxis: 1 }],
  inputs: [],
};
