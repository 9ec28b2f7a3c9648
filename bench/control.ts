/**
 * A control loop at work: from one step on, the learning rate is a thousand times what it was for a few steps, which
 * brings the code of a network down to almost no direction at all. A policy whose bound rolls back is held against a
 * twin with the same bound that only logs; and over clean seeds it is counted in how many windows the bound is breached
 * although nothing was done to the training.
 *
 *     npm run bench:control -- [clean seeds]
 */
import type * as tf from "@tensorflow/tfjs";
import { dense } from "../examples/classifier.ts";
import { CLASSES, oneHot, PIXELS, pixelTensor, readDigits, takeDigits } from "../examples/mnist.ts";
import { compile } from "../src/compile.ts";
import type { Ir } from "../src/ir/ir.ts";
import { selectBackend } from "../src/runtime/backends/select.ts";
import type { RunEvent } from "../src/runtime/events.ts";
import type { Experiment } from "../src/runtime/experiment.ts";
import { prepareRun } from "../src/runtime/run.ts";

const [WINDOW, EPOCHS, BATCH, DIGITS] = [10, 6, 64, 2000];
const [RATE, SPIKE] = [1e-3, { first: 80, steps: 3, rate: 1 }];
const LIMIT = 0.25;

function policyWith(action: "rollback" | "log"): Ir {
  const text = `policy control
    example { id: string  label: int in 0..9 }
    band code = layers "code"
    bound entropy(code) >= ${LIMIT} over ${WINDOW} steps { below => ${action} }`;
  const { ir, diagnostics } = compile({ entry: "policy.gov", sources: new Map([["policy.gov", text]]) });
  if (ir === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return ir;
}

interface Trained {
  /** Of the bound's metric, by step. */
  readonly entropies: readonly number[];
  readonly losses: readonly number[];
  /** Steps in which the bound was breached. */
  readonly breaches: readonly number[];
  readonly rollbacks: number;
}

async function train(ir: Ir, seed: number, injection: "spike" | "none"): Promise<Trained> {
  const digits = takeDigits(readDigits("training"), { first: 0, count: DIGITS });
  const optimizers: tf.Optimizer[] = [];
  const experiment: Experiment = {
    ...{ name: "control", policy: "policy.gov", epochs: EPOCHS, batchSize: BATCH, checkpointEvery: 20 },
    model: ({ tf: tfjs, seed: own }) =>
      tfjs.sequential({
        layers: [
          dense(tfjs, { name: "hidden", units: 64, activation: "relu", seed: own, inputShape: [PIXELS] }),
          dense(tfjs, { name: "code", units: 32, activation: "relu", seed: own }),
          dense(tfjs, { name: "answer", units: CLASSES, activation: "softmax", seed: own }),
        ],
      }),
    data: ({ tf: tfjs }) => ({
      inputs: pixelTensor(tfjs, digits),
      targets: oneHot(tfjs, digits.labels),
      examples: Array.from(digits.labels, (label, row) => ({ id: `training-${row}`, label })),
    }),
    loss: "categoricalCrossentropy",
    optimizer: ({ tf: tfjs }) => {
      const optimizer = tfjs.train.adam(RATE);
      optimizers.push(optimizer);
      return optimizer;
    },
  };
  const run = await prepareRun(experiment, ir, { seed });
  const events: RunEvent[] = [];
  await run.train({
    recorder: (event) => events.push(event),
    callbacks: {
      onBatchEnd: ({ clock }) => {
        const next = clock.step + 1;
        const isSpiked = injection === "spike" && next >= SPIKE.first && next < SPIKE.first + SPIKE.steps;
        // It is protected in tfjs's types, and has no setter.
        for (const optimizer of optimizers)
          Reflect.set(optimizer, "learningRate", isSpiked ? SPIKE.rate : RATE);
      },
    },
  });
  run.dispose();
  const steps = events.flatMap((event) => (event.kind === "step_measured" ? [event] : []));
  return {
    entropies: steps.map(({ bounds }) => bounds[0]?.value ?? Number.NaN),
    losses: steps.map(({ loss }) => loss ?? Number.NaN),
    breaches: events.flatMap((event) => (event.kind === "bound_breached" ? [event.clock.step] : [])),
    rollbacks: events.filter(({ kind }) => kind === "weights_restored").length,
  };
}

function tell(name: string, { entropies, losses, breaches, rollbacks }: Trained): void {
  const collapse = entropies.findIndex((entropy, step) => step >= SPIKE.first && !(entropy >= LIMIT));
  const detected = breaches.find((step) => step >= collapse);
  const lateness = detected === undefined || collapse < 0 ? "–" : String(detected - collapse);
  const last = (values: readonly number[]): string => {
    const tail = values.slice(-WINDOW);
    return (tail.reduce((sum, value) => sum + value, 0) / tail.length).toFixed(3);
  };
  console.log(
    `| ${name} | ${collapse} | ${lateness} | ${rollbacks} | ${last(entropies)} | ${last(losses)} |`,
  );
}

const cleanSeeds = Number(process.argv[2] ?? 20);
const { description } = await selectBackend("wasm");
console.log(
  `${description}; MLP ${PIXELS}-64-32-10, Adam at ${RATE}, ${SPIKE.rate} for ${SPIKE.steps} steps from step ${SPIKE.first} on; entropy(code) >= ${LIMIT} over ${WINDOW} steps\n`,
);
console.log(
  "| policy, seed | collapsed at step | breach told after, steps | rollbacks | entropy of the last steps | loss of the last steps |\n| --- | --- | --- | --- | --- | --- |",
);
const [governed, logged] = [policyWith("rollback"), policyWith("log")];
for (const seed of [1, 2, 3]) {
  tell(`rolls back, ${seed}`, await train(governed, seed, "spike"));
  tell(`only logs, ${seed}`, await train(logged, seed, "spike"));
}
let [windows, alarms] = [0, 0];
for (let seed = 1; seed <= cleanSeeds; seed += 1) {
  const { entropies, breaches } = await train(governed, seed, "none");
  windows += Math.max(0, entropies.length - WINDOW + 1);
  alarms += breaches.length;
}
console.log(
  `\n${cleanSeeds} clean seeds: ${alarms} false alarms in ${windows} windows (${((100 * alarms) / windows).toFixed(2)} %)`,
);
