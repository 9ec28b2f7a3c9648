import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { bitsOf, startSmallRun } from "./small-run.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const SLICE = `band some = layers "a" units 1..2`;

test("a band is 0 while it is measured without it, and bit for bit what it was afterwards", async () => {
  const { governor, variables, dispose } = startSmallRun(SLICE);
  const before = bitsOf(variables);
  const tensors = tf.memory().numTensors;
  const measured = await governor.ablate("some", () => {
    expect([...(variables["aBias"]?.dataSync() ?? [])].map((value) => value === 0)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const kernel = variables["aKernel"]?.arraySync() as number[][];
    for (const row of kernel) expect(row.map((value) => value === 0)).toEqual([false, true, true, false]);
    expect(bitsOf(variables)).toMatchObject({ bKernel: before["bKernel"], bBias: before["bBias"] });
    return "measured";
  });
  expect(measured).toBe("measured");
  expect(bitsOf(variables)).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);
  dispose();
});

test("a measurement that fails leaves the model as it was", async () => {
  const { governor, variables, dispose } = startSmallRun("");
  const before = bitsOf(variables);
  await expect(governor.ablate("all", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(bitsOf(variables)).toEqual(before);
  dispose();
});

test("a band that the policy has not is said with those that it has", async () => {
  const { governor, dispose } = startSmallRun("");
  await expect(governor.ablate("c", () => 0)).rejects.toThrow(
    "the policy has no band named c; it has all, a, b",
  );
  dispose();
});
