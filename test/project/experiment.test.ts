import { join } from "node:path";
import { expect, test } from "vitest";
import { loadExperiment } from "../../src/project/experiment.ts";
import { folderWith } from "../cli/tiny-experiment.ts";

async function faultOf(
  name: string,
  text: string,
  files: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const path = join(folderWith({ [name]: text, ...files }), name);
  const loading = await loadExperiment(path);
  return loading.kind === "failed"
    ? { ...loading.fault, file: loading.fault.file.replace(path, name) }
    : loading;
}

const GOOD = `{ name: "a", policy: "p.gov", epochs: 1, model: () => 0, data: () => 0, optimizer: () => 0 }`;

test.each([
  [
    "a.ts",
    `const x = 1;\nexport default { epochs: = 1 };\n`,
    { line: 2, message: "syntax error: Unexpected token" },
  ],
  ["a.mjs", `export default {\n  name: "a",\n`, { line: 3, message: "syntax error: Unexpected token" }],
  [
    "a.ts",
    `interface A { x: number }\n\nnull.x;\n`,
    { line: 3, message: /^TypeError: Cannot read properties of null/ },
  ],
  ["a.cjs", `\nthrow new Error("not today\\nnor tomorrow");\n`, { line: 2, message: "not today" }],
  ["a.ts", `throw "a text";\n`, { message: "a text" }],
  ["a.ts", `import "./other.ts";\n`, { message: /^Cannot find module '\.\/other\.ts'/ }],
  ["a.ts", `export const experiment = ${GOOD};\n`, { message: /^it has no default export/ }],
  ["a.mjs", `export const experiment = 1;\n`, { message: /^it has no default export/ }],
  ["a.ts", `export default 7;\n`, { message: /^its default export is not an experiment/ }],
  [
    "a.cjs",
    `module.exports = { name: "a" };\n`,
    { message: "its `policy` must be a string, and is missing" },
  ],
  [
    "a.ts",
    `export default ${GOOD.replace("epochs: 1", "epochs: 0.5")};\n`,
    { message: /whole number above 0/ },
  ],
  [
    "a.ts",
    `export default { ...${GOOD}, checkEvry: 1 };\n`,
    { message: "it has no setting `checkEvry`: did you mean `checkEvery`?" },
  ],
])("%s: %j", async (name, text, expected) => {
  const message =
    expected.message instanceof RegExp ? expect.stringMatching(expected.message) : expected.message;
  expect(await faultOf(name, text)).toMatchObject({ file: name, ...expected, message });
});

test("a mistake in a file that the experiment imports is found there", async () => {
  const fault = await faultOf("a.ts", `import { x } from "./data.ts";\nexport default x;\n`, {
    "data.ts": `\nexport const x = missing + 1;\n`,
  });
  expect(fault).toMatchObject({ file: expect.stringMatching(/data\.ts$/) as string, line: 2 });
});

test("what is not a file is said to be none", async () => {
  const folder = folderWith({});
  const failed = (message: string): object => ({ kind: "failed", fault: { message } });
  expect(await loadExperiment(join(folder, "none.ts"))).toMatchObject(failed("there is no such file"));
  expect(await loadExperiment(folder)).toMatchObject(
    failed("it is not a file; an experiment is one, for example experiment.ts"),
  );
  const policy = join(folderWith({ "a.gov": "policy a\n" }), "a.gov");
  expect(await loadExperiment(policy)).toMatchObject(
    failed("it is a policy; give the experiment that trains under it, for example experiment.ts"),
  );
});

test("a good one is loaded", async () => {
  const folder = folderWith({ "a.ts": `export default ${GOOD};\n` });
  const loading = await loadExperiment(join(folder, "a.ts"));
  expect(loading).toMatchObject({ kind: "loaded", experiment: { name: "a", epochs: 1 } });
});
