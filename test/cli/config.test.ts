import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeConfigSchema } from "../../schemas/generate.ts";
import { readRun } from "../../src/evidence/read.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov } from "./gov.ts";
import { folderWith, POLICY, tinyProject } from "./tiny-experiment.ts";

const WRONG = "policy a\nband x = all\nroute all -> y: full\n";
/** The model's file is not there, which is a warning. */
const WARNED = 'policy a\nmodel "missing.json"\n';

function project(files: Readonly<Record<string, string>>): string {
  const folder = folderWith({});
  for (const [name, text] of Object.entries({ "package.json": "{}", ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function config(settings: unknown): Readonly<Record<string, string>> {
  return { "gov.config.json": JSON.stringify(settings) };
}

test("the published schema is the one that is held against", () => {
  const published = readFileSync(new URL("../../schemas/gov.config.schema.json", import.meta.url), "utf8");
  expect(published).toBe(writeConfigSchema());
});

test.each([
  ["off", /^no problems in 1 file\n$/, EXIT.clean],
  ["info", /info\[GOV4012\]/, EXIT.clean],
  ["error", /error\[GOV4012\]/, EXIT.errors],
])("a rule that is %s", async (severity, shown, code) => {
  const folder = project({ "a.gov": WARNED, ...config({ rules: { GOV4012: severity } }) });
  const called = await gov(folder, ["check", "a.gov"]);
  expect(called.out).toMatch(shown);
  expect(called.code).toBe(code);
});

test("the nearest file above the policy holds, and only that one", async () => {
  const folder = project({
    "near/policies/a.gov": WARNED,
    "far.gov": WARNED,
    "near/gov.config.json": JSON.stringify({ maxWarnings: 1 }),
    ...config({ maxWarnings: 0 }),
  });
  expect((await gov(folder, ["check", "near/policies/a.gov"])).code).toBe(EXIT.clean);
  expect((await gov(folder, ["check", "far.gov"])).code).toBe(EXIT.warnings);
  expect((await gov(folder, ["check", "."])).code).toBe(EXIT.warnings);
  expect((await gov(folder, ["check", "far.gov", "--max-warnings", "1"])).code).toBe(EXIT.clean);
});

test.each([
  ["hard", [], EXIT.errors, ""],
  ["hard", ["--override", "no time"], EXIT.errors, "enforcement is hard: `--override` changes nothing\n"],
  ["soft", [], EXIT.errors, 'enforcement is soft: `--override "the reason"` lets it pass\n'],
  ["soft", ["--override", "agreed"], EXIT.clean, "enforcement is soft, and overridden: agreed\n"],
  ["advisory", [], EXIT.clean, "enforcement is advisory: this is reported, and fails nothing\n"],
])("an error under %s enforcement with %j", async (enforcement, words, code, err) => {
  const called = await gov(project({ "a.gov": WRONG, ...config({ enforcement }) }), [
    "check",
    "a.gov",
    ...words,
  ]);
  expect(called.out).toContain("error[GOV2001]");
  expect(called).toMatchObject({ code, err });
});

test("a policy in order is said nothing more about", async () => {
  const folder = project({ "a.gov": "policy a\n", ...config({ enforcement: "advisory" }) });
  expect(await gov(folder, ["check", "a.gov"])).toMatchObject({ code: EXIT.clean, err: "" });
});

test.each([
  ['{\n  "enforcement": "harsh"\n}', 'line 2: `enforcement` is not one of its values\n  write `"advisory"`, `"soft"`, `"hard"`'],
  ['{\n\n  "enforcment": "hard"\n}', "line 3: there is no setting `enforcment`\n  did you mean `enforcement`?"],
  ['{ "rules": {\n  "GOV5003": "off",\n  "GOV5001": "off" } }', "line 3: `GOV5001` is an error, and errors keep their severity\n"],
  ['{ "rules": {\n  "GOV503": "off" } }', "line 2: there is no code `GOV503`\n  did you mean `GOV5003`?"],
  ['{ "rules": { "GOV5003":\n "none" } }', "line 1: `rules.GOV5003` is not one of its values\n"],
  ['{\n  "maxWarnings": -1 }', "line 2: `maxWarnings` must be >= 0\n"],
  ["[1]", "line 1: the file must be object\n"],
  ['{\n  // a comment\n  "enforcement": "hard" }', "line 2: JSON has no comments\n"],
  ['{\n  "enforcement": "hard",\n', "line 2: the text ends too early\n"],
  ['{\n  "enforcement": "hard",\n}', "line 3: unexpected `}`\n"],
])("%j says the file, the line and a remedy", async (text, message) => {
  const { code, err } = await gov(project({ "a.gov": "policy a\n", "gov.config.json": text }), ["check", "a.gov"]);
  expect(code).toBe(EXIT.failed);
  expect(err).toContain(`gov: \`gov.config.json\`: ${message}`);
}); // prettier-ignore

test("other commands show findings as the project wants them, and are not kept from their work", async () => {
  const folder = project({ "a.gov": WARNED, ...config({ rules: { GOV4012: "error" } }) });
  const { code, err } = await gov(folder, ["compile", "a.gov"]);
  expect(err).toContain("error[GOV4012]");
  expect(code).toBe(EXIT.clean);
});

describe("a run", () => {
  const UNUSED = {
    "policy.gov": `${POLICY}\ncohort nobody_names = label == 1\n`,
    ...config({ maxWarnings: 0 }),
  };
  const run = async (
    settings: unknown,
    ...words: readonly string[]
  ): Promise<Awaited<ReturnType<typeof gov>>> => {
    const folder = tinyProject({}, { ...UNUSED, ...config(settings) });
    const called = await gov(folder, ["run", "experiment.ts", "--backend", "cpu", "--quiet", ...words]);
    const record = existsSync(join(folder, "runs")) ? readRun(join(folder, "runs/latest")) : undefined;
    return { ...called, out: JSON.stringify(record?.environment?.enforcement) };
  };

  test("does not begin with more warnings than are allowed", async () => {
    const { code, out, err } = await run({ maxWarnings: 0 });
    expect(err).toContain("warning[GOV2013]");
    expect(err).toContain("there are more warnings than `maxWarnings` allows\n");
    expect({ code, out }).toEqual({ code: EXIT.warnings, out: undefined });
  });

  test("that is overridden says so, and its record keeps the reason", async () => {
    const { code, out, err } = await run(
      { enforcement: "soft", maxWarnings: 0 },
      "--override",
      "agreed with QA",
    );
    expect(err).toContain("enforcement is soft, and overridden: agreed with QA\n");
    expect(code).toBe(EXIT.clean);
    expect(JSON.parse(out)).toEqual({
      level: "soft",
      override: "agreed with QA",
      found: { errors: 0, warnings: 1 },
    });
  });

  test("begins under advisory enforcement, although a rule was made an error", async () => {
    const { code, out } = await run({ enforcement: "advisory", rules: { GOV2013: "error" } });
    expect(code).toBe(EXIT.clean);
    expect(JSON.parse(out)).toEqual({ level: "advisory", found: { errors: 1, warnings: 0 } });
  });

  test("does not begin with errors of its own, at whatever level", async () => {
    const folder = tinyProject({}, { "policy.gov": WRONG, ...config({ enforcement: "advisory" }) });
    const { code } = await gov(folder, ["run", "experiment.ts", "--backend", "cpu"]);
    expect(code).toBe(EXIT.errors);
  });
});
