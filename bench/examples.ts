/**
 * The examples over several seeds, each under its policy and without it: the figures that their READMEs publish.
 * `jiti bench/examples.ts 02 05 --seeds 1,2,3` runs two of them; all of them, with five seeds, when left out.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { compile } from "../src/compile.ts";
import type { Ir } from "../src/ir/ir.ts";
import { loadPolicy } from "../src/project/load.ts";
import { selectBackend } from "../src/runtime/backends/select.ts";
import type { Evaluation } from "../src/runtime/evaluation.ts";
import type { Experiment } from "../src/runtime/experiment.ts";
import { prepareRun, prepareTwin, type PreparedRun } from "../src/runtime/run.ts";

const FOLDER = fileURLToPath(new URL("../examples", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string", default: "1,2,3,4,5" } },
});
const seeds = values.seeds.split(",").map(Number);
const { description } = await selectBackend("wasm");
console.log(`${description}; seeds ${seeds.join(", ")}`);
for (const name of chooseExamples(positionals)) await measure(name);

/** Folders of examples that are measured, by the beginnings of their names. */
function chooseExamples(wanted: readonly string[]): readonly string[] {
  const measured = readdirSync(FOLDER).filter((name) => /^\d\d-/.test(name) && !name.startsWith("00-"));
  const chosen = measured.filter(
    (name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)),
  );
  if (chosen.length === 0)
    throw new Error(`there is no example ${wanted.join(", ")}: ${measured.join(", ")}`);
  return chosen.toSorted();
}

async function measure(name: string): Promise<void> {
  const folder = join(FOLDER, name);
  // Whatever the example exports, `gov run` would have to make do with it as well.
  const loaded = (await import(pathToFileURL(join(folder, "experiment.ts")).href)) as {
    readonly default: Experiment;
  };
  const experiment = loaded.default;
  const ir = readPolicy(join(folder, experiment.policy));
  const governed: Evaluation[] = [];
  const ungoverned: Evaluation[] = [];
  console.log(`\n${name}: ${experiment.epochs} epochs, batch ${experiment.batchSize ?? 32}`);
  for (const seed of seeds) {
    const start = performance.now();
    governed.push(await train(await prepareRun(experiment, ir, { seed })));
    const middle = performance.now();
    ungoverned.push(await train(await prepareTwin(experiment, ir, { seed })));
    const spent = [middle - start, performance.now() - middle].map((span) => `${(span / 1000).toFixed(0)} s`);
    console.log(`seed ${seed}: governed ${spent[0] ?? ""}, ungoverned ${spent[1] ?? ""}`);
  }
  console.log(
    "\n| mean ± standard deviation (lowest to highest) | governed | ungoverned |\n| --- | --- | --- |",
  );
  for (const { name: figure } of governed[0]?.figures ?? [])
    console.log(`| ${figure} | ${spread(governed, figure)} | ${spread(ungoverned, figure)} |`);
}

function readPolicy(path: string): Ir {
  const loaded = loadPolicy(path, FOLDER);
  if (loaded.kind === "problem") throw new Error(loaded.problem);
  const { ir, diagnostics } = compile(loaded);
  if (ir === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return ir;
}

async function train(run: PreparedRun): Promise<Evaluation> {
  const { outcome } = await run.train({});
  if (outcome !== "finished") throw new Error(`the run with seed ${run.seed} was ${outcome}`);
  const evaluation = await run.evaluate();
  if (evaluation === undefined) throw new Error("the experiment has no evaluation");
  run.dispose();
  return evaluation;
}

function spread(evaluations: readonly Evaluation[], name: string): string {
  const figures = evaluations.flatMap((own) => own.figures.filter((figure) => figure.name === name));
  const all = figures.map(({ value }) => value);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, all.length - 1);
  const [lowest, highest] = [Math.min(...all), Math.max(...all)];
  return `${mean.toFixed(4)} ± ${Math.sqrt(variance).toFixed(4)} (${lowest.toFixed(4)} to ${highest.toFixed(4)})`;
}
