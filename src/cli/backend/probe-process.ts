/** Started by `probe.ts` with the name of a backend; says what came of it in one message. */
import * as tf from "@tensorflow/tfjs";
import { BackendError, selectBackend } from "../../runtime/backends/select.ts";
import type { BackendName, ProbeMessage } from "./probe-messages.ts";

process.on("disconnect", () => process.exit());
const message = await probe(process.argv[2] as BackendName);
process.send?.(message, () => process.disconnect());

async function probe(name: BackendName): Promise<ProbeMessage> {
  try {
    const { description } = await selectBackend(name);
    const product = await tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).data();
    return product.every((value) => value === 3)
      ? { kind: "works", description }
      : { kind: "failed", problem: `it multiplies wrongly: ${product.join(", ")}` };
  } catch (error) {
    if (error instanceof BackendError)
      return { kind: "failed", problem: error.message, remedy: error.remedy };
    return { kind: "failed", problem: error instanceof Error ? error.message : String(error) };
  }
}
