/** Every kind of layer that can be governed, drawn to fit the shape of what comes to it, and layers that learn nothing. */
import * as tf from "@tensorflow/tfjs";
import type { Choices } from "./choices.ts";
import { VOCABULARY } from "./networks.ts";
import type { GovernedLayer } from "./policies.ts";
import { SelfAttention } from "./self-attention.ts";

/** Part of a model: one layer that learns, or some that do not. */
export interface Piece {
  readonly told: string;
  readonly governed?: GovernedLayer;
  readonly apply: (x: tf.SymbolicTensor) => tf.SymbolicTensor;
  /** Of one example. */
  readonly shapeAfter: readonly number[];
}

type Terrain = "features" | "sequence" | "image" | "volume";

export interface Site {
  readonly name: string;
  readonly shape: readonly number[];
  readonly choices: Choices;
}

type Draw = (site: Site) => Piece;

function terrainOf(shape: readonly number[]): Terrain {
  const terrain = ([undefined, "features", "sequence", "image", "volume"] as const)[shape.length];
  if (terrain === undefined) throw new RangeError(`no layer reads ${shape.length} axes`);
  return terrain;
}

const ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid", "elu", "softplus"] as const;
type Activation = (typeof ACTIVATIONS)[number] | "softmax";

/** A piece that is one layer of tfjs. */
function layered(
  governed: GovernedLayer,
  details: string,
  shapeAfter: readonly number[],
  create: () => tf.layers.Layer,
): Piece {
  return {
    governed,
    shapeAfter,
    told: `${governed.kind} "${governed.name}" ${details}`,
    apply: (x) => create().apply(x) as tf.SymbolicTensor,
  };
}

/** Of a layer whose units lie on the last axis of all its parameters, or of one that is taken whole. */
function withUnits(name: string, kind: string, units: number): GovernedLayer {
  return { name, kind, units, hasUnits: true };
}
function taken(name: string, kind: string): GovernedLayer {
  return { name, kind, units: 1, hasUnits: false };
}

export function dense({ name, shape }: Site, units: number, activation: Activation, useBias: boolean): Piece {
  return layered(
    withUnits(name, "dense", units),
    `${units} ${activation}${useBias ? " bias" : ""}`,
    [...shape.slice(0, -1), units],
    () => tf.layers.dense({ name, units, activation, useBias }),
  );
}

const drawDense: Draw = (site) =>
  dense(site, site.choices.whole(2, 5), site.choices.one(ACTIVATIONS), site.choices.often(8));

/** A dense layer whose input is added to its result. */
const drawResidual: Draw = (site) => {
  const own = dense(site, widthOf(site.shape), site.choices.one(ACTIVATIONS), true);
  return {
    ...own,
    told: `${own.told} skip`,
    apply: (x) => tf.layers.add().apply([own.apply(x), x]) as tf.SymbolicTensor,
  };
};

/** One dense layer, used twice. */
const drawShared: Draw = ({ name, shape, choices }) => {
  const units = widthOf(shape);
  const activation = choices.one(["tanh", "sigmoid"]);
  return {
    told: `dense "${name}" ${units} ${activation}, twice`,
    governed: withUnits(name, "dense", units),
    shapeAfter: shape,
    apply: (x) => {
      const layer = tf.layers.dense({ name, units, activation });
      return layer.apply(layer.apply(x)) as tf.SymbolicTensor;
    },
  };
};

const drawLayerNorm: Draw = ({ name, shape }) =>
  layered(withUnits(name, "layer_normalization", widthOf(shape)), "", shape, () =>
    tf.layers.layerNormalization({ name }),
  );

/**
 * Its statistics mix the examples: what is before it learns from a loss through all of them, so that no row of a signal
 * is one example's. A warning says so (GOV4008); drawn is what is exact, batch normalisation with nothing before it.
 */
const drawBatchNorm: Draw = ({ name, shape }) =>
  layered(withUnits(name, "batch_normalization", widthOf(shape)), "", shape, () =>
    tf.layers.batchNormalization({ name }),
  );

const drawRectifier: Draw = ({ name, shape }) =>
  layered(taken(name, "p_re_lu"), "", shape, () => tf.layers.prelu({ name }));

export function drawEmbedding({ name, shape, choices }: Site): Piece {
  const outputDim = choices.whole(2, 4);
  return layered(withUnits(name, "embedding", outputDim), `${outputDim}`, [...shape, outputDim], () =>
    tf.layers.embedding({ name, inputDim: VOCABULARY, outputDim, embeddingsInitializer: "randomNormal" }),
  );
}

/** Cells that go through a sequence, and give their last state or all of them. */
function recurrent(kind: "simple_rnn" | "lstm" | "gru"): Draw {
  const create = { simple_rnn: tf.layers.simpleRNN, lstm: tf.layers.lstm, gru: tf.layers.gru }[kind];
  return ({ name, shape, choices }) => {
    const units = choices.whole(2, 3);
    const returnSequences = choices.often(5);
    const goBackwards = choices.often(2);
    return layered(
      taken(name, kind),
      `${units}${returnSequences ? " all" : ""}${goBackwards ? " backwards" : ""}`,
      returnSequences ? [shape[0] ?? 1, units] : [units],
      () => create({ name, units, returnSequences, goBackwards }),
    );
  };
}

