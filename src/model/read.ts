import type { DeclaredModel } from "../check/policy.ts";
import { isNetworkFile, readNetworkFile } from "./network-file.ts";
import type { NetworkLayer, NetworkParameter, NetworkShape } from "./network.ts";

/**
 * Reads the text of a tfjs `model.json`, of Keras' own JSON, or of what `gov model` writes: the topology, and the shapes
 * of the weights where the file has them. Never throws; `problem` says in a few words why there is no network.
 */
export function readNetwork(
  text: string,
  origin: string,
): { readonly network?: NetworkShape; readonly problem?: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `it is not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  if (isNetworkFile(json)) return readNetworkFile(json, origin);
  const topology = findTopology(json);
  if (topology === undefined)
    return { problem: "it holds no layers model: there is no `modelTopology` with a list of layers" };
  const shapes = readManifest(json);
  const layers = topology.flatMap((layer) => readLayer(layer, shapes));
  if (layers.length === 0) return { problem: "its list of layers is empty" };
  const twice = layers.find((layer, index) => layers.findIndex(({ name }) => name === layer.name) !== index);
  if (twice !== undefined) return { problem: `two of its layers are called \`${twice.name}\`` };
  return { network: { layers, origin } };
}

/** The network that `model { layer … }` describes; its parameters have no shapes. */
export function networkFromStubs(model: DeclaredModel): NetworkShape {
  const layers = model.layers.map((stub): NetworkLayer => ({
    name: stub.name,
    kind: stub.kind ?? "unknown",
    trainable: stub.kind === undefined || !WEIGHTLESS.has(stub.kind),
    units: stub.units,
    parameters: [],
    inputs: [],
  }));
  return { layers, origin: "the model block" };
}

/** `Conv2D` as `conv2d`, `BatchNormalization` as `batch_normalization`. */
export function layerKind(className: string): string {
  return className
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Layers lie at `config.layers`, or, in old sequential files, at `config` itself; `model_config` wraps them in some. */
function findTopology(json: unknown): readonly Json[] | undefined {
  if (!isObject(json)) return undefined;
  for (const wrapper of ["modelTopology", "model_config"])
    if (isObject(json[wrapper])) return findTopology(json[wrapper]);
  const { config } = json;
  const layers = Array.isArray(config) ? config : isObject(config) ? config["layers"] : undefined;
  return Array.isArray(layers) ? layers.filter(isObject) : undefined;
}

/** Shape by the weight's name without TensorFlow's `:0`. */
function readManifest(json: unknown): ReadonlyMap<string, readonly number[]> {
  const groups = isObject(json) && Array.isArray(json["weightsManifest"]) ? json["weightsManifest"] : [];
  const weights = groups
    .filter(isObject)
    .flatMap((group) => (Array.isArray(group["weights"]) ? group["weights"] : []));
  return new Map(
    weights
      .filter(isObject)
      .flatMap(({ name, shape }): (readonly [string, readonly number[]])[] =>
        typeof name === "string" && Array.isArray(shape) && shape.every(Number.isInteger)
          ? [[name.replace(/:\d+$/, ""), shape as readonly number[]]]
          : [],
      ),
  );
}

function readLayer(layer: Json, shapes: ReadonlyMap<string, readonly number[]>): readonly NetworkLayer[] {
  const config = isObject(layer["config"]) ? layer["config"] : {};
  const name = firstText(layer["name"], config["name"]);
  const className = firstText(layer["class_name"]) ?? "unknown";
  const nested = findTopology(layer);
  if (nested !== undefined) return nested.flatMap((inner) => readLayer(inner, shapes));
  if (name === undefined) return [];

  const kind = layerKind(className);
  const trainable = config["trainable"] !== false && !WEIGHTLESS.has(kind);
  const parameters = [...shapes]
    .filter(([weight]) => weight.startsWith(`${name}/`))
    .map(([weight, shape]) => readParameter(weight.slice(name.length + 1), shape, { kind, trainable }));
  return [
    {
      name,
      kind,
      trainable,
      units: readUnits(config, kind, parameters),
      parameters,
      inputs: readInputs(layer["inbound_nodes"]),
    },
  ];
}

/** Weights that layers update by themselves, not by gradients. */
const STATISTICS = new Set(["moving_mean", "moving_variance"]);

function readParameter(
  path: string,
  shape: readonly number[],
  layer: { readonly kind: string; readonly trainable: boolean },
): NetworkParameter {
  const name = path.split("/").at(-1) ?? path;
  return {
    name: path,
    shape,
    trainable: layer.trainable && !STATISTICS.has(name),
    unitAxis: findUnitAxis(layer.kind, name, shape),
  };
}

/** Layers whose weights mix their units in ways that a slice of the last axis does not follow. */
const UNSLICED =
  /^(depthwise|separable|conv2d_transpose|conv3d_transpose|lstm|gru|simple_rnn|bidirectional|conv_lstm)/;

function findUnitAxis(kind: string, name: string, shape: readonly number[]): number | undefined {
  if (shape.length === 0 || UNSLICED.test(kind)) return undefined;
  return ["kernel", "bias", "embeddings", "gamma", "beta"].includes(name) ? shape.length - 1 : undefined;
}

function readUnits(config: Json, kind: string, parameters: readonly NetworkParameter[]): number | undefined {
  const declared = [
    config["units"],
    config["filters"],
    kind === "embedding" ? (config["output_dim"] ?? config["outputDim"]) : undefined,
  ];
  const units = declared.find((value) => Number.isInteger(value));
  if (typeof units === "number") return units;
  const sliced = parameters.find((parameter) => parameter.unitAxis !== undefined);
  return sliced?.unitAxis === undefined ? undefined : sliced.shape[sliced.unitAxis];
}

/** Keras writes `[[["previous", 0, 0, {}], …], …]`. */
function readInputs(nodes: unknown): readonly string[] {
  if (!Array.isArray(nodes)) return [];
  const calls = nodes.flatMap((node: unknown) => (Array.isArray(node) ? (node as unknown[]) : []));
  const names = calls.flatMap((call) =>
    Array.isArray(call) && typeof call[0] === "string" ? [call[0]] : [],
  );
  return [...new Set(names)];
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

/** Layer kinds that have nothing to train. */
const WEIGHTLESS: ReadonlySet<string> = new Set([
  "input_layer", "activation", "re_lu", "leaky_re_lu", "elu", "thresholded_re_lu", "softmax", "dropout", "spatial_dropout1d",
  "gaussian_noise", "gaussian_dropout", "alpha_dropout", "flatten", "reshape", "permute", "repeat_vector", "masking", "add",
  "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot", "max_pooling1d", "max_pooling2d",
  "max_pooling3d", "average_pooling1d", "average_pooling2d", "average_pooling3d", "global_average_pooling1d",
  "global_average_pooling2d", "global_max_pooling1d", "global_max_pooling2d", "up_sampling2d", "zero_padding2d", "cropping2d",
  "rescaling", "resizing", "center_crop", "category_encoding", "random_width",
]); // prettier-ignore
