/** The ungoverned twin, trained beside the governed run in a process of its own. */
import { fileURLToPath } from "node:url";
import type { Evaluation } from "../../runtime/evaluation.ts";
import { forkModule } from "../fork.ts";
import type { TwinMessage, TwinRequest } from "./twin-messages.ts";

export type TwinOutcome =
  | { readonly kind: "finished"; readonly evaluation: Evaluation | undefined; readonly steps: number }
  | { readonly kind: "failed"; readonly problem: string };

export interface Twin {
  /** Never rejects. */
  readonly outcome: Promise<TwinOutcome>;
  readonly stop: () => void;
}

export interface TwinPosition {
  readonly epoch: number;
  readonly steps: number;
}

export function startTwin(request: TwinRequest, onProgress: (position: TwinPosition) => void): Twin {
  const child = forkModule(fileURLToPath(TWIN_PROCESS), [], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // JSON would make null of figures that are not finite.
    serialization: "advanced",
  });
  const outcome = new Promise<TwinOutcome>((resolve) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said = `${said}${chunk.toString("utf8")}`.slice(-SAID_KEPT);
    });
    child.on("message", (received) => {
      const message = received as TwinMessage;
      if (message.kind === "progress") onProgress(message);
      else resolve(message);
    });
    child.on("error", (error) => resolve({ kind: "failed", problem: error.message }));
    // Closed, not merely gone: by then all it said has arrived, its last message included.
    child.on("close", (code, signal) => {
      const how = signal === null ? `left with exit code ${code ?? 0}` : `was ended by ${signal}`;
      const last = said.trim().split("\n").at(-1) ?? "";
      resolve({ kind: "failed", problem: `its process ${how}${last === "" ? "" : `: ${last}`}` });
    });
  });
  child.send(request);
  return { outcome, stop: () => void child.kill("SIGKILL") };
}

const SAID_KEPT = 4000;

/** Beside this file, with its ending: `.ts` when run from the sources, `.js` when built. */
const TWIN_PROCESS = new URL(
  import.meta.url.endsWith(".ts") ? "./twin-process.ts" : "./twin-process.js",
  import.meta.url,
);
