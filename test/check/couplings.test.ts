/** Where batch normalization makes a rule inexact (GOV4008): on the layer and before it, along the model's graph. */
import { describe, expect, it } from "vitest";
import { compileText } from "./compiled.ts";

interface Layer {
  readonly name: string;
  readonly kind?: string;
  readonly from?: readonly string[];
}

/** A functional model where `from` is given, else a sequential one. */
function modelOf(layers: readonly Layer[]): string {
  const written = layers.map(({ name, kind = "Dense", from }) => ({
    class_name: kind,
    name,
    config: { name, ...(kind === "Dense" ? { units: 4 } : {}) },
    ...(from === undefined ? {} : { inbound_nodes: [from.map((input) => [input, 0, 0, {}])] }),
  }));
  return JSON.stringify({ modelTopology: { class_name: "Functional", config: { layers: written } } });
}

const BRANCHES = modelOf([
  { name: "stem", from: [] },
  { name: "left", from: ["stem"] },
  { name: "norm", kind: "BatchNormalization", from: ["left"] },
  { name: "right", from: ["stem"] },
  { name: "head", from: ["norm", "right"] },
]);

const SEQUENCE = modelOf([
  { name: "stem" },
  { name: "left" },
  { name: "norm", kind: "BatchNormalization" },
  { name: "head" },
]);

/** The text that each warning marks. */
function warned(rules: string, model: string): readonly string[] {
  const text = `model "model.json" example { label: int } cohort low = label == 1 ${[
    "stem",
    "left",
    "norm",
    "right",
    "head",
  ]
    .filter((name) => model.includes(`"${name}"`))
    .map((name) => `band ${name} = layers "${name}"`)
    .join(" ")} ${rules}`;
  return compileText(text, { modules: { "model.json": model } })
    .diagnostics.filter(({ code }) => code === "GOV4008")
    .map(({ code, labels: [{ span }] }) => `${code} ${text.slice(span.start, span.end)}`);
}

describe("in a graph", () => {
  it.each([
    ["on the layer", "route low -> norm: block", ["GOV4008 route low -> norm: block"]],
    ["before it", "route low -> left: block", ["GOV4008 route low -> left: block"]],
    ["further before it", "detach low at stem", ["GOV4008 detach low at stem"]],
    ["behind it", "route low -> head: block", []],
    ["beside it", "route low -> right: block", []],
    ["on everything", "route low -> all: 50%", ["GOV4008 route low -> all: 50%"]],
    ["for all examples alike", "route all -> stem: 50% detach all at left", []],
    ["no rule", "", []],
    ["once for a layer", "route low -> left: 0 route low -> stem: 0", ["GOV4008 route low -> left: 0"]],
  ])("%s", (_, rules, expected) => {
    expect(warned(rules, BRANCHES)).toEqual(expected);
  });
});

describe("in a sequence, which names no inputs", () => {
  it.each([
    ["before it", "route low -> stem: block", ["GOV4008 route low -> stem: block"]],
    ["behind it", "route low -> head: block", []],
  ])("%s", (_, rules, expected) => {
    expect(warned(rules, SEQUENCE)).toEqual(expected);
  });
});

it("layer normalization keeps examples apart", () => {
  const model = BRANCHES.replace("BatchNormalization", "LayerNormalization");
  expect(warned("route low -> all: 50%", model)).toEqual([]);
});
