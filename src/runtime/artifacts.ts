/** A trained model as the two files of tfjs's own format, which `tf.loadLayersModel` reads back. */
import * as tf from "@tensorflow/tfjs";
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
  const variables = network.layers.flatMap((layer) =>
    Object.entries(layer.variables).map(([role, tensor]) => ({ name: `${layer.name}/${role}`, tensor })),
  );
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
