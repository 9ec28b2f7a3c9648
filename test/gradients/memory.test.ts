/** A step gives back every tensor it made, however it ends, and leaves the engine of tfjs as it was. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import type { Batch } from "../../src/runtime/batch.ts";
import { govern, type Governor } from "../../src/runtime/governor.ts";
import type { PlainNetwork } from "../../src/runtime/network/plain.ts";
import { compileText } from "./exactness/compile-text.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

const HEAD = `policy memory
example { id: string, label: int in 0..3, licence: string? }
cohort low = label in 0..1
band first = layers "first" units 0..1
band second = layers "second"
route low -> first: block
route low -> second: 50%
`;

/** What can be done to the forward pass of the plain network. */
interface Trouble {
  kind: "none" | "throws" | "mixed examples" | "optimizer throws";
}

interface Ground {
  readonly governor: Governor;
  readonly batch: Batch;
  readonly trouble: Trouble;
  readonly dispose: () => void;
}

function lay(rules: string, measureRoutingEvery = 0): Ground {
  const variable = (shape: readonly number[]): tf.Variable =>
    tf.tidy(() => tf.variable(tf.fill([...shape], 0.5)));
  const [first, bias, second] = [variable([3, 4]), variable([4]), variable([4, 2])];
  const trouble: Trouble = { kind: "none" };
  const model: PlainNetwork = {
    layers: [
      { name: "first", variables: { kernel: first, bias } },
      { name: "second", variables: { kernel: second } },
    ],
    loss: ({ inputs, targets }, observe) => {
      const hidden = tf.tanh(tf.add(tf.matMul(inputs as tf.Tensor, first), bias));
      observe("first", hidden);
      if (trouble.kind === "throws") throw new Error("the forward pass failed");
      const output = tf.matMul(trouble.kind === "mixed examples" ? tf.mean(hidden, 0, true) : hidden, second);
      return tf.sum(tf.squaredDifference(output, targets as tf.Tensor), 1);
    },
  };
  const optimizer = tf.train.adam(0.01);
  const apply = optimizer.applyGradients.bind(optimizer);
  optimizer.applyGradients = (gradients) => {
    if (trouble.kind === "optimizer throws") throw new Error("the update failed");
    apply(gradients);
  };
  const batch: Batch = {
    inputs: tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9, 3, 2, 1], [4, 3]),
    targets: tf.tensor2d([1, 0, 0, 1, 1, 1, 0, 0], [4, 2]),
    examples: [0, 1, 2, 3].map((label) => ({ id: `e${label}`, label, ...(label > 0 && { licence: "cc0" }) })),
  };
  const governor = govern(model, compileText(`${HEAD}${rules}`), { optimizer, measureRoutingEvery });
  return {
    governor,
    batch,
    trouble,
    dispose: () => {
      optimizer.dispose();
      tf.dispose([first, bias, second, batch.inputs, batch.targets ?? []] as tf.TensorContainer);
    },
  };
}

/** Runs steps, the first of which makes the optimizer's slots, and says how the last ended. */
function lastOutcome(ground: Ground, steps = 3): string {
  const outcomes = Array.from({ length: steps }, (_, step) => {
    const before = countTensors();
    const { outcome } = ground.governor.step(ground.batch);
    if (step > 0) expect(countTensors()).toEqual(before);
    return outcome;
  });
  ground.dispose();
  return outcomes.at(-1) ?? "";
}

function countTensors(): Readonly<Record<string, number>> {
  const { numTensors, numBytes } = tf.memory();
  return { numTensors, numBytes, buffers: tf.backend().numDataIds() };
}

const ENDINGS: Readonly<Record<string, { readonly rules: string; readonly outcome: string }>> = {
  "that is applied": { rules: "", outcome: "applied" },
  "with detach, amplification and windows": {
    rules: "detach low at second\nroute all -> second: 1.5 until 2 steps\nroute default 50%",
    outcome: "applied",
  },
  "in which nothing may be learnt": { rules: "route all -> all: block", outcome: "applied" },
  "that a bound clips": {
    rules: "bound gradient_norm(all) <= 0.001 over 1 step { above => clip first at 0.001 }",
    outcome: "applied",
  },
  "that a bound skips": {
    rules: "bound gradient_norm(all) <= 0.000001 over 1 step { above => skip step }",
    outcome: "skipped",
  },
  "that a bound halts": {
    rules: "bound loss(all) <= 0.000001 over 1 step { above => halt }",
    outcome: "halted",
  },
  "with every metric measured": {
    rules: `bound entropy(first) in 0.1..0.2 over 1 step { outside => warn }
bound entropy(first, weights) in 0.1..0.2 over 1 step { outside => warn }
bound entropy(first, gradient) in 0.1..0.2 over 1 step { outside => warn }
bound update_ratio(all) <= 1e9 over 1 step { above => warn }
bound loss_gap(low, all) <= 1e9 over 1 step { above => warn }`,
    outcome: "applied",
  },
  "that is traced": { rules: "provenance { trace first, second every 1 step top 2 }", outcome: "applied" },
  "whose claims are watched": { rules: "never low -> first", outcome: "applied" },
  "of which some examples are refused": {
    rules: "provenance { require licence else reject }",
    outcome: "applied",
  },
  "that refused examples halt": { rules: "provenance { require licence else halt }", outcome: "halted" },
};

for (const [name, { rules, outcome }] of Object.entries(ENDINGS))
  test(`a step ${name} gives back its tensors`, () => {
    expect(lastOutcome(lay(rules))).toBe(outcome);
  });

test("a step whose routing is measured gives back its tensors", () => {
  expect(lastOutcome(lay("", 1))).toBe("applied");
});

test("a step that a claim halts before its forward pass gives back its tensors", () => {
  expect(lastOutcome(lay("cohort late = step >= 1\nnever late -> second"))).toBe("halted");
});

const TROUBLES: Readonly<Record<Exclude<Trouble["kind"], "none">, RegExp>> = {
  throws: /the forward pass failed/,
  "mixed examples": /GOV4007/,
  "optimizer throws": /the update failed/,
};

for (const [kind, message] of Object.entries(TROUBLES))
  for (const [measured, metric] of [
    ["nothing", "gradient_norm"],
    ["a representation", "entropy"],
    ["an update", "update_ratio"],
  ] as const)
    test(`a step that fails (${kind}) while ${measured} is measured gives back its tensors`, () => {
      const rules =
        measured === "nothing" ? "" : `bound ${metric}(first) <= 0.9 over 1 step { above => warn }`;
      const { governor, batch, trouble, dispose } = lay(rules);
      governor.step(batch);
      const before = countTensors();
      trouble.kind = kind as Trouble["kind"];
      expect(() => governor.step(batch)).toThrow(message);
      expect(countTensors()).toEqual(before);
      expectEngineAtRest();
      trouble.kind = "none";
      expect(governor.step(batch).outcome).toBe("applied");
      expect(countTensors()).toEqual(before);
      dispose();
    });

/** What `tape/engine.ts` puts over tfjs for the length of a forward pass is gone. */
function expectEngineAtRest(): void {
  const engine = tf.engine();
  expect(Object.hasOwn(engine, "runKernel")).toBe(false);
  expect(Object.hasOwn(engine, "addTapeNode")).toBe(false);
  const { gradientDepth, kernelDepth, activeTape, activeScope } = engine.state;
  expect({ gradientDepth, kernelDepth, activeTape, activeScope }).toEqual({
    gradientDepth: 0,
    kernelDepth: 0,
    activeTape: null,
    activeScope: null,
  });
}
