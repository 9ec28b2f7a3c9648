import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GovernanceError } from "../../src/runtime/error.ts";
import { batchOf, bitsOf, disposeBatch, startSmallRun, type SmallRun } from "./small-run.ts";

const MIXED = [1, 7, 2, 8];
let tensorsBefore = 0;
let run: SmallRun | undefined;

beforeAll(() => tf.setBackend("cpu"));
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  run?.dispose();
  run = undefined;
  // Every test of this file leaves as many tensors as it found.
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

function start(rules: string, options?: Parameters<typeof startSmallRun>[1]): SmallRun {
  run = startSmallRun(rules, options);
  return run;
}

function step(own: SmallRun, labels: readonly number[]): ReturnType<SmallRun["governor"]["step"]> {
  const batch = batchOf(labels);
  try {
    return own.governor.step(batch);
  } finally {
    disposeBatch(batch);
  }
}

describe("a bound acts", () => {
  it("halts on the step that breaches, before its update, and says which line did it", () => {
    const own = start("bound loss(all) <= 0.0001 { above => halt }");
    const before = bitsOf(own.variables);
    const { outcome, halt } = step(own, MIXED);
    expect(outcome).toBe("halted");
    expect(halt?.span.line).toBe(5);
    expect(bitsOf(own.variables)).toEqual(before);
    expect(own.events.map(({ kind }) => kind)).toEqual([
      "bound_breached",
      "intervention_opened",
      "step_measured",
    ]);
  });

  it("skips the update of a step that breaches", () => {
    const own = start("bound loss(all) <= 0.0001 { above => skip step }");
    const before = bitsOf(own.variables);
    expect(step(own, MIXED).outcome).toBe("skipped");
    expect(bitsOf(own.variables)).toEqual(before);
    expect(own.eventsOf("step_skipped")).toHaveLength(1);
  });

  it("goes on after skipping a step for the update of the one before", () => {
    const run = startSmallRun("bound update_ratio(a) <= 0.001 { above => skip step }", {
      optimizer: tf.train.sgd(0.1),
    });
    const batch = batchOf([1, 7]);
    expect(Array.from({ length: 5 }, () => run.governor.step(batch).outcome)).toEqual([
      ...["applied", "skipped", "applied", "skipped", "applied"],
    ]);
    run.dispose();
    disposeBatch(batch);
  });

  it("does not hold the update that a rollback undid against the weights that are back", () => {
    const run = startSmallRun("bound update_ratio(a) <= 0.001 { above => rollback then halt after 1 step }", {
      optimizer: tf.train.sgd(0.1),
    });
    const batch = batchOf([1, 7]);
    expect(Array.from({ length: 3 }, () => run.governor.step(batch).outcome)).toEqual([
      ...["applied", "rolled_back", "applied"],
    ]);
    run.dispose();
    disposeBatch(batch);
  });

  it("freezes a band from the next step on, momentum included, and only that band", () => {
    const own = start("bound loss(all) <= 0.0001 { above => freeze a }");
    step(own, MIXED);
    const before = bitsOf(own.variables);
    step(own, MIXED);
    const after = bitsOf(own.variables);
    expect(after["aKernel"]).toEqual(before["aKernel"]);
    expect(after["aBias"]).toEqual(before["aBias"]);
    expect(after["bKernel"]).not.toEqual(before["bKernel"]);
  });

  it("blocks a cohort from a band: a step of the others moves it as if the cohort were not there", () => {
    const own = start("bound loss(all) <= 0.0001 { above => block low -> b }", {
      optimizer: tf.train.sgd(0.1),
    });
    step(own, MIXED);
    const before = bitsOf(own.variables);
    step(own, [1, 2, 3]);
    const after = bitsOf(own.variables);
    expect(after["bKernel"]).toEqual(before["bKernel"]);
    expect(after["aKernel"]).not.toEqual(before["aKernel"]);
  });

  it("attenuates: half the update, under plain gradient descent", () => {
    const changeOf = (rules: string): readonly number[] => {
      const own = startSmallRun(rules, { optimizer: tf.train.sgd(0.1) });
      step(own, MIXED);
      const before = own.variables["aKernel"]?.dataSync().slice() ?? [];
      step(own, MIXED);
      const after = own.variables["aKernel"]?.dataSync().slice() ?? [];
      own.dispose();
      return [...after].map((value, index) => value - (before[index] ?? 0));
    };
    const full = changeOf("bound loss(all) <= 0.0001 { above => log }");
    const half = changeOf("bound loss(all) <= 0.0001 { above => attenuate a to 50% }");
    half.forEach((change, index) => expect(change).toBeCloseTo((full[index] ?? 0) / 2, 6));
  });

  it("does not teach, by attenuating, what the default withholds", () => {
    const own = start(
      "route default block route high -> b: full bound loss(all) <= 0.0001 { above => attenuate all to 50% }",
    );
    step(own, MIXED);
    const before = bitsOf(own.variables);
    step(own, MIXED);
    expect(bitsOf(own.variables)["aKernel"]).toEqual(before["aKernel"]);
  });

  it("clips the gradient of a band on the step that breaches", () => {
    const own = start("bound gradient_norm(a) <= 0.01 { above => clip a at 0.01 }", {
      optimizer: tf.train.sgd(1),
    });
    const read = (name: string): Float32Array => Float32Array.from(own.variables[name]?.dataSync() ?? []);
    const before = [...read("aKernel"), ...read("aBias")];
    step(own, MIXED);
    const change = [...read("aKernel"), ...read("aBias")].map((value, index) => value - (before[index] ?? 0));
    expect(Math.hypot(...change)).toBeCloseTo(0.01, 5);
  });

  it("records what was intended, and that it was achieved", () => {
    const own = start("bound loss(all) <= 0.05 { above => warn }", { optimizer: tf.train.sgd(0.3) });
    for (let count = 0; count < 300; count += 1) step(own, MIXED);
    expect(own.eventsOf("intervention_opened")[0]?.intent.target).toEqual({ high: 0.05 });
    expect(own.eventsOf("intervention_closed")[0]?.outcome).toBe("achieved");
  });

  it("halts on a loss that is not finite, through `outside`", () => {
    const own = start("bound loss(all) in 0..1e30 { outside => halt }");
    tf.tidy(() => own.variables["bBias"]?.assign(tf.fill([2], Number.NaN)));
    expect(step(own, MIXED).outcome).toBe("halted");
  });
});

