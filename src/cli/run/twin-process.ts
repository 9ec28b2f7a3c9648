/**
 * The process that trains the ungoverned twin: forked by `twin.ts`, told what to do in one message, and gone when
 * its parent is. It writes nothing of its own to the terminal.
 */
import { findFault } from "../../project/fault.ts";
import { loadExperiment } from "../../project/experiment.ts";
import { loadMetadata } from "../../project/metadata.ts";
import { selectBackend } from "../../runtime/backends/select.ts";
import { prepareTwin } from "../../runtime/run.ts";
import type { TwinMessage, TwinRequest } from "./twin-messages.ts";

// Ctrl-C reaches every process of the terminal; the parent decides what becomes of this one.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
// INVARIANT: the twin does not outlive its parent, however that one ended.
process.on("disconnect", () => process.exit());
process.once("message", (request) => void trainTwin(request as TwinRequest));

/** Milliseconds between two messages about progress. */
const INTERVAL = 500;

async function trainTwin(request: TwinRequest): Promise<void> {
  send(await train(request));
  process.disconnect();
}

async function train({ experiment: path, ir, seed, epochs, backend }: TwinRequest): Promise<TwinMessage> {
  try {
    const loading = await loadExperiment(path);
    if (loading.kind === "failed") return { kind: "failed", problem: loading.fault.message };
    await selectBackend(backend);
    const metadata = await loadMetadata(loading.experiment, path, ir.policy.example);
    const settings = { seed, epochs, ...(metadata === undefined ? {} : { metadata }) };
    const twin = await prepareTwin(loading.experiment, ir, settings);
    let told = performance.now();
    const { steps } = await twin.train({
      callbacks: {
        onBatchEnd: ({ clock }) => {
          if (performance.now() - told < INTERVAL) return;
          told = performance.now();
          send({ kind: "progress", epoch: clock.epoch, steps: clock.step + 1 });
        },
      },
    });
    return { kind: "finished", evaluation: await twin.evaluate(), steps };
  } catch (error) {
    const { message, line } = findFault(error, path, "it failed without saying why");
    return { kind: "failed", problem: line === undefined ? message : `${message} (line ${line})` };
  }
}

function send(message: TwinMessage): void {
  // Without a channel there is nobody to tell, and `disconnect` is on its way.
  if (process.connected) process.send?.(message);
}
