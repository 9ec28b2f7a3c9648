/**
 * What governing a step costs: the governed step against the same step without a policy, side by side in one run, and
 * beside both the naive way to route (one backward pass for each cohort). Prints ratios of paired steps.
 *
 *     npx jiti bench/overhead.ts [wasm|cpu|node-gpu|webgpu] [steps] [mlp|cnn|transformer]
 */
import * as tf from "@tensorflow/tfjs";
import { compile } from "../src/compile.ts";
import type { Ir } from "../src/ir/ir.ts";
import { selectBackend, type BackendChoice } from "../src/runtime/backends/select.ts";
import type { Batch } from "../src/runtime/batch.ts";
import { govern } from "../src/runtime/governor.ts";
import type { GovernedModel } from "../src/runtime/network/governed-model.ts";
import { governLayersModel } from "../src/runtime/network/layers-model.ts";
import { createUngovernedStepper } from "../src/runtime/twin.ts";
import { NETWORKS, type BenchNetwork } from "./networks.ts";

const WARM_UP = 5;

/** Runs one step and gives its milliseconds. */
interface Contestant {
  readonly name: string;
  readonly step: (batch: Batch) => void;
}

async function main(choice: string, steps: number, networks: readonly BenchNetwork[]): Promise<void> {
  const { description } = await selectBackend(choice as BackendChoice);
  for (const network of networks) {
    console.log(
      `\n${description}; ${network.description}, batch ${network.batchSize}, Adam, ${steps} paired steps`,
    );
    compare(network, steps);
  }
}

function compare(network: BenchNetwork, steps: number): void {
  const { ungoverned, governed, naive } = contestants(network);
  const baseline = ungoverned("ungoverned");
  const rivals: readonly Contestant[] = [
    ungoverned("ungoverned again (noise)"),
    governed("routing, 2 cohorts x 2 bands", policyWith(2, "")),
    governed("routing, 10 cohorts x 2 bands", policyWith(10, "")),
    governed("routing, no measured shares", policyWith(10, ""), 0),
    governed("routing + entropy every step", policyWith(10, ENTROPY)),
    governed(
      "+ influence of every example on every band, every 10 steps",
      policyWith(10, ENTROPY + traceEvery(10)),
    ),
    governed(
      "+ influence of every example on every band, every step",
      policyWith(10, ENTROPY + traceEvery(1)),
    ),
    naive("naive oracle: one backward pass per cohort, 2", 2),
    naive("naive oracle: one backward pass per cohort, 10", 10),
  ];
  const times = new Map([baseline, ...rivals].map((rival) => [rival, [] as number[]]));
  for (let round = 0; round < WARM_UP + steps; round += 1) {
    const batch = network.draw(round);
    // In another order each round: who comes first meets a cold cache.
    const order = [...times.keys()];
    for (const rival of [...order.slice(round % order.length), ...order.slice(0, round % order.length)]) {
      const began = performance.now();
      rival.step(batch);
      if (round >= WARM_UP) times.get(rival)?.push(performance.now() - began);
    }
    tf.dispose([batch.inputs, batch.targets]);
  }
  const base = times.get(baseline) ?? [];
  console.log(`| step | median ms | ratio to ungoverned, median of pairs (quartiles) |\n|---|---|---|`);
  for (const [rival, own] of times) {
    const ratios = own.map((time, index) => time / (base[index] ?? Number.NaN));
    const [lower, middle, upper] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
    console.log(`| ${rival.name} | ${quantile(own, 0.5).toFixed(1)} | ${middle} (${lower} to ${upper}) |`);
  }
}

const ENTROPY = `bound entropy(hidden) in 0.01..1 { below => log }\n`;

function traceEvery(steps: number): string {
  return `provenance { trace hidden, output every ${steps} steps top 32 }\n`;
}

/** Half of the cohorts keep off each of the two bands. */
function policyWith(cohorts: number, more: string): Ir {
  const each = Array.from({ length: cohorts }, (_, index) => index);
  const text = `
    policy bench
    example { id: string  label: int in 0..9 }
    band hidden = layers "hidden/*"
    band output = layers "output"
    ${each.map((index) => `cohort c${index} = label in ${labelsOf(index, cohorts)}`).join("\n")}
    ${each.map((index) => `route c${index} -> ${index % 2 === 0 ? "hidden" : "output"}: ${index % 3 === 0 ? "block" : "50%"}`).join("\n")}
    ${more}`;
  const { ir, diagnostics } = compile({ entry: "bench.gov", sources: new Map([["bench.gov", text]]) });
  if (ir === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.message).join("; "));
  return ir;
}

function labelsOf(index: number, cohorts: number): string {
  const width = 10 / cohorts;
  return `${index * width}..${(index + 1) * width - 1}`;
}

interface Contestants {
  readonly ungoverned: (name: string) => Contestant;
  readonly governed: (name: string, ir: Ir, measureRoutingEvery?: number) => Contestant;
  /** A backward pass for each cohort over its own rows of the batch's loss, the gradients scaled and summed. */
  readonly naive: (name: string, cohorts: number) => Contestant;
}

/** Each trains a network of its own. */
function contestants({ create }: BenchNetwork): Contestants {
  return {
    ungoverned: (name) => {
      const model = governLayersModel(create(), "categoricalCrossentropy");
      const stepper = createUngovernedStepper(model, tf.train.adam(1e-3), () => performance.now());
      return { name, step: (batch) => void stepper.step(batch) };
    },
    governed: (name, ir, measureRoutingEvery = 25) => {
      const governor = govern(create(), ir, {
        loss: "categoricalCrossentropy",
        optimizer: tf.train.adam(1e-3),
        measureRoutingEvery,
      });
      return { name, step: (batch) => void governor.step(batch) };
    },
    naive: (name, cohorts) => {
      const model = governLayersModel(create(), "categoricalCrossentropy");
      const optimizer = tf.train.adam(1e-3);
      return { name, step: (batch) => stepNaively(model, optimizer, batch, cohorts) };
    },
  };
}

function stepNaively(model: GovernedModel, optimizer: tf.Optimizer, batch: Batch, cohorts: number): void {
  const variables = [...model.variables.values()];
  tf.tidy(() => {
    const sums = new Map<string, tf.Tensor>();
    for (let cohort = 0; cohort < cohorts; cohort += 1) {
      const rows = batch.examples.map(({ label }) =>
        Math.floor((Number(label) * cohorts) / 10) === cohort ? 1 : 0,
      );
      const mask = tf.tensor1d(rows);
      const { grads } = tf.variableGrads(
        () =>
          model
            .forward(batch, new Set(), () => undefined)
            .losses.mul(mask)
            .mean()
            .asScalar(),
        variables,
      );
      for (const [variable, gradient] of Object.entries(grads)) {
        const weighted = gradient.mul(cohort % 2 === 0 ? 0.5 : 1);
        sums.set(variable, sums.get(variable)?.add(weighted) ?? weighted);
      }
    }
    optimizer.applyGradients([...sums].map(([name, tensor]) => ({ name, tensor })));
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

const [backend = "wasm", steps = "60", only] = process.argv.slice(2);
await main(
  backend,
  Number(steps),
  Object.entries(NETWORKS).flatMap(([name, network]) => (only === undefined || only === name ? network : [])),
);
