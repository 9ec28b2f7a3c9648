/** A process that keeps a record, says on its standard output what was acknowledged, and is killed by its test. */
import { existsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { signingKeyFrom } from "../../src/evidence/ledger/keys.ts";
import { readRun } from "../../src/evidence/read.ts";
import { createRunFolder, openRunFolder, type RunFolder } from "../../src/evidence/run-folder.ts";

const KEY = signingKeyFrom("example.com/tests", new Uint8Array(32).fill(7));
const ID = "crashed";
const root = process.argv[2] ?? "";
const span = { file: "policy.gov", start: 0, end: 1, line: 1, column: 1 };

const { folder, next } = await open();
for (let step = next; ; step += 1) {
  const clock = { step, epoch: 0, examples: step };
  folder.recorder({
    kind: "step_measured",
    clock,
    loss: 1 / (step + 1),
    milliseconds: 1,
    examples: 1,
    bounds: {},
  });
  // Now and then a long one: more bytes to be torn.
  const message = "x".repeat(step % 7 === 0 ? 20_000 : 10);
  folder.recorder({ kind: "violation_found", clock, code: "GOV8001", message, span });
  if (step % 5 === 0) folder.recorder({ kind: "epoch_ended", clock, loss: 1, weightsDigest: "", judged: [] });
  folder.flush();
  writeSync(1, `${step}\n`);
}

async function open(): Promise<{ readonly folder: RunFolder; readonly next: number }> {
  if (!existsSync(join(root, ID))) {
    const made = await createRunFolder({ root, id: ID, files: { "policy.gov": "policy" }, key: KEY });
    made.recorder({ kind: "run_started", clock: { step: 0, epoch: 0, examples: 0 }, inputs: {} });
    return { folder: made, next: 0 };
  }
  const { decisions } = readRun(join(root, ID));
  const last = decisions.findLast(({ event }) => event.kind === "violation_found");
  const next = (last?.event.clock.step ?? -1) + 1;
  const before = await openRunFolder(join(root, ID), { key: KEY, fromStep: next });
  before.folder.recorder({ kind: "run_resumed", clock: { step: next, epoch: 0, examples: next } });
  return { folder: before.folder, next };
}
