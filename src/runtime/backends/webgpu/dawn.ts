/** Dawn, the WebGPU of Chromium, in Node: npm's `webgpu`, made the program's `navigator.gpu`. */
import type { PackageImport } from "../start.ts";
import { createTicks, type Ticks } from "./ticks.ts";

interface DawnPackage {
  readonly create: (options: readonly string[]) => object;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** All methods of WebGPU that give a promise, by the interface that has them. */
const PROMISING: Readonly<Record<string, readonly string[]>> = {
  GPU: ["requestAdapter"],
  GPUAdapter: ["requestDevice"],
  GPUDevice: ["createComputePipelineAsync", "createRenderPipelineAsync", "popErrorScope"],
  GPUBuffer: ["mapAsync"],
  GPUQueue: ["onSubmittedWorkDone"],
  GPUShaderModule: ["getCompilationInfo"],
};

let started: Ticks | undefined;

/**
 * Makes Dawn the WebGPU of this process, once.
 *
 * @returns How to wait for it synchronously.
 * @throws Whatever loading the package throws.
 */
export async function startDawn(importPackage: PackageImport): Promise<Ticks> {
  if (started !== undefined) return started;
  const { create, globals } = (await importPackage("webgpu")) as DawnPackage;
  const ticks = createTicks();
  for (const [name, methods] of Object.entries(PROMISING)) catchTicksOf(globals[name], methods, ticks);
  // `GPUBufferUsage` and the like, which tfjs expects where a browser has them.
  Object.assign(globalThis, globals);
  const gpu = ticks.catching(() => create([]));
  const { navigator } = globalThis as { readonly navigator?: object };
  // Node 20 has no navigator, and that of later versions cannot be assigned to.
  if (navigator === undefined) Object.defineProperty(globalThis, "navigator", { value: { gpu } });
  else Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  started = ticks;
  return ticks;
}

function catchTicksOf(constructor: unknown, methods: readonly string[], ticks: Ticks): void {
  if (typeof constructor !== "function") throw new Error("the package webgpu lacks an interface of WebGPU");
  const prototype = constructor.prototype as Record<string, unknown>;
  for (const method of methods) {
    const own = prototype[method];
    if (typeof own !== "function") continue;
    prototype[method] = function (this: unknown, ...values: unknown[]): unknown {
      return ticks.catching(() => Reflect.apply(own, this, values) as unknown);
    };
  }
}
