/**
 * Example 1 over several seeds, each under its policy and without it: the figures that
 * `examples/01-mnist-split/README.md` publishes. Seeds can be given as arguments (`1 2 3 4 5` when left out).
 */
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import experiment from "../examples/01-mnist-split/experiment.ts";
import { compile } from "../src/compile.ts";
import type { Ir } from "../src/ir/ir.ts";
import { selectBackend } from "../src/runtime/backends/select.ts";
import { batchesOf } from "../src/runtime/data.ts";
import type { Evaluation } from "../src/runtime/evaluation.ts";
import type { ExperimentContext, ExperimentData } from "../src/runtime/experiment.ts";
import { adaptModel, govern } from "../src/runtime/governor.ts";

interface Training {
  readonly evaluation: Evaluation;
  readonly seconds: number;
}

const BATCH_SIZE = experiment.batchSize ?? 32;

await main(process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 2, 3, 4, 5]);

async function main(seeds: readonly number[]): Promise<void> {
  const backend = await selectBackend("wasm");
  console.log(
    `${backend.description}; ${experiment.epochs} epochs, batch ${BATCH_SIZE}, seeds ${seeds.join(", ")}`,
  );
  const ir = readPolicy();
  const governed: Training[] = [];
  const ungoverned: Training[] = [];
  for (const seed of seeds) {
    governed.push(await train(seed, (data, run) => fitGoverned(data, run, ir)));
    ungoverned.push(await train(seed, fitUngoverned));
    console.log(`seed ${seed}: governed ${seconds(governed)}, ungoverned ${seconds(ungoverned)}`);
  }
  const names = governed[0]?.evaluation.figures.map((figure) => figure.name) ?? [];
  console.log(`| mean ± standard deviation (lowest to highest) | governed | ungoverned |\n|---|---|---|`);
  for (const name of names) {
    console.log(
      `| ${name} | ${spread(figuresOf(governed, name))} | ${spread(figuresOf(ungoverned, name))} |`,
    );
  }
}

type Model = Awaited<ReturnType<typeof experiment.model>>;
type Fit = (data: ExperimentData, run: Run) => Promise<void>;

interface Run {
  readonly model: Model;
  readonly context: ExperimentContext;
}

async function train(seed: number, fit: Fit): Promise<Training> {
  const context = { tf, seed };
  const model = await experiment.model(context);
  const data = await experiment.data(context);
  const start = performance.now();
  await fit(data, { model, context });
  const elapsed = (performance.now() - start) / 1000;
  const evaluation = await experiment.evaluate?.(model, context);
  if (evaluation === undefined) throw new Error("the experiment has no evaluation");
  tf.dispose([
    data.inputs,
    ...model.layers.flatMap((layer) => Object.values(layer.variables)),
  ] as tf.TensorContainer);
  return { evaluation, seconds: elapsed };
}

async function fitGoverned(data: ExperimentData, run: Run, ir: Ir): Promise<void> {
  const optimizer = experiment.optimizer(run.context);
  const governor = govern(run.model, ir, { optimizer });
  const { seed } = run.context;
  const { outcome } = await governor.fit(data, { epochs: experiment.epochs, batchSize: BATCH_SIZE, seed });
  optimizer.dispose();
  if (outcome !== "finished") throw new Error(`seed ${seed} was ${outcome}`);
}

/** The same examples in the same order, with nothing but tfjs. */
async function fitUngoverned(data: ExperimentData, run: Run): Promise<void> {
  const optimizer = experiment.optimizer(run.context);
  const network = adaptModel(run.model, {});
  const rows = data.examples.map((_, row) => row);
  const batches = batchesOf(data, rows, { batchSize: BATCH_SIZE, shuffle: true, seed: run.context.seed });
  for (let epoch = 0; epoch < experiment.epochs; epoch += 1) {
    for await (const batch of batches(epoch)) {
      optimizer.minimize(() => network.forward(batch, new Set(), () => undefined).total);
      tf.dispose(batch.inputs as tf.TensorContainer);
    }
  }
  optimizer.dispose();
}

function readPolicy(): Ir {
  const path = "examples/01-mnist-split/policy.gov";
  const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
  const { ir, diagnostics } = compile({ entry: path, sources: new Map([[path, text]]) });
  if (ir === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.message).join("; "));
  return ir;
}

function figuresOf(trainings: readonly Training[], name: string): readonly number[] {
  return trainings.map(
    ({ evaluation }) => evaluation.figures.find((figure) => figure.name === name)?.value ?? Number.NaN,
  );
}

function spread(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  return `${mean.toFixed(4)} ± ${Math.sqrt(variance).toFixed(4)} (${lowest.toFixed(4)} to ${highest.toFixed(4)})`;
}

function seconds(trainings: readonly Training[]): string {
  return `${trainings.at(-1)?.seconds.toFixed(0) ?? "?"} s`;
}
