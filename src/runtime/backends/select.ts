/**
 * The backend that a run computes on: the embedded wasm one, the native one where its optional package is installed,
 * WebGPU where it is asked for, or the cpu reference. What was chosen, and why, is one line that a run says first.
 */
import * as tf from "@tensorflow/tfjs";
import { startNative } from "./native.ts";
import type { PackageImport } from "./start.ts";
import { quietly, withoutListenersLeft } from "./quiet.ts";
import { registerTileGradient } from "./tile-gradient.ts";
import { startWasm } from "./wasm/start.ts";
import { startWebgpu, WEBGPU_PACKAGES } from "./webgpu/start.ts";

export type BackendChoice = "auto" | "wasm" | "cpu" | "node-gpu" | "webgpu";

export interface SelectedBackend {
  readonly name: Exclude<BackendChoice, "auto">;
  /** One line: what it is, on which tfjs, and with `auto` why an installed native one was not taken. */
  readonly description: string;
}

/** A backend was asked for that cannot be had here. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly choice: BackendChoice;
  /** What to do about it, for the user. */
  readonly remedy: string;

  constructor(choice: BackendChoice, problem: string, remedy: string) {
    super(`the ${choice} backend cannot be used: ${problem}`);
    this.choice = choice;
    this.remedy = remedy;
  }
}

/**
 * Makes tfjs compute on the backend chosen, ready for use. `auto` takes the native one where it is installed and
 * loads, else wasm.
 *
 * @param importPackage How the optional native package is loaded.
 * @throws BackendError when the choice cannot be met; `auto` fails only where wasm does.
 */
export async function selectBackend(
  choice: BackendChoice,
  importPackage: PackageImport = (name) => import(name),
): Promise<SelectedBackend> {
  registerTileGradient();
  return await quietly(() => CHOICES[choice](importPackage));
}

type Selection = (importPackage: PackageImport) => Promise<SelectedBackend>;

const CHOICES: Readonly<Record<BackendChoice, Selection>> = {
  auto: async (importPackage) => {
    const native = await startNative(importPackage);
    if (native.kind === "started") return describe("node-gpu", native.facts);
    const wasm = await selectWasm("auto");
    if (native.kind === "absent") return wasm;
    const reason = `${native.packageName} is installed but does not load (${native.problem})`;
    return { ...wasm, description: `${wasm.description} · ${reason}; \`gov backend\` says what to do` };
  },
  wasm: () => selectWasm("wasm"),
  cpu: async () => {
    await tf.setBackend("cpu");
    // The first tensor makes tfjs print its banner; here it is drawn while nobody listens.
    tf.scalar(0).dispose();
    return describe("cpu", "reference, 1 thread, slow");
  },
  "node-gpu": async (importPackage) => {
    const native = await startNative(importPackage);
    if (native.kind === "started") return describe("node-gpu", native.facts);
    if (native.kind === "absent") {
      const remedy = `npm install --ignore-scripts ${native.packageName}@${tf.version_core} && npx gov backend build makes it work; or choose --backend wasm`;
      throw new BackendError("node-gpu", `${native.packageName} is not installed`, remedy);
    }
    const remedy = "`gov backend build` compiles it for this machine; or choose --backend wasm";
    throw new BackendError("node-gpu", `${native.packageName} does not load: ${native.problem}`, remedy);
  },
  webgpu: async (importPackage) => {
    const webgpu = await startWebgpu(importPackage);
    if (webgpu.kind === "started") return describe("webgpu", webgpu.facts);
    if (webgpu.kind === "absent") {
      const remedy = `npm install ${WEBGPU_PACKAGES[0]} ${WEBGPU_PACKAGES[1]}@${tf.version_core}; or choose --backend wasm`;
      throw new BackendError("webgpu", `${webgpu.packageName} is not installed`, remedy);
    }
    const remedy = webgpu.isWithoutGpu
      ? "install the GPU's Vulkan driver and the Vulkan loader (Debian: libvulkan1); or choose --backend wasm"
      : "`gov backend` says what is there; or choose --backend wasm";
    throw new BackendError("webgpu", webgpu.problem, remedy);
  },
};

async function selectWasm(choice: "auto" | "wasm"): Promise<SelectedBackend> {
  const wasm = await withoutListenersLeft(startWasm);
  if (wasm.kind === "started") return describe("wasm", wasm.facts);
  const remedy = "reinstall @tensorflow/tfjs-backend-wasm, or choose --backend cpu";
  throw new BackendError(choice, wasm.problem, remedy);
}

function describe(name: SelectedBackend["name"], facts: string): SelectedBackend {
  return { name, description: `${name} (${facts}) · tfjs ${tf.version_core}` };
}
