import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeModel } from "../../src/cli/commands/model.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { compile } from "../../src/compile.ts";
import { writeNetworkFile } from "../../src/model/network-file.ts";
import type { NetworkShape } from "../../src/model/network.ts";
import { readNetwork } from "../../src/model/read.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { folderWith, tinyProject } from "./tiny-experiment.ts";

const PLAIN = `import { defineExperiment } from "strata-gov";
export default defineExperiment({
  name: "plain", policy: "policy.gov", epochs: 1,
  model: ({ tf }) => ({
    layers: [
      { name: "code", kind: "dense", variables: { kernel: tf.variable(tf.zeros([5, 8])), bias: tf.variable(tf.zeros([8])) } },
      { name: "scale", variables: { factor: tf.variable(tf.scalar(1)) } },
      { name: "table", variables: { rows: tf.variable(tf.zeros([3, 2]), false) }, unitAxes: { rows: null } },
    ],
    loss: () => tf.scalar(0),
  }),
  data: () => ({ inputs: [], examples: [] }),
  optimizer: () => 0,
});
`;

async function modelOf(folder: string): Promise<NetworkShape | undefined> {
  const { terminal, out } = recordTerminal(folder);
  expect(await writeModel({ experiment: "experiment.ts", output: "model.json" }, terminal)).toBe(EXIT.clean);
  expect(out()).toMatch(/^model\.json: \d layers\n$/);
  return readNetwork(readFileSync(join(folder, "model.json"), "utf8"), "model.json").network;
}

test("a layers model is written as its model.json", async () => {
  const network = await modelOf(tinyProject());
  expect(network?.layers.map(({ name, kind, units }) => [name, kind, units])).toEqual([
    ["hidden", "dense", 4],
    ["output", "dense", 1],
  ]);
  expect(network?.layers[0]?.parameters).toContainEqual({
    name: "kernel",
    shape: [3, 4],
    trainable: true,
    unitAxis: 1,
  });
});

test("a plain network is written with all that a policy is checked against", async () => {
  const network = await modelOf(folderWith({ "experiment.ts": PLAIN }));
  const shape = { trainable: true, inputs: [] };
  expect(network?.layers).toEqual([
    {
      ...{ ...shape, name: "code", kind: "dense", units: 8 },
      parameters: [
        { name: "kernel", shape: [5, 8], trainable: true, unitAxis: 1 },
        { name: "bias", shape: [8], trainable: true, unitAxis: 0 },
      ],
    },
    {
      ...{ ...shape, name: "scale", kind: "custom", units: undefined },
      parameters: [{ name: "factor", shape: [], trainable: true, unitAxis: undefined }],
    },
    {
      ...{ ...shape, name: "table", kind: "custom", units: undefined, trainable: false },
      parameters: [{ name: "rows", shape: [3, 2], trainable: false, unitAxis: undefined }],
    },
  ]);
});

test("a policy that names the file is checked against it", async () => {
  const folder = folderWith({ "experiment.ts": PLAIN });
  await modelOf(folder);
  const text = (units: string): string =>
    `model "model.json"\nexample { id: string }\nband half = layers "code" units ${units}\nroute all -> half: 50%\n`;
  const codes = (policy: string): readonly string[] => {
    const sources = new Map([
      ["policy.gov", policy],
      ["model.json", readFileSync(join(folder, "model.json"), "utf8")],
    ]);
    return compile({ entry: "policy.gov", sources }).diagnostics.map(({ code }) => code);
  };
  expect(codes(text("0..7"))).toEqual([]);
  expect(codes(text("0..8"))).toEqual(["GOV4002"]);
});

test.each([
  ["a later version", { version: 2, layers: [] }, /version 2; only 1 can be read/],
  ["no layers", { version: 1, layers: [] }, /list of layers is empty/],
  [
    "a malformed layer",
    { version: 1, layers: [{ name: "a", kind: "dense", trainable: 1 }] },
    /layer 0 .* malformed/,
  ],
  [
    "a unit axis that is not there",
    {
      version: 1,
      layers: [
        {
          name: "a",
          kind: "b",
          trainable: true,
          parameters: [{ name: "k", shape: [2], trainable: true, unitAxis: 1 }],
        },
      ],
    },
    /layer 0 .* malformed/,
  ],
  [
    "two layers of one name",
    { version: 1, layers: ["a", "a"].map((name) => ({ name, kind: "dense", trainable: true })) },
    /two of its layers are called `a`/,
  ],
])("a network file with %s is refused", (_, file, expected) => {
  const { network, problem } = readNetwork(JSON.stringify({ format: "gov-network", ...file }), "model.json");
  expect(network).toBeUndefined();
  expect(problem).toMatch(expected);
});

test("a network file reads back as what was written", () => {
  const layers = [{ name: "a", kind: "dense", trainable: true, units: 3, parameters: [], inputs: ["b"] }];
  expect(readNetwork(writeNetworkFile({ layers }), "m").network).toEqual({ layers, origin: "m" });
});

test("a model that cannot be built is the experiment's fault", async () => {
  const folder = tinyProject({ model: `throw new Error("no weights");` });
  const { terminal, err } = recordTerminal(folder);
  expect(await writeModel({ experiment: "experiment.ts", output: "model.json" }, terminal)).toBe(EXIT.failed);
  expect(err()).toMatch(/^gov: experiment\.ts:\d+:\d+: no weights\n$/);
});

test("a file that cannot be written is told of", async () => {
  const folder = tinyProject();
  writeFileSync(join(folder, "taken"), "");
  const { terminal, err } = recordTerminal(folder);
  const output = join("taken", "model.json");
  expect(await writeModel({ experiment: "experiment.ts", output }, terminal)).toBe(EXIT.failed);
  expect(err()).toMatch(/^gov: cannot write .*model\.json/);
});
