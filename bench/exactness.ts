/**
 * The exactness suite at length, on a backend that is here: random networks of all kinds under random policies, each
 * governed gradient against one backward pass for each example. Stops at the first that is off, and prints it small; or
 * after a time.
 *
 *     npx jiti bench/exactness.ts [wasm|cpu|node-gpu|webgpu] [cases] [tolerance] [seed] [seconds]
 */
import fc from "fast-check";
import { selectBackend, type BackendChoice } from "../src/runtime/backends/select.ts";
import { expectExact, trials } from "../test/gradients/exactness/case.ts";
import { expectMixedExact, mixedTrials } from "../test/gradients/exactness/mixed-case.ts";

/** Of the cases; the others also draw detaches, and plain tf code. */
const MIXED_SHARE = 0.6;
const FAMILIES = ["dense", "conv2d", "embedding"] as const;

interface Tally {
  cases: number;
  worst: number;
}

interface Request {
  readonly cases: number;
  readonly tolerance: number;
  readonly seed: number;
  readonly seconds: number;
}

async function main(choice: string, { cases, tolerance, seed, seconds }: Request): Promise<void> {
  const { description } = await selectBackend(choice as BackendChoice);
  console.log(`${description}; ${cases} cases, tolerance ${tolerance}, seed ${seed}`);
  const tallies = new Map<string, Tally>();
  let [held, checked, unchecked] = [0, 0, 0];
  const count = (kind: string, error: number): void => {
    const tally = tallies.get(kind) ?? { cases: 0, worst: 0 };
    tallies.set(kind, { cases: tally.cases + 1, worst: Math.max(tally.worst, error) });
  };
  const runs = (share: number): fc.Parameters<unknown> => ({
    ...{ seed, numRuns: Math.ceil(cases * share) },
    ...{ interruptAfterTimeLimit: seconds * share * 1000, markInterruptAsFailure: false },
  });
  const began = performance.now();
  for (const family of FAMILIES)
    fc.assert(
      fc.property(trials(family), (trial) => {
        count(`${family}, with detaches`, expectExact(trial, tolerance));
      }),
      runs((1 - MIXED_SHARE) / FAMILIES.length),
    );
  fc.assert(
    fc.property(mixedTrials, (trial) => {
      const result = expectMixedExact(trial, tolerance);
      held += result.held;
      checked += result.checked;
      unchecked += result.unchecked;
      count("mixed", result.error);
      for (const kind of new Set(trial.network.layers.map((layer) => layer.kind)))
        count(`  with ${kind}`, result.error);
    }),
    runs(MIXED_SHARE),
  );
  console.log("| networks | cases | greatest relative error |\n|---|---|---|");
  for (const [kind, tally] of [...tallies].toSorted(([left], [right]) => (left < right ? 1 : -1)))
    console.log(`| ${kind} | ${tally.cases} | ${tally.worst.toExponential(1)} |`);
  const took = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${held} numbers that were to stand still did, bit for bit; ${took} s`);
  console.log(
    `\`checkEvery\` compared the gradients of ${checked} steps by its own road and found nothing; of ${unchecked} it could not`,
  );
}

const [backend = "cpu", cases = "5000", tolerance = "1e-5", seed = "20260731", seconds = "86400"] =
  process.argv.slice(2);
await main(backend, {
  ...{ cases: Number(cases), tolerance: Number(tolerance) },
  ...{ seed: Number(seed), seconds: Number(seconds) },
});
