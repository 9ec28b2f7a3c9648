import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runExperiment } from "../../src/cli/commands/run.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { RunRequest } from "../../src/cli/requests.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { readRun } from "../../src/evidence/read.ts";
import { verifies, type RunRecord } from "../../src/evidence/record.ts";
import { sayNumber } from "../../src/lower/words.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { experimentText, folderWith, HALTING_POLICY, POLICY, tinyProject } from "./tiny-experiment.ts";
import { PLAIN_RUN } from "./plain-requests.ts";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Undefined when no run was begun. */
  readonly record: RunRecord | undefined;
}

async function run(
  folder: string,
  wanted: Partial<RunRequest> = {},
  terminal: Partial<Terminal> = {},
): Promise<Ran> {
  const recorded = recordTerminal(folder, terminal);
  const code = await runExperiment({ ...PLAIN_RUN, ...wanted }, recorded.terminal);
  return { code, out: recorded.out(), err: recorded.err(), record: newestRecord(folder) };
}

function newestRecord(folder: string): RunRecord | undefined {
  const latest = join(folder, "runs", "latest");
  return existsSync(latest) ? readRun(latest) : undefined;
}

function endOf(record: RunRecord | undefined): unknown {
  return record?.decisions.at(-1)?.event;
}

describe("a run that finishes", () => {
  test("says what it computes on, what it came to, and leaves a record that verifies", async () => {
    const { code, out, err, record } = await run(tinyProject());
    expect(err).toBe("");
    expect(code).toBe(EXIT.clean);
    expect(out).toMatch(/^Backend {2}cpu \(/);
    expect(out).toMatch(/^Finished: 12 steps, 2 epochs/m);
    expect(out).toMatch(/^ {2}zeros .*full · .*block · 0%$/m);
    expect(out).toMatch(/^ {2}loss\(all\) in 0\.\.1,000 .*within throughout {2}policy\.gov:16:1$/m);
    expect(out).toMatch(/^ {2}parameters {2}21\n {2}Counted\.$/m);
    expect(out).toContain(`gov report runs/${record?.id ?? "?"}`);
    expect(record?.problems).toEqual([]);
    expect(endOf(record)).toMatchObject({
      kind: "run_ended",
      outcome: "finished",
      clock: { step: 12, examples: 92 },
    });
  });

  test("puts the examples aside that the policy quarantines, bound by the record", async () => {
    const folder = tinyProject();
    const { out, record } = await run(folder);
    expect(out).toMatch(/2 examples quarantined: e5 lacks licence; e29 lacks licence {2}policy\.gov:20:14/);
    const rows = readFileSync(join(folder, "runs", record?.id ?? "", "quarantine.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(rows.map((row): unknown => JSON.parse(row))).toEqual([
      { row: 5, missing: ["licence"], altered: [], example: { id: "e5", label: 1, licence: "" } },
      { row: 29, missing: ["licence"], altered: [], example: { id: "e29", label: 1, licence: "" } },
    ]);
    expect(record?.decisions[0]?.event).toHaveProperty(["files", "quarantine.jsonl"]);
  });

  test("trains on nothing that is not what its digest says, and puts it aside", async () => {
    const policy = `policy sealed
example { id: string sha: digest }
provenance { require sha else quarantine verify digest }
`;
    const data = `
      const { createHash } = await import("node:crypto");
      const files = Array.from({ length: 48 }, (_, row) => Buffer.from("file " + row));
      const sha = (bytes) => "sha256:" + createHash("sha256").update(bytes).digest("hex");
      return {
        inputs: tf.randomNormal([48, 3], 0, 1, "float32", 1),
        targets: tf.randomNormal([48, 1], 0, 1, "float32", 2),
        examples: files.map((file, row) => ({ id: "e" + row, sha: sha(row === 7 ? Buffer.from("other") : file) })),
        contents: (row) => files[row],
      };`;
    const folder = tinyProject({ data }, { "policy.gov": policy });
    const { code, out, record } = await run(folder);
    expect(code).toBe(EXIT.clean);
    expect(out).toMatch(/1 example quarantined: e7 is not what its sha says {2}policy\.gov:3:42/);
    const rows = readFileSync(join(folder, "runs", record?.id ?? "", "quarantine.jsonl"), "utf8");
    expect(JSON.parse(rows)).toMatchObject({ row: 7, altered: ["sha"], example: { id: "e7" } });
    expect(endOf(record)).toMatchObject({ clock: { examples: 94 } });

    const odd = tinyProject({ data: data.replace("(row) => files[row]", "files") }, { "policy.gov": policy });
    const refused = await run(odd);
    expect(refused.code).toBe(EXIT.failed);
    expect(refused.err).toContain("`contents` has no function for `sha`");
  });

  test("gives programs one object on standard output, whatever the experiment prints", async () => {
    const folder = tinyProject({ data: `console.log("reading");` });
    const { out, err } = await run(folder, { format: "json", seed: 9, epochs: 1 });
    expect(JSON.parse(out)).toMatchObject({
      outcome: "finished",
      ...{ backend: "cpu", seed: 9, epochs: 1, steps: 6 },
      governed: { figures: [{ name: "parameters", value: 21 }] },
    });
    expect(err).toContain("reading\n");
  });

  test("is quiet until its result when asked to be", async () => {
    const { out } = await run(tinyProject(), { quiet: true });
    expect(out).toMatch(/^Finished/);
  });

  test("draws over its progress on a terminal, and gives the cursor back", async () => {
    const { out } = await run(tinyProject(), {}, { isInteractive: true });
    expect(out).toContain("\u001b[?25lepoch 1/2");
    expect(out.split("\u001b[?25h")[1]).toMatch(/^Finished/);
  });

  test("writes every event to the file of --jsonl", async () => {
    const folder = tinyProject();
    await run(folder, { jsonl: "events.jsonl", epochs: 1 });
    const kinds = readFileSync(join(folder, "events.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { readonly kind: string }).kind);
    expect(kinds.filter((kind) => kind === "step_measured")).toHaveLength(6);
    expect([kinds[0], kinds.at(-1)]).toEqual(["run_started", "run_ended"]);
  });
});

describe("the record of a run", () => {
  test("holds its evaluation, before its end and under its seal", async () => {
    const folder = tinyProject();
    const { record } = await run(folder);
    expect(record?.problems).toEqual([]);
    expect(record?.measurements.at(-1)).toMatchObject({
      kind: "run_evaluated",
      governed: { figures: [{ name: "parameters", value: 21 }], summary: "Counted." },
      ...{ ungoverned: null, comparison: null },
    });
    expect(readdirSync(join(folder, "runs", record?.id ?? ""))).not.toContain("evaluation.json");
  });

  test("counts every example that took part in its routing, those after the last sample included", async () => {
    const { record } = await run(tinyProject({ epochs: 3 }));
    const routing = record?.measurements.filter((event) => event.kind === "routing_measured") ?? [];
    const counted = routing.flatMap(({ cells }) =>
      cells
        .filter(({ cohort, band }) => cohort === "all" && band === "hidden")
        .map(({ examples }) => examples),
    );
    expect(counted.reduce((sum, examples) => sum + examples, 0)).toBe(3 * 46);
    // One sample with a share in the first step; what an epoch counted since then comes at its end.
    const shares = routing.map(({ clock, cells }) => [
      clock.epoch,
      cells[0]?.share === null ? "rest" : "sample",
    ]);
    expect(shares).toEqual([
      [0, "sample"],
      [0, "rest"],
      [1, "rest"],
      [2, "rest"],
    ]);
  });

  test("says of a halted run which bound it was, and how many updates there were", async () => {
    const policy = `${HALTING_POLICY}\nband hidden = layers "hidden"\n`;
    const { record } = await run(tinyProject({}, { "policy.gov": policy }));
    const measured = record?.measurements.filter((event) => event.kind === "step_measured").at(-1);
    const average = measured?.bounds[0]?.average;
    expect(endOf(record)).toMatchObject({
      updates: 4,
      reason: `\`loss(all)\` left \`<= ${sayNumber(0.0000001)}\`: measured ${sayNumber(average)}`,
    });
    expect(record?.measurements.at(-1)).toMatchObject({ kind: "routing_measured", clock: { step: 4 } });
  });
});

describe("experiments", () => {
  const required = `const tf = require("@tensorflow/tfjs");\nconst { defineExperiment } = require("strata-gov");\n`;
  test.each([
    ["experiment.mjs", `${experimentText()}export default experiment;\n`],
    ["experiment.js", `${experimentText()}export { experiment as default };\n`],
    ["experiment.cjs", `${experimentText({ head: required })}module.exports = experiment;\n`],
    ["experiment.cts", `${experimentText()}export default experiment;\n`],
  ])("are read as %s", async (name, text) => {
    const { code, err } = await run(folderWith({ [name]: text, "policy.gov": POLICY }), {
      experiment: name,
      epochs: 1,
    });
    expect(err).toBe("");
    expect(code).toBe(EXIT.clean);
  });
});

describe("a run that its policy halts", () => {
  test("exits with 5, shows the line, the reason and the moment, and keeps the whole record", async () => {
    const folder = tinyProject({}, { "policy.gov": HALTING_POLICY });
    const { code, out, record } = await run(folder);
    expect(code).toBe(EXIT.halted);
    expect(out).toMatch(
      /error\[GOV8004\]: the policy halted the run in step 4 of epoch 1, after 4 updates from 32 examples/,
    );
    expect(out).toMatch(/policy\.gov:7:12\n(.*\n)*7 │ {7}then halt after 3 steps\n/);
    expect(out).toMatch(/^→ step 1 {2}warn/m);
    expect(out).toMatch(/^Halted by its policy: in step 4 of epoch 1, 4 updates applied, /m);
    expect(record !== undefined && verifies(record)).toBe(true);
    expect(record?.problems).toEqual([]);
    expect(endOf(record)).toMatchObject({ outcome: "halted", clock: { step: 4 }, span: { line: 7 } });
  });
});

test("a run halted by its data says that no step was taken", async () => {
  const policy = POLICY.replace("else quarantine", "else halt");
  const { code, out, record } = await run(tinyProject({}, { "policy.gov": policy }));
  expect(code).toBe(EXIT.halted);
  expect(out).toMatch(/the policy halted the run before the first step, after 0 updates from 0 examples/);
  expect(out).toMatch(/^Halted by its policy: before the first step, 0 updates applied, /m);
  expect(endOf(record)).toMatchObject({ outcome: "halted", updates: 0, clock: { step: 0 } });
});

describe("an experiment at fault", () => {
  test("that throws while training is named with its line, and its record is closed", async () => {
    const throwing = `(labels, outputs) => {\n  if ((calls += 1) > 3) throw new RangeError("out of digits");\n  return tf.losses.meanSquaredError(labels, outputs);\n}`;
    const folder = tinyProject({
      head: `import * as tf from "@tensorflow/tfjs";\nimport { defineExperiment } from "strata-gov";\nlet calls = 0;\nconst loss = ${throwing};\n`,
    });
    const text = readFileSync(join(folder, "experiment.ts"), "utf8").replace(
      `loss: "meanSquaredError"`,
      "loss",
    );
    writeFileSync(join(folder, "experiment.ts"), text);
    const line = text.split("\n").findIndex((row) => row.includes("out of digits")) + 1;
    const { code, err, record } = await run(folder);
    expect(code).toBe(EXIT.failed);
    expect(err).toMatch(new RegExp(`^gov: experiment\\.ts:${line}:\\d+: RangeError: out of digits\n`));
    expect(record?.problems).toEqual([]);
    expect(endOf(record)).toMatchObject({ outcome: "failed", reason: "RangeError: out of digits" });
  });

  test("that throws in its data begins no run", async () => {
    const { code, err, record } = await run(tinyProject({ data: `throw new Error("no data here");` }));
    expect(code).toBe(EXIT.failed);
    expect(err).toMatch(/^gov: experiment\.ts:\d+:\d+: no data here\n$/);
    expect(record).toBeUndefined();
  });

  test("whose evaluation throws keeps the run, and exits with 1", async () => {
    const { code, err, out, record } = await run(
      tinyProject({ evaluate: `() => { throw new Error("no test set"); }` }),
    );
    expect(code).toBe(EXIT.failed);
    expect(err).toMatch(/experiment\.ts:\d+:\d+: no test set/);
    expect(out).toMatch(/^Finished/m);
    expect(endOf(record)).toMatchObject({ outcome: "finished" });
    expect(record?.measurements.at(-1)).toMatchObject({
      ...{ kind: "run_evaluated", governed: null },
      problem: "the evaluation failed: no test set",
    });
  });

  test.each([
    ["21", /must give back `\{ figures: \[\{ name, value \}, …\] \}`/],
    [`({ figures: [{ name: "a", value: 1 }, { name: "b" }] })`, /figure 2 that its `evaluate` gave back/],
    [`({ figures: [], summary: 3 })`, /the `summary` that its `evaluate` gave back is not a text/],
  ])("whose evaluation gives back %s is told so, and its record verifies", async (given, expected) => {
    const { code, err, record } = await run(tinyProject({ epochs: 1, evaluate: `() => ${given}` }));
    expect(code).toBe(EXIT.failed);
    expect(err).toMatch(expected);
    expect(record?.problems).toEqual([]);
  });

  test.each([
    [
      "tf.randomNormal([48, 1]",
      "tf.randomNormal([40, 1]",
      /48 records of metadata, but a tensor of shape \[40, 1\]/,
    ],
    [
      "tf.randomNormal([48, 1]",
      "tf.randomNormal([48, 2]",
      /`targets` .* shape \[48, 2\], but the model gives \[B, 1\]/,
    ],
    [
      "tf.randomNormal([48, 3]",
      "tf.randomNormal([48, 4]",
      /`inputs` .* shape \[48, 4\], but the model takes \[B, 3\]/,
    ],
    [
      `loss: "meanSquaredError",`,
      "",
      /it has a layers model and no `loss`: give it a function, or one of meanSq/,
    ],
    [`"meanSquaredError"`, `"mse"`, /its `loss` is "mse", and must be a function or one of/],
    ["inputs: tf", "input: tf", /its `data` must give `inputs`, a tensor or a list of tensors/],
    ["examples: Array.from", "metadata: Array.from", /its `data` must give `examples`/],
  ])("with %s as %s gets one sentence with its file, and begins no run", async (right, wrong, expected) => {
    const folder = tinyProject();
    const text = readFileSync(join(folder, "experiment.ts"), "utf8");
    expect(text).toContain(right);
    writeFileSync(join(folder, "experiment.ts"), text.replace(right, wrong));
    const { code, err, record } = await run(folder);
    expect(code).toBe(EXIT.failed);
    expect(err).toMatch(/^gov: experiment\.ts: [^\n]*\n$/);
    expect(err).not.toMatch(/RangeError|TypeError|\.ts:\d/);
    expect(err).toMatch(expected);
    expect(record).toBeUndefined();
  });

  test("that is not there is a problem told to programs, too", async () => {
    const { code, out } = await run(tinyProject(), { experiment: "experimant.ts", format: "json" });
    expect(code).toBe(EXIT.failed);
    expect(JSON.parse(out)).toMatchObject({ outcome: "failed", file: "experimant.ts" });
  });
});

describe("a policy at fault", () => {
  test("is shown as gov check shows it, and begins no run", async () => {
    const policy = POLICY.replace("route zeros", "route zeroes");
    const { code, err, record } = await run(tinyProject({}, { "policy.gov": policy }));
    expect(code).toBe(EXIT.errors);
    expect(err).toMatch(/^error\[GOV2001\].*\n.*policy\.gov:14:7/);
    expect(record).toBeUndefined();
  });

  test("that names layers which the model does not have is found before the training", async () => {
    const policy = POLICY.replace(`layers "hidden"`, `layers "hiden"`);
    const { code, err, out, record } = await run(tinyProject({}, { "policy.gov": policy }), {
      format: "json",
    });
    expect(code).toBe(EXIT.errors);
    expect(err).toContain("error[GOV4001]");
    expect(JSON.parse(out)).toMatchObject({ outcome: "failed", diagnostics: [{ code: "GOV4001", line: 9 }] });
    expect(record).toBeUndefined();
  });

  test("that the metadata does not fit is found before the training", async () => {
    const policy = POLICY.replace("label:   int in 0..1", "label:   int in 0..0");
    const { code, err, record } = await run(tinyProject({}, { "policy.gov": policy }));
    expect(code).toBe(EXIT.errors);
    expect(err).toContain("error[GOV8005]");
    expect(record).toBeUndefined();
  });

  test("that is not there is named", async () => {
    const { code, err } = await run(tinyProject(), { policy: "other.gov" });
    expect(code).toBe(EXIT.failed);
    expect(err).toContain("other.gov: there is no such file");
  });
});

describe("what stands in the way of a record", () => {
  test("is told before anything is trained", async () => {
    const folder = tinyProject({}, { runs: "a file" });
    const { code, err } = await run(folder, { jsonl: "events.jsonl" });
    expect(code).toBe(EXIT.failed);
    expect(err).toMatch(/^gov: cannot make the folder .*runs/);
    expect(existsSync(join(folder, "events.jsonl"))).toBe(false);
  });

  test("such as an old file for the events", async () => {
    const folder = tinyProject({}, { "events.jsonl": "kept" });
    const { code, err } = await run(folder, { jsonl: "events.jsonl" });
    expect(code).toBe(EXIT.failed);
    expect(err).toMatch(/cannot create .*events\.jsonl: it exists already/);
    expect(readFileSync(join(folder, "events.jsonl"), "utf8")).toBe("kept");
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });
});

test("Ctrl-C ends a run after the step under way, with its record whole", async () => {
  const folder = tinyProject({ epochs: 1000 });
  const controller = new AbortController();
  const recorded = recordTerminal(folder);
  const heard: ((cause: "signal") => void)[] = [];
  const terminal: Terminal = {
    ...recorded.terminal,
    out: (text) => {
      recorded.terminal.out(text);
      if (!text.startsWith("epoch 1/") || controller.signal.aborted) return;
      controller.abort();
      for (const tell of heard) tell("signal");
    },
  };
  const code = await runExperiment(PLAIN_RUN, terminal, (onFirst) => {
    heard.push(onFirst);
    return { signal: controller.signal, release: () => undefined };
  });
  expect(code).toBe(EXIT.interrupted);
  expect(recorded.out()).toMatch(/^Stopping after this step; press Ctrl-C again/m);
  expect(recorded.out()).toMatch(/^Interrupted: 1 step, 1 epoch/m);
  const record = newestRecord(folder);
  expect(record?.problems).toEqual([]);
  expect(endOf(record)).toMatchObject({ outcome: "interrupted", clock: { step: 1, examples: 8 } });
});

test("the console is left as it was found", async () => {
  const { log } = console;
  await run(tinyProject({ data: `throw new Error("no");` }));
  expect(console.log).toBe(log);
});

describe("a behaviour that is traced", () => {
  const policy = `${POLICY}
behavior draws = probe "draws.jsonl"
provenance { trace hidden toward draws every 4 steps top 2 }
`.replace("provenance { require licence else quarantine }", "");
  const probe = '{"input": [1, 2, 3], "target": [1]}\n{"input": [3, 2, 1], "target": [0]}\n';

  test("is measured by its probe, which the record binds", async () => {
    const folder = tinyProject({}, { "policy.gov": policy, "draws.jsonl": probe });
    const { code, err, record } = await run(folder);
    expect(err).toBe("");
    expect(code).toBe(EXIT.clean);
    const traced = record?.measurements.filter((event) => event.kind === "influence_measured");
    expect(traced?.map(({ behavior, rows }) => [behavior, rows.length])).toEqual([
      ["draws", 2],
      ["draws", 2],
      ["draws", 2],
    ]);
    const start = record?.decisions[0]?.event;
    expect(start?.kind === "run_started" && start.inputs["probe/draws"]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("stops the run before it begins where there is no probe, at its line", async () => {
    const { code, err, record } = await run(tinyProject({}, { "policy.gov": policy }));
    expect(code).toBe(EXIT.errors);
    expect(err).toContain("there is no file `draws.jsonl`");
    expect(err).toContain("GOV6002");
    expect(err).not.toContain("GOV6006");
    expect(record).toBeUndefined();
    const near = await run(tinyProject({}, { "policy.gov": policy, "drawn.jsonl": probe }));
    expect(near.err).toContain("did you mean `drawn.jsonl`?");
  });
});
