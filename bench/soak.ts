/**
 * Whether training with tracing on keeps its memory: trains `soak/experiment.ts` by way of `gov run` for as long as asked,
 * and looks at the memory of the process and at the number of tensors four times a minute, after a garbage collection.
 *
 *     npm run bench:soak -- [minutes] [wasm|cpu|node-gpu]
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as tf from "@tensorflow/tfjs";
import { runExperiment } from "../src/cli/commands/run.ts";
import { EXIT } from "../src/cli/exit-codes.ts";
import type { RunRequest } from "../src/cli/requests.ts";
import { processTerminal } from "../src/cli/terminal.ts";
import { slopeOf } from "./slope.ts";

const EXPERIMENT = fileURLToPath(new URL("soak/experiment.ts", import.meta.url));
/** Seconds between two looks, and the share of the time after which memory should no longer grow. */
const [INTERVAL, WARM_UP] = [15, 0.1];

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface Sample {
  /** Since the training began. */
  readonly hours: number;
  readonly tensors: number;
  /** Bytes by kind of memory. */
  readonly bytes: Readonly<Record<MemoryKind, number>>;
}

const MEMORY_KINDS = ["rss", "heapUsed", "external", "tensors"] as const;
type MemoryKind = (typeof MEMORY_KINDS)[number];

const WHAT: Readonly<Record<MemoryKind, string>> = {
  rss: "resident memory of the process",
  heapUsed: "JavaScript heap in use",
  external: "memory outside the heap",
  tensors: "held by tensors",
};

async function main(minutes: number, backend: RunRequest["backend"]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "strata-soak-"));
  const samples: Sample[] = [];
  const begun = performance.now();
  const look = (): void => {
    collectGarbage();
    const { rss, heapUsed, external } = process.memoryUsage();
    const { numTensors, numBytes } = tf.memory();
    const bytes = { rss, heapUsed, external, tensors: numBytes };
    samples.push({ hours: (performance.now() - begun) / 3_600_000, tensors: numTensors, bytes });
  };
  const timer = setInterval(look, INTERVAL * 1000);
  try {
    const code = await runExperiment(
      requestOf(backend),
      { ...processTerminal(), workingDirectory: folder },
      () => ({ signal: AbortSignal.timeout(minutes * 60_000), release: () => undefined }),
    );
    clearInterval(timer);
    if (code !== EXIT.interrupted)
      throw new Error(`the run was to be ended by the clock, and ended with ${code}`);
    tell(samples, minutes, sizeOf(folder));
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true });
  }
}

function requestOf(backend: RunRequest["backend"]): RunRequest {
  return {
    ...{ experiment: EXPERIMENT, backend, runs: "runs", quiet: true, format: "pretty", baseline: false },
    ...{ params: new Map(), resume: undefined, policy: undefined, override: undefined, seed: undefined },
    ...{ epochs: undefined, save: undefined, key: undefined, jsonl: undefined },
    tracking: { trackers: [], project: undefined, entity: undefined, name: undefined, logdir: undefined },
  };
}

/** Samples are taken between steps, where the loop gives way: no tensor of a step should be left. */
function tell(samples: readonly Sample[], minutes: number, record: number): void {
  const steady = samples.filter(({ hours }) => hours >= (minutes / 60) * WARM_UP);
  const counts = steady.map(({ tensors }) => tensors);
  const [first, last] = [counts[0] ?? 0, counts.at(-1) ?? 0];
  const warmUp = (minutes * WARM_UP).toFixed(1);
  console.log(`${minutes} minutes, ${steady.length} looks after the first ${warmUp} minutes`);
  console.log(
    `tensors: ${first} at the first look, ${last} at the last, ${Math.min(...counts)} to ${Math.max(...counts)} between`,
  );
  console.log(`record on the disk: ${megabytes(record)} MB`);
  console.log("\n| memory | first look | last look | lowest to highest | slope an hour (95 %) |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const kind of MEMORY_KINDS) {
    const values = steady.map(({ bytes }) => bytes[kind]);
    const { value, uncertainty } = slopeOf(
      steady.map(({ hours }) => hours),
      values,
    );
    const cells = [values[0] ?? 0, values.at(-1) ?? 0].map((bytes) => `${megabytes(bytes)} MB`);
    const range = `${megabytes(Math.min(...values))} to ${megabytes(Math.max(...values))} MB`;
    console.log(
      `| ${WHAT[kind]} | ${cells.join(" | ")} | ${range} | ${megabytes(value)} ± ${megabytes(uncertainty)} MB |`,
    );
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

await main(Number(process.argv[2] ?? 60), (process.argv[3] ?? "wasm") as RunRequest["backend"]);
