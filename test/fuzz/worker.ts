/** Examines mutants one after the other for `bench/fuzz.ts`, which may have to stop it. */
import { parentPort, workerData } from "node:worker_threads";
import { examine, fixesOf } from "./examine.ts";
import { mutantOf } from "./mutate.ts";
import { readSeeds } from "./seeds.ts";

export interface WorkerTask {
  readonly from: number;
  readonly until: number;
}

export type WorkerMessage =
  | { readonly kind: "began"; readonly index: number }
  | { readonly kind: "done"; readonly index: number; readonly milliseconds: number }
  | { readonly kind: "failed"; readonly index: number; readonly problem: string };

// `bench/fuzz.ts` gives nothing else.
const { from, until } = workerData as WorkerTask;
const seeds = readSeeds();
for (let index = from; index < until; index += 1) {
  const text = mutantOf(seeds.texts, index);
  say({ kind: "began", index });
  const began = process.cpuUsage();
  try {
    await examine(text, seeds, fixesOf(index));
  } catch (error) {
    say({
      kind: "failed",
      index,
      problem: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
  // Of the whole process, which does nothing else meanwhile.
  const { user, system } = process.cpuUsage(began);
  say({ kind: "done", index, milliseconds: (user + system) / 1000 });
}

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}
