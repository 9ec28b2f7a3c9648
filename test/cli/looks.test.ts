import { inflateSync } from "node:zlib";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EvidenceError } from "../../src/evidence/error.ts";
import { lookUpExamples } from "../../src/cli/trace/looks.ts";
import { tinyProject } from "./tiny-experiment.ts";

/** The tiny experiment with inputs of another shape, its first row counting up from 0 in steps of 1/255. */
function projectWith(shape: string): string {
  const data = `const size = ${shape}.reduce((product, side) => product * side, 1);
    const inputs = tf.tidy(() => tf.range(0, 2 * size).div(255).reshape([2, ...${shape}]));
    return {
      inputs,
      targets: tf.zeros([2, 1]),
      examples: [
        { id: "first", label: 0, text: "<b>said</b>" },
        { id: "second", label: 1, licence: "cc0" },
      ],
      digests: { rows: "${"ab".repeat(32)}" },
    };`;
  return tinyProject({ data }, {});
}

/** The rows of a PNG without a filter, each with the number of its filter before it. */
function decode(png: Uint8Array): { readonly header: readonly number[]; readonly rows: Buffer } {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const header = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), ...bytes.subarray(24, 29)];
  const start = bytes.indexOf("IDAT");
  return { header, rows: inflateSync(bytes.subarray(start + 4, start + 4 + bytes.readUInt32BE(start - 4))) };
}

test("a row of pixels that makes a square is a picture, and what is said is told apart from metadata", async () => {
  const folder = projectWith("[64]");
  const { looks, changed } = await lookUpExamples("experiment.ts", ["first", "gone"], {}, folder);
  expect([...looks.keys()]).toEqual(["first"]);
  expect(changed).toEqual([]);
  const look = looks.get("first");
  expect(look).toMatchObject({ text: "<b>said</b>", fields: [["label", "0"]] });
  const { header, rows } = decode(look?.picture?.png ?? new Uint8Array());
  // Eight bits of grey, no interlacing.
  expect(header).toEqual([8, 8, 8, 0, 0, 0, 0]);
  expect([...rows]).toEqual(
    Array.from({ length: 8 }, (_, row) => [
      0,
      ...Array.from({ length: 8 }, (_cell, column) => row * 8 + column),
    ]).flat(),
  );
});

test.each([
  ["[8, 10]", [10, 8, 8, 0, 0, 0, 0]],
  ["[8, 8, 3]", [8, 8, 8, 2, 0, 0, 0]],
  ["[9, 8, 4]", [8, 9, 8, 6, 0, 0, 0]],
  ["[65]", undefined],
  ["[4]", undefined],
  ["[8, 8, 2]", undefined],
  ["[2, 8, 8, 1]", undefined],
])("inputs of %s", async (shape, header) => {
  const { looks } = await lookUpExamples("experiment.ts", ["second"], {}, projectWith(shape));
  const picture = looks.get("second")?.picture;
  expect(picture === undefined ? undefined : decode(picture.png).header).toEqual(header);
});

test("data that is not the run's is told of", async () => {
  const folder = projectWith("[3]");
  const environment = { data: { rows: "cd".repeat(32), more: "ab".repeat(32) } };
  const { changed } = await lookUpExamples("experiment.ts", [], { environment }, folder);
  expect(changed).toEqual(["rows", "more"]);
});

test("an experiment that is not there, and data that cannot be loaded, say where", async () => {
  const folder = tinyProject({ data: 'throw new Error("no such disk");' }, {});
  const load = (file: string) => lookUpExamples(file, [], {}, folder);
  await expect(load(join("elsewhere", "experiment.ts"))).rejects.toThrow(EvidenceError);
  await expect(load("experiment.ts")).rejects.toThrow("no such disk");
});
