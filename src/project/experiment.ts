/** Loads the file that `gov run` is given: TypeScript or JavaScript, ES module or CommonJS, from anywhere. */
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createJiti } from "jiti";
import { experimentProblem, type Experiment } from "../runtime/experiment.ts";
import { findFault, type Fault } from "./fault.ts";
import { describeMissing } from "./read.ts";

export type ExperimentLoading =
  | { readonly kind: "loaded"; readonly path: string; readonly experiment: Experiment }
  | { readonly kind: "failed"; readonly fault: Fault };

/**
 * The experiment that a file exports by default, or what is wrong with the file. Whatever it imports as
 * `strata-gov` or `@tensorflow/tfjs` is this package's own copy: two of tfjs would not know each other's tensors.
 */
export async function loadExperiment(path: string): Promise<ExperimentLoading> {
  const file = resolve(path);
  const missing = findMissing(file);
  if (missing !== undefined) return failed({ file, message: missing });
  let exported: unknown;
  try {
    exported = await importFile(file);
  } catch (error) {
    return failed(findFault(error, file, "it could not be loaded"));
  }
  const found = findDefault(exported);
  if (found === undefined) {
    const message = "it has no default export: write `export default defineExperiment({ … })`";
    return failed({ file, message });
  }
  const problem = experimentProblem(found.value);
  if (problem !== undefined) return failed({ file, message: problem });
  // `experimentProblem` has looked at its shape.
  return { kind: "loaded", path: file, experiment: found.value as Experiment };
}

function failed(fault: Fault): ExperimentLoading {
  return { kind: "failed", fault };
}

function findMissing(file: string): string | undefined {
  if (!existsSync(file)) {
    const { problem, help } = describeMissing(file);
    return help === undefined ? problem : `${problem}; ${help}`;
  }
  if (!statSync(file).isFile()) return "it is not a file; an experiment is one, for example experiment.ts";
  if (file.endsWith(".gov"))
    return "it is a policy; give the experiment that trains under it, for example experiment.ts";
  if (!/\.[cm]?[jt]sx?$/.test(file))
    return "it is neither TypeScript nor JavaScript; an experiment is, for example experiment.ts";
  return undefined;
}

async function importFile(file: string): Promise<unknown> {
  const jiti = createJiti(import.meta.url, {
    // A cache in the folder of temporary files would be one more thing that can be stale, shared or not writable.
    fsCache: false,
    interopDefault: false,
    virtualModules: await ownModules(),
  });
  return await jiti.import(file);
}

/** tfjs is one package on top of others; an experiment may import any of them. */
const TFJS_PACKAGES = [
  "@tensorflow/tfjs",
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-layers",
  "@tensorflow/tfjs-converter",
  "@tensorflow/tfjs-data",
  "@tensorflow/tfjs-backend-cpu",
] as const;

async function ownModules(): Promise<Record<string, unknown>> {
  const modules: Record<string, unknown> = { "strata-gov": await import("../index.ts") };
  const require = createRequire(createRequire(import.meta.url).resolve("@tensorflow/tfjs"));
  for (const name of TFJS_PACKAGES) modules[name] = require(name);
  return modules;
}

/** `export default`, or all of what a CommonJS file exports; undefined for an ES module without a default. */
function findDefault(exported: unknown): { readonly value: unknown } | undefined {
  if (typeof exported !== "object" || exported === null) return { value: exported };
  if ("default" in exported) return { value: exported.default };
  const isModule = "__esModule" in exported || Object.prototype.toString.call(exported) === "[object Module]";
  return isModule ? undefined : { value: exported };
}
