/** Small networks as data: drawn at random, told in a line, and built either as a layers model or in plain tf code. */
import * as tf from "@tensorflow/tfjs";
import type { PlainNetwork } from "../../../src/runtime/network/plain.ts";
import { numbersFrom, type Choices } from "./choices.ts";
import { drawVariables } from "./variables.ts";

export type Family = "dense" | "conv2d" | "embedding";
export type Activation = "linear" | "relu" | "tanh" | "sigmoid" | "softmax";

/** A layer with parameters; its units lie on the last axis of all of them. */
export interface LearningStage {
  readonly kind: "dense" | "conv2d" | "embedding";
  readonly name: string;
  readonly units: number;
  readonly activation: Activation;
  readonly hasBias: boolean;
  /** The layer's input is added to its result; dense layers only. */
  readonly hasSkip: boolean;
  /** Of conv2d. */
  readonly window: { readonly size: number; readonly stride: number; readonly pad: "same" | "valid" };
}

export interface PlainStage {
  readonly kind: "flatten" | "max" | "average" | "mean positions";
}

export type Stage = LearningStage | PlainStage;

export interface Network {
  readonly family: Family;
  readonly writing: "layers" | "plain";
  /** Of one example. */
  readonly inputShape: readonly number[];
  readonly stages: readonly Stage[];
  readonly loss: "squares" | "crossentropy";
  /** Layers models take the mean. */
  readonly reduction: "mean" | "sum";
  readonly seed: number;
}

export const VOCABULARY = 5;

export function isLearning(stage: Stage): stage is LearningStage {
  return stage.kind === "dense" || stage.kind === "conv2d" || stage.kind === "embedding";
}

export function learningStages({ stages }: Network): readonly LearningStage[] {
  return stages.filter(isLearning);
}

export function drawNetwork(choices: Choices, family: Family): Network {
  const { whole, one, often } = choices;
  const writing = one(["layers", "plain"]);
  const loss = one(["squares", "crossentropy"]);
  const outputs = whole(3, 4);
  const inner = (name: string): LearningStage => ({
    kind: "dense",
    name,
    units: whole(3, 6),
    activation: one(["linear", "relu", "tanh", "sigmoid"]),
    hasBias: often(8),
    hasSkip: false,
    window: NO_WINDOW,
  });
  const last: LearningStage = {
    ...inner("out"),
    units: outputs,
    activation: loss === "crossentropy" ? "softmax" : one(["linear", "tanh"]),
  };
  return {
    family,
    writing,
    inputShape:
      family === "dense" ? [whole(2, 4)] : family === "conv2d" ? [5, 4, whole(1, 2)] : [whole(2, 4)],
    stages: [...FRONTS[family](choices, inner), ...drawMiddle(choices, inner, family), last],
    loss,
    reduction: writing === "layers" ? "mean" : one(["mean", "sum"]),
    seed: whole(0, 1_000_000),
  };
}

const NO_WINDOW = { size: 1, stride: 1, pad: "valid" } as const;

type Inner = (name: string) => LearningStage;

const FRONTS: Readonly<Record<Family, (choices: Choices, inner: Inner) => readonly Stage[]>> = {
  dense: (_, inner) => [inner("first")],
  conv2d: ({ one, often, whole }, inner) => {
    const convolution = (name: string): LearningStage => ({
      ...inner(name),
      kind: "conv2d",
      units: whole(2, 4),
      window: { size: whole(1, 3), stride: 1, pad: one(["same", "valid"]) },
    });
    const first = {
      ...convolution("conv/a"),
      window: { size: 2, stride: whole(1, 2), pad: "same" },
    } as const;
    const second = often(5) ? [convolution("conv/b")].map(padWhole) : [];
    const pool = often(4) ? [{ kind: one(["max", "average"]) } as const] : [];
    return [first, ...second, ...pool, { kind: "flatten" }];
  },
  embedding: ({ one, whole }, inner) => [
    { ...inner("words"), kind: "embedding", units: whole(2, 4), activation: "linear", hasBias: false },
    { kind: one(["flatten", "mean positions"]) },
  ],
};

/** Images are small by then: the second convolution keeps their size. */
function padWhole(stage: LearningStage): LearningStage {
  return { ...stage, window: { ...stage.window, pad: "same" } };
}

