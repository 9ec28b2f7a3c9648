/** A trained model as the two files of tfjs's own format, which `tf.loadLayersModel` reads back. */
import * as tf from "@tensorflow/tfjs";
import { layersOf, variableOf } from "./network/layers-model.ts";
import type { PlainNetwork } from "./network/plain.ts";

export interface ModelFiles {
  /** `model.json`: what the weights are called and shaped; for a layers model its topology, too. */
  readonly model: string;
  /** `weights.bin`: the values one after the other in the manifest's order, little-endian. */
  readonly weights: Uint8Array;
}

export const WEIGHTS = "weights.bin";

/** Reads the weights as they are now. A plain network has no topology to keep, only weights by `layer/role`. */
export async function modelFiles(model: tf.LayersModel | PlainNetwork): Promise<ModelFiles> {
  return model instanceof tf.LayersModel ? await layersFiles(model) : await plainFiles(model);
}

/**
 * Puts saved weights into a model whose layers have the same names and shapes; the model's own are overwritten.
 * @throws RangeError when a weight is missing, left over or shaped otherwise; the model is then as it was.
 */
export function loadWeights(model: tf.LayersModel | PlainNetwork, files: ModelFiles): void {
  const targets = new Map(model instanceof tf.LayersModel ? layersWeights(model) : plainWeights(model));
  const saved = tf.io.decodeWeights(bufferOf(files.weights), readManifest(files.model));
  try {
    const problem = misfit(targets, saved);
    if (problem !== undefined) throw new RangeError(problem);
    for (const [name, target] of targets) target.assign(saved[name] as tf.Tensor);
  } finally {
    tf.dispose(saved);
  }
}

type NamedVariable = readonly [name: string, variable: tf.Variable];

/** Those that are not trained, too, as the moving averages of batch normalization. */
function layersWeights(model: tf.LayersModel): readonly NamedVariable[] {
  return layersOf(model).flatMap(({ weights }) =>
    weights.map((weight): NamedVariable => [weight.originalName, variableOf(weight)]),
  );
}

function plainWeights({ layers }: PlainNetwork): readonly NamedVariable[] {
  return layers.flatMap((layer) =>
    Object.entries(layer.variables).map(([role, variable]): NamedVariable => [
      `${layer.name}/${role}`,
      variable,
    ]),
  );
}

function misfit(targets: ReadonlyMap<string, tf.Variable>, saved: tf.NamedTensorMap): string | undefined {
  const surplus = Object.keys(saved).find((name) => !targets.has(name));
  if (surplus !== undefined)
    return `the model has no weight named ${surplus}; it has ${[...targets.keys()].join(", ")}`;
  for (const [name, target] of targets) {
    const shape = saved[name]?.shape;
    if (shape === undefined) return `the saved weights lack ${name}`;
    if (!tf.util.arraysEqual(shape, target.shape))
      return `${name} is [${target.shape.join(", ")}] in the model, and was saved as [${shape.join(", ")}]`;
  }
  return undefined;
}

function readManifest(text: string): tf.io.WeightsManifestEntry[] {
  // Whatever tfjs or `gov run --save` wrote: a list of groups of weights, one after the other in the file of weights.
  const { weightsManifest } = JSON.parse(text) as { readonly weightsManifest: tf.io.WeightsManifestConfig };
  return weightsManifest.flatMap(({ weights }) => weights);
}

/** The bytes alone: Node reads small files into a part of a larger buffer. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

async function layersFiles(model: tf.LayersModel): Promise<ModelFiles> {
  let kept: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      kept = artifacts;
      return Promise.resolve({ modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) });
    }),
  );
  if (kept?.weightSpecs === undefined || kept.weightData === undefined)
    throw new Error("tfjs saved a model without weights");
  const { modelTopology, generatedBy, weightSpecs, weightData } = kept;
  const about = { format: "layers-model", generatedBy, convertedBy: null, modelTopology };
  return {
    model: writeModel({ ...about, weightsManifest: manifestOf(weightSpecs) }),
    weights: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
  };
}

async function plainFiles(network: PlainNetwork): Promise<ModelFiles> {
  const variables = plainWeights(network).map(([name, tensor]) => ({ name, tensor }));
  const { data, specs } = await tf.io.encodeWeights(variables);
  return {
    model: writeModel({ format: "plain-network", weightsManifest: manifestOf(specs) }),
    weights: new Uint8Array(data),
  };
}

function manifestOf(weights: readonly tf.io.WeightsManifestEntry[]): object {
  return [{ paths: [WEIGHTS], weights }];
}

function writeModel(model: object): string {
  return `${JSON.stringify(model)}\n`;
}
