/** The script of the page: trains on the backend that the address names, and leaves what came of it. */
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { selectBackend } from "../../src/index.ts";
import { train } from "./train.ts";

async function run(backend: string | null): Promise<unknown> {
  setWasmPaths("/");
  if (backend === "wasm") await selectBackend("auto");
  else await tf.setBackend(backend ?? "");
  return train();
}

/** The little of a browser that is used here; the tests have the types of Node. */
const { document, location } = globalThis as unknown as {
  readonly document: { title: string; readonly body: { textContent: string } };
  readonly location: { readonly search: string };
};

const result = await run(new URLSearchParams(location.search).get("backend")).catch((error: unknown) => ({
  error: String(error),
}));
document.body.textContent = JSON.stringify(result);
document.title = "done";
