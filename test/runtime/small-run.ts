/** A policy over a model of two dense layers (`a` 3→4, `b` 4→2), enough to see every decision of a step. */
import * as tf from "@tensorflow/tfjs";
import { compile } from "../../src/compile.ts";
import type { Ir } from "../../src/ir/ir.ts";
import type { Batch } from "../../src/runtime/batch.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { govern, type Governor, type GovernOptions } from "../../src/runtime/governor.ts";

export const SCHEMA = `
  example { id: string  label: int in 0..9  licence: string?  sha: digest? }
  band a = layers "a"  band b = layers "b"
  cohort low = label in 0..4  cohort high = not low
`;

export function compileOrFail(policy: string): Ir {
  const { ir, diagnostics } = compile({ entry: "policy.gov", sources: new Map([["policy.gov", policy]]) });
  if (ir === undefined)
    throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return ir;
}

export interface SmallRun {
  readonly governor: Governor;
  readonly events: readonly RunEvent[];
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /** The last decisions of a kind. */
  readonly eventsOf: <Kind extends RunEvent["kind"]>(
    kind: Kind,
  ) => readonly Extract<RunEvent, { kind: Kind }>[];
  readonly dispose: () => void;
}

export interface SmallRunOptions extends GovernOptions {
  /** What the network shows of its pass: losses by example and all outputs, when left out. */
  readonly shows?: "everything" | "one loss" | "no outputs";
}

export function startSmallRun(
  rules: string,
  { shows = "everything", ...options }: SmallRunOptions = {},
): SmallRun {
  const events: RunEvent[] = [];
  const random = (shape: number[], seed: number): tf.Variable =>
    tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 0.5, "float32", seed)));
  const variables = {
    aKernel: random([3, 4], 1),
    aBias: random([4], 2),
    bKernel: random([4, 2], 3),
    bBias: random([2], 4),
  };
  const optimizer = options.optimizer ?? tf.train.momentum(0.1, 0.9);
  const governor = govern(
    {
      layers: [
        { name: "a", kind: "dense", variables: { kernel: variables.aKernel, bias: variables.aBias } },
        { name: "b", kind: "dense", variables: { kernel: variables.bKernel, bias: variables.bBias } },
      ],
      loss: ({ inputs, targets }, observe) => {
        // The small batches below have one tensor of each.
        const hidden = (inputs as tf.Tensor2D).matMul(variables.aKernel).add(variables.aBias).tanh();
        if (shows !== "no outputs") observe("a", hidden);
        const outputs = hidden.matMul(variables.bKernel).add(variables.bBias);
        if (shows !== "no outputs") observe("b", outputs);
        const errors = outputs.sub(targets as tf.Tensor2D).square();
        return shows === "one loss" ? errors.mean() : errors.mean(1);
      },
    },
    compileOrFail(SCHEMA + rules),
    { measureRoutingEvery: 0, now: () => 0, ...options, optimizer, recorder: (event) => events.push(event) },
  );
  return {
    governor,
    events,
    variables,
    // A kind picks its events.
    eventsOf: (kind) =>
      events.filter((event): event is Extract<RunEvent, { kind: typeof kind }> => event.kind === kind),
    dispose: () => {
      tf.dispose(variables);
      optimizer.dispose();
      // tfjs 4.22 forgets the constant of its momentum optimizer.
      tf.dispose([(Reflect.get(optimizer, "c") as tf.Tensor | undefined) ?? []]);
    },
  };
}

/** Seeded inputs and targets for examples with these labels. */
export function batchOf(labels: readonly number[], seed = 7): Batch {
  return {
    inputs: tf.randomNormal([labels.length, 3], 0, 1, "float32", seed),
    targets: tf.randomNormal([labels.length, 2], 0, 1, "float32", seed + 1),
    examples: labels.map((label, row) => ({ id: `e${row}`, label })),
  };
}

export function disposeBatch({ inputs, targets }: Batch): void {
  tf.dispose([inputs, targets ?? []] as tf.TensorContainer);
}

/** The values of all variables, as bits. */
export function bitsOf(variables: SmallRun["variables"]): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [
      name,
      [...new Uint32Array(Float32Array.from(variable.dataSync()).buffer)],
    ]),
  );
}
