/**
 * A network's shape as a file, for networks that are written in plain code and have no `model.json` of their own:
 *
 *     { "format": "gov-network", "version": 1,
 *       "layers": [{ "name": "code", "kind": "dense", "trainable": true, "units": 32,
 *                    "parameters": [{ "name": "kernel", "shape": [64, 32], "trainable": true, "unitAxis": 1 }],
 *                    "inputs": [] }] }
 *
 * `units` and `unitAxis` are left out where there are none, `parameters` and `inputs` may be.
 */
import type { NetworkLayer, NetworkParameter, NetworkShape } from "./network.ts";

const FORMAT = "gov-network";
const VERSION = 1;

/** The file's text, one layer per line so that a change of the network reads well in a diff. */
export function writeNetworkFile({ layers }: Pick<NetworkShape, "layers">): string {
  const rows = layers.map((layer) => `    ${JSON.stringify(layer)}`).join(",\n");
  return `{\n  "format": "${FORMAT}",\n  "version": ${VERSION},\n  "layers": [\n${rows}\n  ]\n}\n`;
}

type Json = Readonly<Record<string, unknown>>;

/** Whether a JSON document says that it is one of these. */
export function isNetworkFile(json: unknown): json is Json {
  return isObject(json) && json["format"] === FORMAT;
}

/** The network in such a document; `problem` says in a few words why there is none. */
export function readNetworkFile(
  json: Json,
  origin: string,
): { readonly network?: NetworkShape; readonly problem?: string } {
  if (json["version"] !== VERSION)
    return {
      problem: `it is a ${FORMAT} of version ${JSON.stringify(json["version"])}; only 1 can be read`,
    };
  const rows: readonly unknown[] = Array.isArray(json["layers"]) ? json["layers"] : [];
  if (rows.length === 0) return { problem: "its list of layers is empty" };
  const layers = rows.map(readLayer);
  const odd = layers.indexOf(undefined);
  if (odd !== -1) return { problem: `layer ${odd} of its list is malformed` };
  const known = layers.filter((layer) => layer !== undefined);
  const twice = known.find(({ name }, index) => known.findIndex((layer) => layer.name === name) !== index);
  if (twice !== undefined) return { problem: `two of its layers are called \`${twice.name}\`` };
  return { network: { layers: known, origin } };
}

function readLayer(row: unknown): NetworkLayer | undefined {
  if (!isObject(row)) return undefined;
  const { name, kind, trainable, units, parameters = [], inputs = [] } = row;
  if (typeof name !== "string" || name === "" || typeof kind !== "string") return undefined;
  if (typeof trainable !== "boolean" || !isCountOrMissing(units)) return undefined;
  if (!Array.isArray(parameters) || !Array.isArray(inputs)) return undefined;
  const read = parameters.map(readParameter);
  const known = read.filter((parameter) => parameter !== undefined);
  const sources = inputs.filter((input) => typeof input === "string");
  if (known.length !== read.length || sources.length !== inputs.length) return undefined;
  return { name, kind, trainable, units, parameters: known, inputs: sources };
}

function readParameter(row: unknown): NetworkParameter | undefined {
  if (!isObject(row)) return undefined;
  const { name, shape, trainable, unitAxis } = row;
  if (typeof name !== "string" || name === "" || typeof trainable !== "boolean") return undefined;
  if (!Array.isArray(shape) || !isCountOrMissing(unitAxis)) return undefined;
  const sizes: readonly unknown[] = shape;
  const known = sizes.filter(isCount);
  if (known.length !== sizes.length || (unitAxis !== undefined && unitAxis >= known.length)) return undefined;
  return { name, shape: known, trainable, unitAxis };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isCountOrMissing(value: unknown): value is number | undefined {
  return value === undefined || isCount(value);
}
