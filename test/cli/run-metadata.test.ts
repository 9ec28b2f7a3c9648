/** `gov run` on an experiment whose metadata lies in a file. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runExperiment } from "../../src/cli/commands/run.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { readRun } from "../../src/evidence/read.ts";
import type { RunRecord } from "../../src/evidence/record.ts";
import { PLAIN_RUN } from "./plain-requests.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { tinyProject } from "./tiny-experiment.ts";

/** The tiny experiment's own metadata, as CSV. */
const ROWS = Array.from({ length: 48 }, (_, row) => `e${row},${row % 2},${row % 24 === 5 ? "" : "cc0"}`);

function csv(rows: readonly string[]): string {
  return ["id,label,licence", ...rows, ""].join("\n");
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly folder: string;
  readonly record: RunRecord | undefined;
}

async function run(gives: string, rows: readonly string[] = ROWS, baseline = false): Promise<Ran> {
  const data = `return {
      inputs: tf.randomNormal([48, 3], 0, 1, "float32", 1),
      targets: tf.randomNormal([48, 1], 0, 1, "float32", 2),
      ${gives}
    };`;
  const folder = tinyProject({ data, more: 'metadata: "m.csv",' }, { "m.csv": csv(rows) });
  const { terminal, out, err } = recordTerminal(folder);
  const code = await runExperiment({ ...PLAIN_RUN, baseline }, terminal);
  const latest = join(folder, "runs", "latest");
  return { code, out: out(), err: err(), folder, record: existsSync(latest) ? readRun(latest) : undefined };
}

async function losses(gives: string, rows?: readonly string[]): Promise<unknown> {
  const { code, err, record } = await run(gives, rows);
  expect(err).toBe("");
  expect(code).toBe(EXIT.clean);
  return record?.measurements.flatMap((own) => (own.kind === "step_measured" ? [own.loss] : []));
}

const OWN =
  'examples: Array.from({ length: 48 }, (_, row) => ({ id: "e" + row, label: row % 2, licence: row % 24 === 5 ? "" : "cc0" })),';

test("the same is learnt, and the same refused, however the metadata comes", async () => {
  const given = await losses(OWN);
  expect(given).toHaveLength(12);
  expect(await losses("")).toEqual(given);
  expect(await losses("examples: context.metadata,")).toEqual(given);
  // By ids, in whatever order the file is; records that no row asks for may be there.
  const ids = 'ids: Array.from({ length: 48 }, (_, row) => "e" + row),';
  expect(await losses(ids, ["other,1,", ...ROWS.toReversed()])).toEqual(given);
});

test("the record has the file's digest, and what is put aside as the file has it", async () => {
  const { folder, record, out } = await run("", ROWS, true);
  const sha256 = createHash("sha256").update(csv(ROWS)).digest("hex");
  expect(record?.environment?.data).toEqual({ "m.csv": sha256 });
  const aside = readFileSync(join(folder, "runs", record?.id ?? "", "quarantine.jsonl"), "utf8");
  expect(JSON.parse(aside.split("\n")[0] ?? "")).toEqual({
    ...{ row: 5, missing: ["licence"], altered: [] },
    example: { id: "e5", label: 1 },
  });
  // The twin has read it as well.
  expect(out).toMatch(/ungoverned/);
});

test("what is wrong with the file is found in its line", async () => {
  const { code, err } = await run("", ROWS.with(7, "e7,seven,cc0"));
  expect(err).toContain(
    'example `e7` (m.csv:9) does not fit the schema: `label` is "seven", not a whole number',
  );
  expect(code).toBe(EXIT.errors);
  const ragged = await run("", ["e0,0"]);
  expect(ragged.err).toContain("m.csv:2: there are 2 values for 3 columns");
  expect(ragged.code).toBe(EXIT.failed);
  expect(ragged.record).toBeUndefined();
});
