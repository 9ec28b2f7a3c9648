import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { gatherRows } from "../../src/runtime/data.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { govern, type GovernOptions } from "../../src/runtime/governor.ts";
import { bernoulliEntropy, categoricalEntropy } from "../../src/runtime/network/predictive-entropy.ts";
import { batchOf, bitsOf, compileOrFail, disposeBatch, startSmallRun } from "./small-run.ts";

let tensorsBefore = 0;

beforeAll(() => tf.setBackend("cpu"));
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

describe("a cohort that reads the loss", () => {
  it("blocks just the examples whose loss in this very step is above its limit", () => {
    const batch = batchOf([1, 2, 3, 4]);
    const plain = startSmallRun("", { optimizer: tf.train.sgd(0) });
    const losses = batch.examples.map((_, row) => {
      const alone = gatherRows(batch, [row]);
      const { loss } = plain.governor.step(alone);
      disposeBatch(alone);
      return loss ?? 0;
    });
    const limit = losses.toSorted((left, right) => left - right)[1] ?? 0;
    const own = startSmallRun(
      `cohort hard = loss > ${limit + 1e-4}
       route hard -> b: block
       bound loss(hard) >= 0 { below => log }`,
      { measureRoutingEvery: 1 },
    );
    own.governor.step(batch);
    const cell = own
      .eventsOf("routing_measured")[0]
      ?.cells.find(({ cohort, band }) => cohort === "hard" && band === "b");
    expect(cell).toMatchObject({ examples: 2, intended: 0, share: 0 });
    const hard = losses.filter((loss) => loss > limit + 1e-4);
    expect(own.eventsOf("step_measured")[0]?.bounds[0]?.value).toBeCloseTo(
      hard.reduce((sum, loss) => sum + loss, 0) / 2,
      5,
    );
    [plain, own].forEach((run) => run.dispose());
    disposeBatch(batch);
  });

  it("is held to its claim: a step of hard examples alone leaves the band as it is, momentum included", () => {
    const own = startSmallRun("cohort hard = loss > 0 and step >= 1 route hard -> b: block never hard -> b");
    const batch = batchOf([1, 7]);
    own.governor.step(batch);
    const before = bitsOf(own.variables);
    expect(own.governor.step(batch).outcome).toBe("applied");
    expect(bitsOf(own.variables)["bKernel"]).toEqual(before["bKernel"]);
    expect(bitsOf(own.variables)["aKernel"]).not.toEqual(before["aKernel"]);
    own.dispose();
    disposeBatch(batch);
  });

  it("halts before learning what its claim forbids", () => {
    const own = startSmallRun("cohort hard = loss > 0 never hard -> b");
    const batch = batchOf([1, 7]);
    const before = bitsOf(own.variables);
    const { outcome, halt } = own.governor.step(batch);
    expect(outcome).toBe("halted");
    expect(halt?.reason).toBe("an example of `hard` has a weight above 0 on `b` in this step");
    expect(bitsOf(own.variables)).toEqual(before);
    own.dispose();
    disposeBatch(batch);
  });

  it("detaches and is blocked by a bound like any other", () => {
    const own = startSmallRun(
      "cohort hard = loss > 0 detach hard at b bound loss(all) <= 0.0001 { above => block hard -> b }",
      { optimizer: tf.train.sgd(0.1) },
    );
    const batch = batchOf([1, 7]);
    const before = bitsOf(own.variables);
    own.governor.step(batch);
    const between = bitsOf(own.variables);
    // Nothing comes through `b` to `a`; then nothing reaches `b` either.
    expect(between["aKernel"]).toEqual(before["aKernel"]);
    expect(between["bKernel"]).not.toEqual(before["bKernel"]);
    own.governor.step(batch);
    expect(bitsOf(own.variables)).toEqual(between);
    own.dispose();
    disposeBatch(batch);
  });

  it("is refused where the loss is one number", () => {
    const own = startSmallRun("cohort hard = loss > 0 route hard -> b: block", { shows: "one loss" });
    const batch = batchOf([1, 7]);
    expect(() => own.governor.step(batch)).toThrow("`hard` reads the `loss` of each example");
    own.dispose();
    disposeBatch(batch);
  });
});

describe("a cohort that reads the entropy", () => {
  const POLICY = `
    example { id: string  label: int in 0..2 }
    band head = layers "head"
    cohort sure = entropy < 1
    route sure -> head: block
  `;

  function membersUnder(activation: "softmax" | "linear", options: GovernOptions): number | undefined {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({
          name: "head",
          inputShape: [3],
          units: 3,
          activation,
          useBias: false,
          kernelInitializer: "identity",
        }),
      ],
    });
    // Scores that are their own logits: ln 3 = 1.0986 nats for equal ones, next to nothing for the second row.
    const batch = {
      inputs: tf.tensor2d([1, 1, 1, 9, 0, 0], [2, 3]),
      targets: tf.tensor2d([1, 0, 0, 1, 0, 0], [2, 3]),
      examples: [
        { id: "unsure", label: 0 },
        { id: "sure", label: 0 },
      ],
    };
    const optimizer = tf.train.sgd(0.1);
    const events: RunEvent[] = [];
    try {
      const governor = govern(model, compileOrFail(POLICY), {
        optimizer,
        measureRoutingEvery: 1,
        recorder: (event) => events.push(event),
        ...options,
      });
      governor.step(batch);
      const [measured] = events.filter((event) => event.kind === "routing_measured");
      return measured?.cells.find(({ cohort }) => cohort === "sure")?.examples;
    } finally {
      disposeBatch(batch);
      model.dispose();
      optimizer.dispose();
    }
  }

  it("has it from a cross-entropy by name, from a softmax, or from the caller", () => {
    const squares = (targets: tf.Tensor, outputs: tf.Tensor): tf.Tensor => targets.sub(outputs).square();
    expect(membersUnder("softmax", { loss: "categoricalCrossentropy" })).toBe(1);
    expect(membersUnder("softmax", { loss: squares })).toBe(1);
    expect(
      membersUnder("linear", {
        loss: squares,
        predictiveEntropy: ([logits]) => categoricalEntropy(tf.softmax(logits ?? tf.scalar(0))),
      }),
    ).toBe(1);
  });

  it("is refused, with the remedy, where the network does not show it", () => {
    expect(() => membersUnder("linear", { loss: "meanSquaredError" })).toThrow(
      "GOV4015: `sure` reads the `entropy` of each example",
    );
  });
});

describe("the predictive entropy", () => {
  it("is ln n of n equal chances and 0 of certainty, by positions the mean", () => {
    tf.tidy(() => {
      const chances = tf.tensor3d([
        [
          [0.25, 0.25, 0.25, 0.25],
          [1, 0, 0, 0],
        ],
      ]);
      expect(categoricalEntropy(chances).dataSync()[0]).toBeCloseTo(Math.log(4) / 2, 6);
      expect(categoricalEntropy(tf.tensor2d([[Number.NaN, 0.5]])).dataSync()[0]).toBeNaN();
    });
  });

  it("of independent labels is the sum of theirs", () => {
    tf.tidy(() => {
      expect(bernoulliEntropy(tf.tensor2d([[0.5, 0.5, 1]])).dataSync()[0]).toBeCloseTo(2 * Math.LN2, 6);
    });
  });
});
