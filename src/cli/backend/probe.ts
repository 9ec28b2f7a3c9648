/** Backends tried out in processes of their own: a native add-on that does not fit may take its process with it. */
import { fileURLToPath } from "node:url";
import { packageFile } from "../../project/package.ts";
import { forkModule } from "../fork.ts";
import type { BackendName, ProbeMessage } from "./probe-messages.ts";

/** What came of starting a backend and multiplying two matrices on it. Never rejects. */
export async function probeBackend(backend: BackendName): Promise<ProbeMessage> {
  const child = forkModule(PROBE_PROCESS, [backend], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return await new Promise((resolve) => {
    child.on("message", (message) => resolve(message as ProbeMessage));
    child.on("error", (error) => resolve({ kind: "failed", problem: error.message }));
    child.on("close", (code, signal) =>
      resolve({
        kind: "failed",
        problem:
          signal === null
            ? `its process left with exit code ${code ?? 0}`
            : `its process was ended by ${signal}`,
      }),
    );
  });
}

/** The command is bundled, and what loads TensorFlow is not: so it is found from the package's folder. */
const PROBE_PROCESS = import.meta.url.endsWith(".ts")
  ? fileURLToPath(new URL("./probe-process.ts", import.meta.url))
  : packageFile("dist/src/cli/backend/probe-process.js");