describe("entropy", () => {
  it("is that of a band's output, `all` included", () => {
    const own = start("bound entropy(a) >= 0 { below => log } bound entropy(all) >= 0 { below => log }");
    step(own, MIXED);
    const [measured] = own.eventsOf("step_measured");
    expect(measured?.bounds[0]?.value).toBeGreaterThan(0);
    expect(measured?.bounds[1]?.value).toBeGreaterThan(0);
  });
});

describe("claims", () => {
  it("halts before learning what a claim forbids", () => {
    const own = start("cohort late = step >= 1  route all -> b: block until 1 steps  never late -> b");
    expect(step(own, MIXED).outcome).toBe("applied");
    const before = bitsOf(own.variables);
    const { outcome, halt } = step(own, MIXED);
    expect(outcome).toBe("halted");
    expect(halt?.reason).toBe("an example of `late` has a weight above 0 on `b` in this step");
    expect(bitsOf(own.variables)).toEqual(before);
    expect(own.eventsOf("violation_found")[0]?.code).toBe("GOV8002");
  });

  it("keeps a band still, bit for bit, in a step of what it must never learn from", () => {
    const own = start("route low -> b: block  never low -> b", { optimizer: tf.train.adam(0.1) });
    step(own, MIXED);
    const before = bitsOf(own.variables);
    expect(step(own, [0, 1, 4]).outcome).toBe("applied");
    expect(bitsOf(own.variables)["bKernel"]).toEqual(before["bKernel"]);
    expect(bitsOf(own.variables)["bBias"]).toEqual(before["bBias"]);
  });

  it("notices an update that went around the gate", () => {
    // An optimizer of one's own that moves what it was given no gradient for.
    class Meddling extends tf.SGDOptimizer {
      override applyGradients(gradients: Parameters<tf.SGDOptimizer["applyGradients"]>[0]): void {
        super.applyGradients(gradients);
        const bias = run?.variables["bBias"];
        if (bias !== undefined) tf.tidy(() => bias.assign(bias.add(1e-6)));
      }
    }
    const own = start("route low -> b: block  never low -> b", { optimizer: new Meddling(0.1) });
    const { outcome } = step(own, [0, 1, 4]);
    expect(outcome).toBe("halted");
    expect(own.eventsOf("violation_found")[0]?.message).toBe("a step of `low` alone changed `b/bias` in `b`");
  });
});

