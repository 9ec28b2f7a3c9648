import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { runExperiment } from "../../src/cli/commands/run.ts";
import { trace } from "../../src/cli/commands/trace.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { TraceRequest } from "../../src/cli/requests.ts";
import { readRun } from "../../src/evidence/read.ts";
import { gov } from "./gov.ts";
import { PLAIN_RUN } from "./plain-requests.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { POLICY, tinyProject } from "./tiny-experiment.ts";

const QUESTION: TraceRequest = {
  ...{ run: "latest", band: undefined, behavior: undefined, cohort: undefined, example: undefined },
  ...{ layer: undefined, steps: undefined, top: 5, without: undefined, data: undefined },
  ...{ output: undefined, format: "json" },
};

const TRACING = POLICY.replace("else quarantine }", "else quarantine trace hidden every 2 steps }");

async function trained(policy: string): Promise<string> {
  const folder = tinyProject({}, { "policy.gov": policy });
  expect(await runExperiment(PLAIN_RUN, recordTerminal(folder).terminal)).toBe(EXIT.clean);
  return folder;
}

async function ask(
  folder: string,
  wanted: Partial<TraceRequest>,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { terminal, out, err } = recordTerminal(folder);
  const code = await trace({ ...QUESTION, ...wanted }, terminal);
  return { code, out: out(), err: err() };
}

let folder = "";
beforeAll(async () => {
  folder = await trained(TRACING);
});

interface Told {
  readonly rows: number;
  readonly influence: number;
}

/** The same sums, of the measurements that the run wrote line by line. */
function measured(isAsked: (id: string, step: number) => boolean): Told {
  const { measurements } = readRun(join(folder, "runs", "latest"));
  const rows = measurements.flatMap((event) =>
    event.kind === "influence_measured" ? event.rows.filter(({ id }) => isAsked(id, event.clock.step)) : [],
  );
  return { rows: rows.length, influence: rows.reduce((sum, { influence }) => sum + (influence ?? 0), 0) };
}

test.each([
  ["everything", {}, () => true],
  ["one example", { example: "e3" }, (id: string) => id === "e3"],
  ["some steps", { steps: { first: 4, last: 8 } }, (_: string, step: number) => step >= 4 && step <= 8],
] as const)("what is told of %s is what was measured", async (_, wanted, isAsked) => {
  const { code, out } = await ask(folder, wanted);
  expect(code).toBe(EXIT.clean);
  const told = JSON.parse(out) as Told;
  const expected = measured(isAsked);
  expect(expected.rows).toBeGreaterThan(0);
  expect(told.rows).toBe(expected.rows);
  expect(told.influence).toBeCloseTo(expected.influence, 6);
});

test("a terminal is shown who taught what, and by which rules", async () => {
  const { code, out } = await ask(folder, { format: "pretty", band: "hidden", top: 2 });
  expect(code).toBe(EXIT.clean);
  expect(out).toMatch(/^Who taught this: influence through hidden\n\d+ traced rows, /);
  expect(out).toMatch(/\nTaught by these examples\n {2}e\d+ .*\n {2}e\d+ .*\n {2}and \d+ more examples\n/);
});

test("a spreadsheet is given the listed examples", async () => {
  const { code, out } = await ask(folder, { format: "csv", top: 3 });
  expect(code).toBe(EXIT.clean);
  const [head, ...rows] = out.trimEnd().split("\r\n");
  expect(head).toBe("example,rows,influence,magnitude,cohorts,first_step,last_step");
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatch(/^"e\d+",\d+,-?[\d.e-]+,[\d.e-]+,"[^"]+",\d+,\d+$/);
});

test("the page shows what examples look like, from the data of the experiment", async () => {
  const told = await ask(folder, { format: "html", data: "experiment.ts", without: ["zeros"] });
  expect(told).toMatchObject({ code: EXIT.clean, out: "trace.html\n", err: "" });
  const page = readFileSync(join(folder, "trace.html"), "utf8");
  expect(page.match(/<dt>label<\/dt>\s*<dd>[01]<\/dd>/g)).toHaveLength(5);
  expect(page).toContain("Without the given examples");
  const elsewhere = await ask(folder, { format: "pretty", data: "experiment.ts" });
  expect(elsewhere).toMatchObject({ code: EXIT.failed, out: "" });
  expect(elsewhere.err).toContain("use it with --format html");
});

test("a name that the policy does not have, and a run that traced nothing, say what to do", async () => {
  const unknown = await ask(folder, { band: "hiden" });
  expect(unknown).toMatchObject({ code: EXIT.failed, out: "" });
  expect(unknown.err).toContain("the policy of this run has no band `hiden`: it has `hidden`");
  const untraced = await ask(await trained(POLICY), {});
  expect(untraced).toMatchObject({ code: EXIT.failed, out: "" });
  expect(untraced.err).toContain("traces nothing: write `provenance { trace BAND every 25 steps }`");
});

test("the rules are all that speak about the parameters: of bands that share them, in their time, and of cohorts that read the training", async () => {
  const rules = `band half = layers "hidden" units 0..1
cohort hard = loss > 0.5
route zeros -> hidden: 25% from 1 epoch
route hard -> half: 50%
`;
  const policy = TRACING.replace("route zeros", `${rules}route zeros`).replace("trace hidden", "trace half");
  const traced = await trained(policy);
  const { rules: told } = JSON.parse((await ask(traced, {})).out) as {
    readonly rules: readonly { readonly words: string }[];
  };
  expect(told.map(({ words }) => words)).toEqual([
    "route zeros -> hidden from 1 epoch: 25%",
    "route hard -> half: 50%",
  ]);
  const moving = await ask(traced, { cohort: "hard" });
  expect(moving).toMatchObject({ code: EXIT.failed, out: "" });
  expect(moving.err).toContain("the cohort `hard` reads the training, and whom it held");
  expect((await ask(traced, { without: ["hard"] })).code).toBe(EXIT.failed);
});

test("the built-in band and cohort can be asked for", async () => {
  const traced = await trained(TRACING.replace("trace hidden", "trace all"));
  const everything = JSON.parse((await ask(traced, {})).out) as Told;
  expect(everything.rows).toBeGreaterThan(0);
  for (const question of [{ band: "all" }, { cohort: "all" }, { layer: "output" }])
    expect(JSON.parse((await ask(traced, question)).out)).toMatchObject({ rows: everything.rows });
  const unknown = await ask(traced, { layer: "outputs" });
  expect(unknown.err).toContain("has the layer `outputs`: there are `hidden`, `output`");
});

test("that an example was not traced is told, not only that it has no rows", async () => {
  const { code, err } = await ask(folder, { example: "e\u001b[2J" });
  expect(code).toBe(EXIT.clean);
  expect(err).toBe("warning: no traced example is called `e<U+001B>[2J`\n");
  expect((await ask(folder, { example: "e3", without: ["nobody", "zeros"] })).err).toContain("`nobody`");
  expect((await ask(folder, { example: "e3" })).err).toBe("");
  const backwards = await gov(folder, ["trace", "latest", "--steps", "5..2"]);
  expect(backwards.code).toBe(EXIT.failed);
  expect(backwards.err).toContain("The first step comes first");
});
