/**
 * `npm run fuzz`: 200,000 damaged policies (times `STRATA_RUNS`) through the compiler, the formatter, the fixes and the
 * tests of policies. A mutant that crashes, takes longer than the budget or more memory than the limit is told by its
 * number, with exit code 1; `npm run fuzz -- 4711` shows that one and looks at it again, `npm run fuzz -- 0..9999` takes
 * a stretch of them.
 */
import { Worker } from "node:worker_threads";
import { examine, fixesOf } from "../test/fuzz/examine.ts";
import { mutantOf } from "../test/fuzz/mutate.ts";
import { readSeeds } from "../test/fuzz/seeds.ts";
import type { WorkerMessage, WorkerTask } from "../test/fuzz/worker.ts";
import { runs } from "../test/generators/runs.ts";

const [from = 0, last = runs(200_000) - 1] = process.argv[2]?.split("..").map(Number) ?? [];
const MUTANTS = last + 1 - from;
/** For one mutant: no finer measure tells what is slow on a slow machine from what goes on for ever. */
const BUDGET_IN_SECONDS = 10;
const MEMORY_LIMIT_IN_MEBIBYTES = 512;

interface Finding {
  readonly index: number;
  readonly problem: string;
}

interface Tally {
  readonly findings: Finding[];
  readonly milliseconds: Float64Array;
}

if (process.argv[2]?.includes("..") === false) await lookAt(from);
else await fuzz();

async function fuzz(): Promise<void> {
  const began = performance.now();
  const tally: Tally = { findings: [], milliseconds: new Float64Array(MUTANTS) };
  for (let next = from; next <= last;) next = await workFrom(next, tally);
  const seconds = (performance.now() - began) / 1000;
  const sorted = tally.milliseconds.toSorted();
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
  const slowest = from + tally.milliseconds.indexOf(sorted.at(-1) ?? 0);
  console.log(
    `${MUTANTS.toLocaleString("en")} mutants in ${seconds.toFixed(0)} s (${(MUTANTS / seconds).toFixed(0)} per second), ` +
      `${tally.findings.length} findings; milliseconds of the processor for one: median ${at(0.5)}, 99.9% ${at(0.999)}, most ${at(1)} (mutant ${slowest})`,
  );
  process.exitCode = tally.findings.length > 0 ? 1 : 0;
}

/** Has a worker take mutants until it is done, or one of them brings it down; returns where to go on. */
async function workFrom(start: number, { findings, milliseconds }: Tally): Promise<number> {
  const task: WorkerTask = { from: start, until: last + 1 };
  const worker = new Worker(new URL("../test/fuzz/worker.ts", import.meta.url), {
    execArgv: ["--import", "jiti/register"],
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_IN_MEBIBYTES },
  });
  let current = start;
  return await new Promise<number>((resolve) => {
    const tell = (finding: Finding): void => {
      findings.push(finding);
      console.log(`mutant ${finding.index}: ${finding.problem}`);
    };
    const giveUp = (problem: string): void => {
      tell({ index: current, problem });
      clearInterval(watchdog);
      void worker.terminate().then(() => resolve(current + 1));
    };
    // Of the processor's time, so that a busy machine is not taken for a slow policy.
    let began = process.cpuUsage();
    const watchdog = setInterval(() => {
      const { user, system } = process.cpuUsage(began);
      if (user + system > BUDGET_IN_SECONDS * 1e6) giveUp(`takes more than ${BUDGET_IN_SECONDS} s`);
    }, 1000);
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "began") {
        current = message.index;
        began = process.cpuUsage();
      } else if (message.kind === "failed") tell({ index: message.index, problem: message.problem });
      else {
        milliseconds[message.index - from] = message.milliseconds;
        if (message.index % 10_000 === 9_999)
          console.log(`${message.index + 1} mutants, ${findings.length} findings`);
        if (message.index === last) {
          clearInterval(watchdog);
          void worker.terminate().then(() => resolve(last + 1));
        }
      }
    });
    worker.on("error", (error) => giveUp(error.message));
  });
}

async function lookAt(index: number): Promise<void> {
  const seeds = readSeeds();
  const text = mutantOf(seeds.texts, index);
  console.log(text);
  const began = performance.now();
  await examine(text, seeds, fixesOf(index));
  console.log(`— nothing is wrong with it; ${(performance.now() - began).toFixed(1)} ms`);
}