describe("provenance", () => {
  const lacking = (): ReturnType<typeof batchOf> => {
    const batch = batchOf(MIXED);
    return {
      ...batch,
      examples: batch.examples.map((example, row) => (row === 0 ? example : { ...example, licence: "cc0" })),
    };
  };

  it.each(["reject", "quarantine"])("refuses what lacks a field: %s", (disposition) => {
    const own = start(`provenance { require licence else ${disposition} }`);
    const batch = lacking();
    expect(own.governor.step(batch).outcome).toBe("applied");
    disposeBatch(batch);
    const [refused] = own.eventsOf("examples_refused");
    expect(refused).toMatchObject({ disposition, count: 1, examples: [{ id: "e0", missing: ["licence"] }] });
    expect(own.eventsOf("step_measured")[0]?.examples).toBe(3);
  });

  it("halts where the policy says so, and learns nothing", () => {
    const own = start("provenance { require licence else halt }");
    const before = bitsOf(own.variables);
    const batch = lacking();
    const { outcome, halt } = own.governor.step(batch);
    disposeBatch(batch);
    expect(outcome).toBe("halted");
    expect(halt?.span.line).toBe(5);
    expect(bitsOf(own.variables)).toEqual(before);
  });

  it("refuses a batch of which nothing is left", () => {
    const own = start("provenance { require licence else reject }");
    expect(step(own, MIXED).outcome).toBe("refused");
    expect(own.governor.clock()).toEqual({ step: 1, epoch: 0, examples: 0 });
  });

  it("stops at an example that does not fit the schema, and names it and the field", () => {
    const own = start("");
    expect(() => step(own, [1, 12])).toThrow("`e1` does not fit the schema: `label` is 12, outside 0..9");
  });
});

describe("a bound that could never be judged", () => {
  it("is an error that cites it: no loss for each example", () => {
    const own = start("bound loss(low) <= 1 { above => log }", { shows: "one loss" });
    expect(() => step(own, MIXED)).toThrow(GovernanceError);
    expect(() => step(own, MIXED)).toThrow("one number for the batch");
  });

  it("is an error that cites it: an output that is not shown", () => {
    const own = start("bound entropy(a) >= 0 { below => log }", { shows: "no outputs" });
    expect(() => step(own, MIXED)).toThrow("does not show the output of layer `a`");
  });
});

describe("trace", () => {
  it("records the influence of the largest examples, every so many steps", () => {
    const own = start("route low -> b: block  provenance { trace b every 2 steps top 3 }");
    for (let count = 0; count < 5; count += 1) step(own, MIXED);
    const traced = own.eventsOf("influence_measured");
    expect(traced.map(({ clock }) => clock.step)).toEqual([0, 2, 4]);
    expect(traced[0]?.rows).toHaveLength(3);
    const blocked = traced.flatMap(({ rows }) => rows).filter(({ id }) => id === "e0" || id === "e2");
    expect(blocked.every(({ weight, influence }) => weight === 0 && influence === 0)).toBe(true);
  });

  it("explains the loss change to first order: halving the step quarters what is left", () => {
    // At twice float32's comfort: the steps are large enough to be seen above its rounding.
    const gapAt = (rate: number): number => {
      const own = startSmallRun("provenance { trace all every 1 steps }", { optimizer: tf.train.sgd(rate) });
      const before = step(own, MIXED).loss ?? 0;
      const [traced] = own.eventsOf("influence_measured");
      const explained = traced?.rows.reduce((sum, { influence }) => sum + (influence ?? 0), 0) ?? 0;
      const after = step(own, MIXED).loss ?? 0;
      own.dispose();
      return Math.abs(before - after - explained);
    };
    const ratio = gapAt(0.08) / gapAt(0.04);
    expect(ratio).toBeGreaterThan(3.3);
    expect(ratio).toBeLessThan(4.7);
  });
});

it("lets the most severe of several failed requirements decide, in whichever order they stand", () => {
  for (const lines of [
    "require licence else reject  require id else halt",
    "require id else halt  require licence else reject",
  ]) {
    const own = startSmallRun(`provenance { ${lines} }`);
    const batch = batchOf(MIXED);
    const nameless = { ...batch, examples: batch.examples.map((example) => ({ ...example, id: "" })) };
    expect(own.governor.step(nameless).outcome).toBe("halted");
    disposeBatch(batch);
    own.dispose();
  }
});
