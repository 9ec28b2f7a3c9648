import * as tf from "@tensorflow/tfjs";
import { getThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { type Failed, setWorkingBackend, type Started } from "../start.ts";
import { registerWasmKernels } from "./register.ts";

/** Starts the embedded backend with our kernels; in Node it finds its binary in its own package. */
export async function startWasm(): Promise<Started | Failed> {
  registerWasmKernels();
  const problem = await setWorkingBackend("wasm");
  if (problem !== undefined) return { kind: "failed", problem };
  const simd = (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) === true ? "SIMD" : "no SIMD";
  const threads = getThreadsCount();
  return { kind: "started", facts: `embedded, ${simd}, ${threads} thread${threads === 1 ? "" : "s"}` };
}
