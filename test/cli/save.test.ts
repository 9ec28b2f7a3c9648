import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { runExperiment } from "../../src/cli/commands/run.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { RunRequest } from "../../src/cli/requests.ts";
import { saveModel } from "../../src/cli/run/save.ts";
import { readRun } from "../../src/evidence/read.ts";
import { modelFiles } from "../../src/runtime/artifacts.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { HALTING_POLICY, tinyProject } from "./tiny-experiment.ts";
import { PLAIN_RUN } from "./plain-requests.ts";

const REQUEST: RunRequest = { ...PLAIN_RUN, epochs: 1, save: "out/model", quiet: true };

beforeAll(async () => void (await tf.setBackend("cpu")));

/** The model of a folder, through tfjs's own reading of its own format. */
async function load(folder: string): Promise<tf.LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8")) as {
    readonly modelTopology: object;
    readonly weightsManifest: tf.io.WeightsManifestConfig;
  };
  expect(weightsManifest.map(({ paths }) => paths)).toEqual([["weights.bin"]]);
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, "weights.bin"));
  return await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer,
    }),
  );
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

describe("gov run --save", () => {
  test("saves the trained model, which tfjs loads, and binds it into the record", async () => {
    // The experiment tells what it was left with, to hold the saved model against.
    const evaluate = `(model) => {
      require("node:fs").writeFileSync(process.env.TINY_WEIGHTS, JSON.stringify(model.getWeights().map((w) => [...w.dataSync()])));
      return { figures: [] };
    }`;
    const folder = tinyProject({ evaluate });
    process.env["TINY_WEIGHTS"] = join(folder, "weights.json");
    const { terminal, out, err } = recordTerminal(folder);
    expect(await runExperiment(REQUEST, terminal)).toBe(EXIT.clean);
    expect(err()).toBe("");

    const saved = join(folder, "out", "model");
    expect(readdirSync(join(folder, "out"))).toEqual(["model"]);
    expect(readdirSync(saved).toSorted()).toEqual(["model.json", "model.sig", "weights.bin"]);
    const model = await load(saved);
    const trained: unknown = JSON.parse(readFileSync(join(folder, "weights.json"), "utf8"));
    expect(model.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(trained);
    model.dispose();

    const digests = {
      "model.json": sha256(join(saved, "model.json")),
      "weights.bin": sha256(join(saved, "weights.bin")),
    };
    const record = readRun(join(folder, "runs", "latest"));
    expect(record.problems).toEqual([]);
    const end = record.decisions.find(({ event }) => event.kind === "run_ended");
    expect(end?.event).toMatchObject({ kind: "run_ended", saved: digests });
    expect(out()).toMatch(/^Model {3}out\/model$/m);
    expect(out()).toContain(digests["weights.bin"]);
  });

  test("saves no model that its policy halted, and says so", async () => {
    const folder = tinyProject({}, { "policy.gov": HALTING_POLICY });
    const { terminal, out } = recordTerminal(folder);
    expect(await runExperiment(REQUEST, terminal)).toBe(EXIT.halted);
    expect(existsSync(join(folder, "out", "model"))).toBe(false);
    expect(out()).toMatch(/^Model {3}not saved in out\/model$/m);
    expect(readRun(join(folder, "runs", "latest")).decisions.at(-1)?.event).not.toHaveProperty("saved");
  });

  test.each([
    ["a folder with something in it", (path: string) => mkdirSync(join(path, "old"), { recursive: true })],
    ["a file", (path: string) => writeFileSync(path, "old")],
  ])("refuses %s before anything is trained", async (_, make) => {
    const folder = tinyProject();
    mkdirSync(join(folder, "out"));
    make(join(folder, "out", "model"));
    const { terminal, err } = recordTerminal(folder);
    expect(await runExperiment(REQUEST, terminal)).toBe(EXIT.failed);
    expect(err()).toMatch(/^gov: the model cannot be saved in out\/model: .* is there already/);
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });
});

describe("a model that cannot be saved whole", () => {
  const files = { model: "{}", weights: new Uint8Array(4) };

  test("leaves what is there as it was, and nothing of its own", () => {
    const folder = tinyProject();
    mkdirSync(join(folder, "out", "model"), { recursive: true });
    writeFileSync(join(folder, "out", "model", "weights.bin"), "old");
    expect(() => saveModel(files, join(folder, "out", "model"))).toThrow(
      /^cannot save the model to .*model:/,
    );
    expect(readdirSync(join(folder, "out"))).toEqual(["model"]);
    expect(readdirSync(join(folder, "out", "model"))).toEqual(["weights.bin"]);
    expect(readFileSync(join(folder, "out", "model", "weights.bin"), "utf8")).toBe("old");
  });

  test("is told of where not even a folder can be made", () => {
    const folder = tinyProject();
    writeFileSync(join(folder, "taken"), "");
    expect(() => saveModel(files, join(folder, "taken", "model"))).toThrow(/^cannot save the model to/);
  });
});

test("a plain network is kept as weights by layer and role", async () => {
  const kernel = tf.variable(
    tf.tensor2d([
      [1, 2.5],
      [-3, 4],
    ]),
  );
  const bias = tf.variable(tf.tensor1d([0.25]));
  const files = await modelFiles({
    layers: [
      { name: "code", variables: { kernel } },
      { name: "out", variables: { bias } },
    ],
    loss: () => tf.scalar(0),
  });
  expect(JSON.parse(files.model)).toEqual({
    format: "plain-network",
    weightsManifest: [
      {
        paths: ["weights.bin"],
        weights: [
          { name: "code/kernel", shape: [2, 2], dtype: "float32" },
          { name: "out/bias", shape: [1], dtype: "float32" },
        ],
      },
    ],
  });
  expect([...new Float32Array(files.weights.slice().buffer)]).toEqual([1, 2.5, -3, 4, 0.25]);
  tf.dispose([kernel, bias]);
});
