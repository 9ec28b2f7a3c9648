/** Rows of tensors and records of a file, brought together. */
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { gatherData, type Metadata } from "../../src/runtime/metadata.ts";

const METADATA: Metadata = {
  file: "m.csv",
  records: [{ id: "a", n: 0 }, { id: 7, n: 1 }, { n: 2 }, { id: "c", n: 3 }, { id: "a", n: 4 }],
  placeOf: (record) => `m.csv:${record + 2}`,
  digest: "ab",
};

function gather(
  given: object | undefined,
  metadata: Metadata | undefined = METADATA,
): ReturnType<typeof gatherData> {
  const context = { tf, seed: 1, epochs: 1 };
  // As an experiment in JavaScript would give it.
  return gatherData({ data: () => given as { inputs: tf.Tensor } }, context, metadata);
}

const zeros = (rows: number): tf.Tensor => tf.zeros([rows, 2]);

test("records come in the file's order, or by the ids of the rows, with their places", async () => {
  const inOrder = await gather({ inputs: zeros(5), digests: { other: "cd" } });
  expect(inOrder.examples).toEqual(METADATA.records);
  expect(inOrder.digests).toEqual({ other: "cd", "m.csv": "ab" });
  const byId = await gather({ inputs: [zeros(3)], ids: ["c", "7", "c"] });
  expect(byId.examples.map(({ n }) => n)).toEqual([3, 1, 3]);
  expect([0, 1, 2].map((row) => byId.placeOf?.(row))).toEqual(["m.csv:5", "m.csv:3", "m.csv:5"]);
  expect((await gather({ inputs: zeros(1), examples: [{ id: "own" }] })).examples).toEqual([{ id: "own" }]);
});

test.each([
  [{ inputs: zeros(6) }, "m.csv has 5 records for the 6 rows of its `inputs`: give the `ids`"],
  [{ inputs: zeros(2), ids: ["c"] }, "gives 1 `ids` for the 2 rows"],
  [
    { inputs: zeros(2), ids: ["c", "z"] },
    "m.csv has no record with the id `z`, which its `data` gives row 1",
  ],
  [
    { inputs: zeros(1), ids: ["a"] },
    "two records have the id `a`, at m.csv:2 and at m.csv:6: which is that of row 0?",
  ],
  [{ inputs: zeros(1), ids: 7 }, "the `ids` of its `data` must be a list"],
  [{ inputs: zeros(1), ids: ["c"], examples: [] }, "gives both `examples` and `ids`"],
  [{ inputs: zeros(1), examples: 3 }, "must give `examples`, a list"],
  [{ inputs: [[0, 1]] }, "must give `inputs`, a tensor or a list of tensors"],
  [undefined, "must give `inputs`"],
])("%j is refused", async (given, message) => {
  await expect(gather(given)).rejects.toThrow(message);
});

test("without a file, ids have nothing to be looked up in, and examples must be given", async () => {
  const context = { tf, seed: 1, epochs: 1 };
  const inputs = zeros(1);
  const ids = gatherData({ data: () => ({ inputs, ids: ["a"] }) }, context);
  await expect(ids).rejects.toThrow("it names no file of `metadata`");
  await expect(gatherData({ data: () => ({ inputs }) }, context)).rejects.toThrow("must give `examples`");
});