function drawMiddle({ whole, often }: Choices, inner: Inner, family: Family): readonly Stage[] {
  const count = whole(0, family === "dense" ? 3 : 2);
  const drawn = Array.from({ length: count }, (_, index) => inner(`hidden/${index}`));
  return drawn.reduce<readonly LearningStage[]>((stages, stage) => {
    const before = stages.at(-1);
    const hasSkip = before !== undefined && often(4);
    return [...stages, hasSkip ? { ...stage, units: before.units, hasSkip } : stage];
  }, []);
}

export function tellNetwork({ writing, inputShape, stages, loss, reduction, seed }: Network): string {
  const told = stages.map((stage) => {
    if (!isLearning(stage)) return stage.kind;
    const { kind, name, units, activation, hasBias, hasSkip, window } = stage;
    const details = [
      kind === "conv2d" ? ` ${window.size}x${window.size}/${window.stride} ${window.pad}` : "",
      activation === "linear" ? "" : ` ${activation}`,
      hasBias ? " bias" : "",
      hasSkip ? " skip" : "",
    ];
    return `${kind} "${name}" ${units}${details.join("")}`;
  });
  return `${writing}: [${inputShape}] -> ${told.join(" -> ")}; ${loss}, ${reduction}; seed ${seed}`;
}

/** Something that `govern` takes, with what the oracle needs to run the same by itself. */
export interface Built {
  readonly model: tf.LayersModel | PlainNetwork;
  /** By `layer/role`. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  readonly dispose: () => void;
}

export function buildNetwork(network: Network): Built {
  return network.writing === "layers" ? buildLayers(network) : buildPlain(network);
}

/** What one stage computes, in plain tf code; `x` is `[B, ...]`. */
export function runStage(
  stage: Stage,
  x: tf.Tensor,
  variables: ReadonlyMap<string, tf.Tensor>,
): { readonly before: tf.Tensor; readonly activation: Activation } {
  const linear = (before: tf.Tensor): { before: tf.Tensor; activation: Activation } => ({
    before,
    activation: "linear",
  });
  if (!isLearning(stage)) return linear(PLAIN_STAGES[stage.kind](x));
  const { name, activation, hasBias, window } = stage;
  const get = (role: string): tf.Tensor => {
    const variable = variables.get(`${name}/${role}`);
    if (variable === undefined) throw new Error(`there is no ${name}/${role}`);
    return variable;
  };
  if (stage.kind === "embedding") return linear(tf.gather(get("embeddings"), tf.cast(x, "int32")));
  const product =
    stage.kind === "dense"
      ? tf.matMul(x, get("kernel"))
      : tf.conv2d(x as tf.Tensor4D, get("kernel") as tf.Tensor4D, window.stride, window.pad);
  return { before: hasBias ? tf.add(product, get("bias")) : product, activation };
}

const PLAIN_STAGES: Readonly<Record<PlainStage["kind"], (x: tf.Tensor) => tf.Tensor>> = {
  flatten: (x) => tf.reshape(x, [x.shape[0] ?? 1, -1]),
  "mean positions": (x) => tf.mean(x, 1),
  max: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "same"),
  average: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, "same"),
};

export const ACTIVATIONS: Readonly<Record<Activation, (x: tf.Tensor) => tf.Tensor>> = {
  linear: (x) => x,
  relu: (x) => tf.relu(x),
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  softmax: (x) => tf.softmax(x),
};

/** `[B]`; the losses of tfjs-layers by their definitions. */
export function lossesOf({ loss }: Pick<Network, "loss">, targets: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  if (loss === "squares") return tf.mean(tf.square(tf.sub(outputs, targets)), -1);
  const shares = tf.div(outputs, tf.sum(outputs, -1, true));
  return tf.neg(tf.sum(tf.mul(targets, tf.log(tf.clipByValue(shares, 1e-7, 1 - 1e-7))), -1));
}

/** `[B]`: how unsure a distribution over classes is, in nats. */
export function entropiesOf(outputs: tf.Tensor): tf.Tensor {
  return tf.neg(tf.sum(tf.mul(outputs, tf.log(tf.add(outputs, 1e-30))), -1));
}

/** `[B, units]` */
export function outputsOf(
  network: Network,
  inputs: tf.Tensor,
  variables: ReadonlyMap<string, tf.Tensor>,
): tf.Tensor {
  return network.stages.reduce((x, stage) => {
    const { before, activation } = runStage(stage, x, variables);
    const after = ACTIVATIONS[activation](before);
    return isLearning(stage) && stage.hasSkip ? tf.add(after, x) : after;
  }, inputs);
}