const drawBidirectional: Draw = ({ name, shape, choices }) => {
  const units = choices.whole(1, 2);
  const mergeMode = choices.one(["concat", "sum"] as const);
  const layer = choices.one([tf.layers.lstm, tf.layers.gru, tf.layers.simpleRNN]);
  return layered(
    taken(name, "bidirectional"),
    `${units} ${mergeMode}`,
    [shape[0] ?? 1, mergeMode === "concat" ? 2 * units : units],
    () =>
      tf.layers.bidirectional({
        ...{ name, mergeMode },
        layer: layer({ units, returnSequences: true }) as tf.RNN,
      }),
  );
};

const drawTimeDistributed: Draw = ({ name, shape, choices }) => {
  const units = choices.whole(2, 4);
  return layered(taken(name, "time_distributed"), `${units}`, [shape[0] ?? 1, units], () =>
    tf.layers.timeDistributed({ name, layer: tf.layers.dense({ units, activation: "tanh" }) }),
  );
};

const drawAttention: Draw = ({ name, shape, choices }) => {
  const heads = choices.whole(1, 2);
  const width = choices.whole(1, 2);
  return layered(
    taken(name, "self_attention"),
    `${heads} heads of ${width}`,
    [shape[0] ?? 1, heads * width],
    () => new SelfAttention({ name, heads, width }),
  );
};

const drawConv1d: Draw = ({ name, shape: [length = 1], choices }) => {
  const filters = choices.whole(2, 3);
  const window = drawWindow(choices, length);
  const activation = choices.one(ACTIVATIONS);
  const { kernelSize, strides, padding } = window;
  return layered(
    withUnits(name, "conv1d", filters),
    `${filters} ${tellWindow(window)} ${activation}`,
    [slide(length, window), filters],
    () => tf.layers.conv1d({ name, filters, kernelSize, strides, padding, activation }),
  );
};

/** Convolutions over images: what they share are their window and their shapes. */
function overImages(
  kind: string,
  hasUnits: boolean,
  create: (options: {
    name: string;
    filters: number;
    kernelSize: number;
    strides: number;
    padding: "same" | "valid";
    activation: Activation;
  }) => tf.layers.Layer,
  channels: (filters: number, incoming: number) => number = (filters) => filters,
): Draw {
  return ({ name, shape: [height = 1, width = 1, incoming = 1], choices }) => {
    const filters = choices.whole(1, 3);
    const window = drawWindow(choices, Math.min(height, width));
    const activation = choices.one(ACTIVATIONS);
    const outgoing = channels(filters, incoming);
    return layered(
      hasUnits ? withUnits(name, kind, outgoing) : taken(name, kind),
      `${filters} ${tellWindow(window)} ${activation}`,
      [slide(height, window), slide(width, window), outgoing],
      () => create({ name, filters, ...window, activation }),
    );
  };
}

const drawConv2d = overImages("conv2d", true, (options) => tf.layers.conv2d(options));
const drawSeparable = overImages("separable_conv2d", false, (options) => tf.layers.separableConv2d(options));
const drawDepthwise = overImages(
  "depthwise_conv2d",
  false,
  ({ filters, ...options }) => tf.layers.depthwiseConv2d({ ...options, depthMultiplier: filters }),
  (filters, incoming) => filters * incoming,
);

const drawTransposed: Draw = ({ name, shape: [height = 1, width = 1], choices }) => {
  const filters = choices.whole(1, 3);
  const activation = choices.one(ACTIVATIONS);
  return layered(
    taken(name, "conv2d_transpose"),
    `${filters} 2/2 ${activation}`,
    [2 * height, 2 * width, filters],
    () => tf.layers.conv2dTranspose({ name, filters, kernelSize: 2, strides: 2, activation }),
  );
};

const drawConv3d: Draw = ({ name, shape: [depth = 1, height = 1, width = 1], choices }) => {
  const filters = choices.whole(1, 2);
  const window = drawWindow(choices, Math.min(depth, height, width));
  const { kernelSize, strides, padding } = window;
  return layered(
    withUnits(name, "conv3d", filters),
    `${filters} ${tellWindow(window)}`,
    [slide(depth, window), slide(height, window), slide(width, window), filters],
    () => tf.layers.conv3d({ name, filters, kernelSize, strides, padding }),
  );
};

interface Window {
  readonly kernelSize: number;
  readonly strides: number;
  readonly padding: "same" | "valid";
}

function drawWindow({ whole, one }: Choices, length: number): Window {
  return { kernelSize: whole(1, Math.min(3, length)), strides: whole(1, 2), padding: one(["same", "valid"]) };
}

function slide(length: number, { kernelSize, strides, padding }: Window): number {
  return Math.ceil((padding === "same" ? length : length - kernelSize + 1) / strides);
}

function tellWindow({ kernelSize, strides, padding }: Window): string {
  return `${kernelSize}/${strides} ${padding}`;
}

