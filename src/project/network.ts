import { resolve } from "node:path";
import type { NetworkShape } from "../model/network.ts";
import { readNetwork } from "../model/read.ts";
import type { LoadProblem } from "./load.ts";
import { readText } from "./read.ts";

/** The network in a model file that stands on the command line; messages call it by the path given. */
export function loadNetwork(
  path: string,
  workingDirectory: string,
): { readonly kind: "loaded"; readonly network: NetworkShape } | LoadProblem {
  const full = resolve(workingDirectory, path);
  const read = readText(full);
  if (read.kind !== "text") return { ...read, kind: "problem", path: full };
  const { network, problem } = readNetwork(read.text, path);
  if (network !== undefined) return { kind: "loaded", network };
  return {
    ...{ kind: "problem", path: full, problem: `it cannot be read as a model: ${problem ?? "no layers"}` },
    help: "a model is a tfjs or Keras model.json, or what `gov model EXPERIMENT -o model.json` writes",
  };
}
