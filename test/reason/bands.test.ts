import { expect, it } from "vitest";
import { compile } from "../../src/compile.ts";

it.each([
  ["0%..50%", ["a"]],
  ["50%..100%", ["b", "c"]],
  ["50%..<100%", ["b"]],
])("depth %s of three layers", (range, layers) => {
  const text = `model { layer "a" layer "b" layer "c" } band deep = depth ${range}`;
  const { extents } = compile({ entry: "p.gov", sources: new Map([["p.gov", text]]) });
  expect(extents?.get("deep")?.map(({ layer }) => layer)).toEqual(layers);
});
