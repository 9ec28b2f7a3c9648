/** `gov model`: writes the shape of an experiment's network as a file that `model "…"` in a policy reads. */
import { resolve } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { EvidenceError } from "../../evidence/error.ts";
import { writeWholeFile } from "../../evidence/whole-file.ts";
import { writeNetworkFile } from "../../model/network-file.ts";
import { readNetwork } from "../../model/read.ts";
import { loadExperiment } from "../../project/experiment.ts";
import { findFault } from "../../project/fault.ts";
import { showPath } from "../../project/root.ts";
import { sayMany } from "../../lower/words.ts";
import { selectBackend } from "../../runtime/backends/select.ts";
import { DEFAULT_SEED, type Experiment } from "../../runtime/experiment.ts";
import { describeLayersModel } from "../../runtime/network/layers-model.ts";
import { governPlainNetwork } from "../../runtime/network/plain.ts";
import { EXIT } from "../exit-codes.ts";
import type { ModelRequest } from "../requests.ts";
import { showObstacle } from "../run/obstacle.ts";
import type { Obstacle } from "../run/prepare.ts";
import type { Terminal } from "../terminal.ts";

/** Builds the model once, on the cpu, and frees nothing: the process is about to end. */
export async function writeModel(request: ModelRequest, terminal: Terminal): Promise<number> {
  const { workingDirectory } = terminal;
  const stop = (obstacle: Obstacle): number => {
    terminal.err(showObstacle(obstacle, terminal));
    return EXIT.failed;
  };
  const loading = await loadExperiment(resolve(workingDirectory, request.experiment));
  if (loading.kind === "failed") return stop({ kind: "fault", fault: loading.fault });
  await selectBackend("cpu");
  let text: string;
  try {
    text = await describeModel(loading.experiment);
  } catch (error) {
    const fault = findFault(error, loading.path, "its model could not be built");
    return stop({ kind: "fault", fault });
  }
  const output = resolve(workingDirectory, request.output);
  try {
    writeWholeFile(output, text);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return stop({ kind: "problem", problem: error.message });
  }
  // What was written is what policies will be checked against: it is read the way they read it.
  const { network, problem } = readNetwork(text, request.output);
  if (network === undefined)
    throw new Error(`the file just written cannot be read: ${problem ?? "no layers"}`);
  terminal.out(`${showPath(output, workingDirectory)}: ${sayMany(network.layers.length, "layer")}\n`);
  return EXIT.clean;
}

async function describeModel(experiment: Experiment): Promise<string> {
  const { seed = DEFAULT_SEED, epochs } = experiment;
  const model = await experiment.model({ tf, seed, epochs });
  if (!(model instanceof tf.LayersModel)) return writeNetworkFile(governPlainNetwork(model).network);
  return `${JSON.stringify(JSON.parse(describeLayersModel(model)), null, 2)}\n`;
}
