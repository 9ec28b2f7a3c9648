/** The native backend: libtensorflow through tfjs's optional Node packages, on CUDA or on the CPU. */
import * as tf from "@tensorflow/tfjs";
import {
  type Failed,
  isAbsent,
  oneLine,
  type PackageImport,
  setWorkingBackend,
  type Started,
} from "./start.ts";

/** In order of preference; both register the same backend, under tfjs's name for it. */
const PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"] as const;
const BACKEND_NAME = "tensorflow";

export type NativeStart =
  | Started
  | { readonly kind: "absent"; readonly packageName: string }
  | (Failed & { readonly packageName: string });

/**
 * Starts the first of the native packages that is installed and works. Never throws: a native add-on breaks in many
 * ways (wrong Node, no CUDA, download cut short), and each is a reason to go on without it.
 */
export async function startNative(importPackage: PackageImport): Promise<NativeStart> {
  const absent: NativeStart = { kind: "absent", packageName: PACKAGES[0] };
  if (!tf.env().getBool("IS_NODE")) return absent;
  const failures: NativeStart[] = [];
  for (const packageName of PACKAGES) {
    const problem = await tryPackage(packageName, importPackage);
    if (problem === undefined) return { kind: "started", facts: nativeFacts() };
    if (problem !== "absent") failures.push({ kind: "failed", packageName, problem: problem.problem });
  }
  return failures[0] ?? absent;
}

async function tryPackage(
  packageName: string,
  importPackage: PackageImport,
): Promise<{ readonly problem: string } | "absent" | undefined> {
  try {
    silence();
    await giveOldUtilities(importPackage);
    await importPackage(packageName);
  } catch (error) {
    return isAbsent(error, packageName) ? "absent" : { problem: oneLine(error) };
  }
  const problem = await setWorkingBackend(BACKEND_NAME);
  if (problem === undefined) return undefined;
  if (tf.findBackendFactory(BACKEND_NAME) !== null) tf.removeBackend(BACKEND_NAME);
  return { problem };
}

/** TensorFlow greets everybody on standard error, unless it is told otherwise before it is loaded. */
function silence(): void {
  if (typeof process !== "undefined") process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
}

/** The native packages call a function that Node 23 has taken away. */
async function giveOldUtilities(importPackage: PackageImport): Promise<void> {
  const { default: utilities } = (await importPackage("node:util").catch(() => ({}))) as {
    readonly default?: object;
  };
  if (utilities === undefined || "isNullOrUndefined" in utilities) return;
  Object.defineProperty(utilities, "isNullOrUndefined", {
    value: (value: unknown): boolean => value === null || value === undefined,
  });
}

function nativeFacts(): string {
  const backend: object = tf.backend();
  const usesGpu = "isUsingGpuDevice" in backend && backend.isUsingGpuDevice === true;
  return `native, ${usesGpu ? "GPU" : "CPU"}`;
}
