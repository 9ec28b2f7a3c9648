/** The WebGPU backend: any modern GPU, through the browser's WebGPU or, in Node, through Dawn. */
import * as tf from "@tensorflow/tfjs";
import {
  type Failed,
  isAbsent,
  oneLine,
  type PackageImport,
  setWorkingBackend,
  type Started,
} from "../start.ts";
import { startDawn } from "./dawn.ts";
import { registerSelect } from "./select.ts";
import { giveSyncReads, type ReadingBackend } from "./read-sync.ts";

export const WEBGPU_PACKAGES = ["webgpu", "@tensorflow/tfjs-backend-webgpu"] as const;
const BACKEND_NAME = "webgpu";

export type WebgpuStart =
  | Started
  | { readonly kind: "absent"; readonly packageName: string }
  | (Failed & { readonly isWithoutGpu: boolean });

interface Gpu {
  readonly requestAdapter: () => Promise<{ readonly info?: AdapterInfo } | null>;
}
type AdapterInfo = Readonly<Partial<Record<"vendor" | "architecture" | "device" | "description", string>>>;

/** Starts tfjs's own WebGPU backend, whose package and, in Node, Dawn's are optional. Never throws. */
export async function startWebgpu(importPackage: PackageImport): Promise<WebgpuStart> {
  const [dawn, backend] = WEBGPU_PACKAGES;
  try {
    // A browser has WebGPU, or has not, and reads synchronously through a canvas.
    const ticks = tf.env().getBool("IS_NODE") ? await startDawn(importPackage) : undefined;
    const adapter = await browserGpu()?.requestAdapter();
    if (!adapter) return { kind: "failed", problem: "no GPU is found", isWithoutGpu: true };
    // It registers its backend only where there is a `navigator.gpu` by then.
    await importPackage(backend);
    registerSelect();
    const problem = await setWorkingBackend(BACKEND_NAME, () => {
      if (ticks !== undefined) giveSyncReads(tf.backend() as unknown as ReadingBackend, ticks);
    });
    return problem === undefined
      ? { kind: "started", facts: `WebGPU, ${tellAdapter(adapter.info ?? {})}` }
      : { kind: "failed", problem, isWithoutGpu: false };
  } catch (error) {
    const missing = [dawn, backend].find((name) => isAbsent(error, name));
    if (missing !== undefined) return { kind: "absent", packageName: missing };
    return { kind: "failed", problem: oneLine(error), isWithoutGpu: false };
  }
}

function browserGpu(): Gpu | undefined {
  return (globalThis as { readonly navigator?: { readonly gpu?: Gpu } }).navigator?.gpu;
}

/** What the driver calls the GPU; browsers keep some of it to themselves. */
function tellAdapter({ vendor, architecture, device, description }: AdapterInfo): string {
  const names = description ? [description] : [vendor, architecture, device];
  return names.filter((name) => name !== undefined && name !== "").join(" ") || "a GPU that gives no name";
}