function buildPlain(network: Network): Built {
  const variables = createVariables(network);
  const layers = learningStages(network).map(({ name, kind }) => ({
    name,
    kind,
    variables: Object.fromEntries(
      [...variables].flatMap(([key, variable]) =>
        key.startsWith(`${name}/`) ? [[key.slice(name.length + 1), variable]] : [],
      ),
    ),
  }));
  const model: PlainNetwork = {
    layers,
    loss: ({ inputs, targets }) => {
      const outputs = outputsOf(network, inputs as tf.Tensor, variables);
      const losses = lossesOf(network, targets as tf.Tensor, outputs);
      if (network.loss === "crossentropy") {
        const entropies = entropiesOf(outputs) as tf.Tensor1D;
        return { losses: network.reduction === "mean" ? losses : tf.sum(losses), entropies };
      }
      return network.reduction === "mean" ? losses : tf.sum(losses);
    },
  };
  return { model, variables, dispose: () => tf.dispose([...variables.values()]) };
}

function createVariables(network: Network): ReadonlyMap<string, tf.Variable> {
  const next = numbersFrom(network.seed);
  const variables = new Map<string, tf.Variable>();
  let shape: readonly number[] = network.inputShape;
  for (const stage of network.stages) {
    if (isLearning(stage)) {
      const { kind, name, units, hasBias, window } = stage;
      const kernelShape =
        kind === "conv2d"
          ? [window.size, window.size, shape.at(-1) ?? 1, units]
          : [kind === "embedding" ? VOCABULARY : (shape[0] ?? 1), units];
      const role = kind === "embedding" ? "embeddings" : "kernel";
      variables.set(`${name}/${role}`, createVariable(kernelShape, next));
      if (hasBias) variables.set(`${name}/bias`, createVariable([units], next));
    }
    shape = shapeAfter(stage, shape);
  }
  return variables;
}

function createVariable(shape: readonly number[], next: () => number): tf.Variable {
  const values = fill(shape, next);
  const variable = tf.variable(values);
  values.dispose();
  return variable;
}

function shapeAfter(stage: Stage, shape: readonly number[]): readonly number[] {
  switch (stage.kind) {
    case "flatten":
      return [shape.reduce((product, length) => product * length, 1)];
    case "mean positions":
      return shape.slice(1);
    case "max":
    case "average":
      return [...shape.slice(0, 2).map((length) => Math.ceil(length / 2)), shape[2] ?? 1];
    case "dense":
      return [stage.units];
    case "embedding":
      return [...shape, stage.units];
    case "conv2d": {
      const { size, stride, pad } = stage.window;
      const free = pad === "same" ? 0 : size - 1;
      return [...shape.slice(0, 2).map((length) => Math.ceil((length - free) / stride)), stage.units];
    }
  }
}

function fill(shape: readonly number[], next: () => number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(Float32Array.from({ length: size }, next), [...shape]);
}

function buildLayers(network: Network): Built {
  const input = tf.input({ shape: [...network.inputShape] });
  let x = input;
  for (const stage of network.stages) {
    const after = layerOf(stage).apply(x) as tf.SymbolicTensor;
    x = isLearning(stage) && stage.hasSkip ? (tf.layers.add().apply([after, x]) as tf.SymbolicTensor) : after;
  }
  const model = tf.model({ inputs: input, outputs: x });
  const variables = drawVariables(model, numbersFrom(network.seed));
  return { model, variables, dispose: () => model.dispose() };
}

function layerOf(stage: Stage): tf.layers.Layer {
  if (!isLearning(stage)) return PLAIN_LAYERS[stage.kind]();
  const { kind, name, units, activation, hasBias: useBias, window } = stage;
  const kernelInitializer = "zeros";
  if (kind === "dense") return tf.layers.dense({ name, units, activation, useBias, kernelInitializer });
  if (kind === "embedding")
    return tf.layers.embedding({
      name,
      inputDim: VOCABULARY,
      outputDim: units,
      embeddingsInitializer: "zeros",
    });
  const { size: kernelSize, stride: strides, pad: padding } = window;
  return tf.layers.conv2d({
    name,
    filters: units,
    kernelSize,
    strides,
    padding,
    activation,
    useBias,
    kernelInitializer,
  });
}

const PLAIN_LAYERS: Readonly<Record<PlainStage["kind"], () => tf.layers.Layer>> = {
  flatten: () => tf.layers.flatten(),
  "mean positions": () => tf.layers.globalAveragePooling1d({}),
  max: () => tf.layers.maxPooling2d({ poolSize: 2, padding: "same" }),
  average: () => tf.layers.averagePooling2d({ poolSize: 2, padding: "same" }),
};