/** As often as the cells by themselves. */
const drawRecurrent: Draw = (site) =>
  site.choices.one([recurrent("simple_rnn"), recurrent("lstm"), recurrent("gru")])(site);

const ANYWHERE: readonly Draw[] = [drawLayerNorm, drawBatchNorm, drawRectifier];

const KINDS: Readonly<Record<Terrain, readonly Draw[]>> = {
  features: [drawDense, drawResidual, drawShared, ...ANYWHERE],
  sequence: [
    drawDense,
    drawResidual,
    drawConv1d,
    drawTimeDistributed,
    drawAttention,
    drawRecurrent,
    drawRecurrent,
    drawBidirectional,
    ...ANYWHERE,
  ],
  image: [drawConv2d, drawSeparable, drawDepthwise, drawTransposed, drawDense, ...ANYWHERE],
  // The normalisations of tfjs stop at four axes.
  volume: [drawConv3d, drawConv3d, drawRectifier],
};

function kindsFor(shape: readonly number[], isFirst: boolean): readonly [Draw, ...Draw[]] {
  const terrain = terrainOf(shape);
  // tfjs does not stack the steps of a sequence that has only one.
  const kinds = terrain === "sequence" && shape[0] === 1 ? [drawDense, drawRectifier] : KINDS[terrain];
  const [kind, ...others] = isFirst ? kinds : kinds.filter((draw) => draw !== drawBatchNorm);
  if (kind === undefined) throw new Error("there is a kind for everything");
  return [kind, ...others];
}

interface Still {
  readonly told: string;
  readonly shapeAfter: readonly number[];
  readonly create: () => tf.layers.Layer;
}

/** A layer that learns nothing. */
function still({ told, shapeAfter, create }: Still): Piece {
  return { told, shapeAfter, apply: (x) => create().apply(x) as tf.SymbolicTensor };
}

type DrawStill = (shape: readonly number[]) => Still;

const flatten: DrawStill = (shape) => ({
  told: "flatten",
  shapeAfter: [shape.reduce((product, length) => product * length, 1)],
  create: () => tf.layers.flatten(),
});

const half = (length = 1): number => Math.ceil(length / 2);

const STILL: Readonly<Record<Terrain, readonly [DrawStill, ...DrawStill[]]>> = {
  features: [
    (shape) => ({ told: "activation", shapeAfter: shape, create: () => tf.layers.leakyReLU({}) }),
    (shape) => ({
      ...{ told: "repeat", shapeAfter: [2, ...shape] },
      create: () => tf.layers.repeatVector({ n: 2 }),
    }),
  ],
  sequence: [
    ([length, width = 1]) => ({
      ...{ told: "max", shapeAfter: [half(length), width] },
      create: () => tf.layers.maxPooling1d({ poolSize: 2, strides: 2, padding: "same" }),
    }),
    ([length = 1, width = 1]) => ({
      ...{ told: "permute", shapeAfter: [width, length] },
      create: () => tf.layers.permute({ dims: [2, 1] }),
    }),
  ],
  image: [
    ([height, width, channels = 1]) => ({
      ...{ told: "max", shapeAfter: [half(height), half(width), channels] },
      create: () => tf.layers.maxPooling2d({ poolSize: 2, padding: "same" }),
    }),
    ([height, width, channels = 1]) => ({
      ...{ told: "average", shapeAfter: [half(height), half(width), channels] },
      create: () => tf.layers.averagePooling2d({ poolSize: 2, padding: "same" }),
    }),
    ([height = 1, width = 1, channels = 1]) => ({
      ...{ told: "pad", shapeAfter: [height + 2, width + 2, channels] },
      create: () => tf.layers.zeroPadding2d({ padding: 1 }),
    }),
  ],
  volume: [
    ([depth, height, width, channels = 1]) => ({
      ...{ told: "max", shapeAfter: [half(depth), half(height), half(width), channels] },
      create: () => tf.layers.maxPooling3d({ poolSize: 2, padding: "same" }),
    }),
  ],
};

const ENDS: Readonly<Record<Terrain, readonly [DrawStill, ...DrawStill[]]>> = {
  features: [flatten],
  sequence: [
    flatten,
    ([, width = 1]) => ({
      ...{ told: "mean", shapeAfter: [width] },
      create: () => tf.layers.globalAveragePooling1d({}),
    }),
  ],
  image: [
    flatten,
    ([, , channels = 1]) => ({
      ...{ told: "mean", shapeAfter: [channels] },
      create: () => tf.layers.globalAveragePooling2d({}),
    }),
  ],
  volume: [flatten],
};

function widthOf(shape: readonly number[]): number {
  return shape.at(-1) ?? 1;
}

/** A layer that learns, of any kind that fits. */
export function drawLearning(site: Site, isFirst: boolean): Piece {
  return site.choices.one(kindsFor(site.shape, isFirst))(site);
}

/** Some layer that learns nothing. */
export function drawStill({ shape, choices }: Site): Piece {
  return still(choices.one(STILL[terrainOf(shape)])(shape));
}

/** What makes plain features of the rest. */
export function drawEnd({ shape, choices }: Site): Piece {
  return still(choices.one(ENDS[terrainOf(shape)])(shape));
}
