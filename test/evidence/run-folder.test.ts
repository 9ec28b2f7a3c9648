import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EvidenceError } from "../../src/evidence/error.ts";
import { readRun } from "../../src/evidence/read.ts";
import { createRunFolder } from "../../src/evidence/run-folder.ts";
import { verifyRun } from "../../src/evidence/verify.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";
import { FILES, KEY, temporaryFolder, writeRun } from "./written-run.ts";

const START: RunEvent = { kind: "run_started", clock: { step: 0, epoch: 0, examples: 0 }, inputs: {} };

test("a finished run reads back as it was told and verifies", async () => {
  const told = syntheticEvents({ steps: 700, ending: "finished" });
  const path = await writeRun("finished", told);
  const record = readRun(path);
  expect(record.problems).toEqual([]);
  expect(verifyRun(path, { key: KEY.publicKey })).toMatchObject({ verdict: "verifies", problems: [] });
  expect(record.measurements).toEqual(told.filter(({ kind }) => kind.endsWith("_measured")));
  // The rows of the provenance store are bound by the folder itself.
  const decided = record.decisions.map(({ event }) => event).filter(({ kind }) => kind !== "file_bound");
  expect(decided).toMatchObject(told.filter(({ kind }) => !kind.endsWith("_measured")));
  expect(record.sources.map(({ path: source }) => source)).toEqual(["policy.gov", "sources/lib/guards.gov"]);
  expect(record.environment).toEqual({ seed: 7 });
});

test("the first entry holds the digests of the files, the end that of the measurements", async () => {
  const path = await writeRun("bound", syntheticEvents({ steps: 700, ending: "halted" }));
  const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
  const { decisions, head } = readRun(path);
  const files = Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, sha256(text)]));
  expect(decisions[0]?.event).toMatchObject({ kind: "run_started", run: "bound", files });
  const metrics = readFileSync(join(path, "metrics.jsonl"), "utf8");
  const digest = { bytes: Buffer.byteLength(metrics), sha256: sha256(metrics) };
  const ended = decisions.find(({ event }) => event.kind === "run_ended");
  expect(ended?.event).toMatchObject({ metrics: digest });
  expect(head).toMatchObject({
    origin: "example.com/tests/bound",
    size: decisions.length,
    trust: "enclosed",
  });
});

test("of its checkpoints a run remembers the last, and the ledger has all", async () => {
  const run = await createRunFolder({ root: temporaryFolder(), id: "steady", files: {}, key: KEY });
  run.recorder(START);
  for (const step of [100, 200, 300])
    run.checkpoint(new Uint8Array([step / 100]), { ...START.clock, step }, run.recorder);
  const remembered: (readonly [kind: string, step: number])[] = [];
  await run.close(({ decisions }) => {
    remembered.push(...decisions.map(({ kind, clock }) => [kind, clock.step] as const));
    return {};
  });
  expect(remembered).toEqual([
    ["run_started", 0],
    ["checkpoint_saved", 300],
  ]);
  const saved = readRun(run.path).decisions.filter(({ event }) => event.kind === "checkpoint_saved");
  expect(saved.map(({ event }) => event.clock.step)).toEqual([100, 200, 300]);
});

test("an event that is too long for an entry lies beside it, bound by its digest", async () => {
  const run = await createRunFolder({ root: temporaryFolder(), id: "long", files: {}, key: KEY });
  run.recorder(START);
  const reason = "x".repeat(100_000);
  run.recorder({ kind: "run_ended", clock: START.clock, outcome: "failed", reason });
  await run.close();
  expect(verifyRun(run.path).problems).toEqual([]);
  expect(readRun(run.path).decisions[1]?.event).toMatchObject({ reason });
  const payloads = join(run.path, "ledger", "payload");
  const file = join(payloads, readdirSync(payloads)[0] ?? "");
  writeFileSync(file, readFileSync(file, "utf8").replace("xx", "xy"));
  expect(verifyRun(run.path)).toMatchObject({ verdict: "does_not_verify" });
});

test("numbers that are not finite are kept as null, ill-formed text is mended", async () => {
  const run = await createRunFolder({ root: temporaryFolder(), id: "odd", files: {}, key: KEY });
  const clock = { step: 1, epoch: 0, examples: 100 };
  run.recorder(START);
  const bounds = { 0: { value: Number.NEGATIVE_INFINITY, average: null } };
  run.recorder({ kind: "step_measured", clock, loss: Number.NaN, milliseconds: 1, examples: 100, bounds });
  run.recorder({ kind: "run_ended", clock, outcome: "failed", reason: "a lone \ud800 surrogate" });
  await run.close();
  const record = readRun(run.path);
  expect(record.problems).toEqual([]);
  expect(record.measurements[0]).toMatchObject({ loss: null, bounds: { 0: { value: null } } });
  expect(record.decisions[1]?.event).toMatchObject({ reason: "a lone \ufffd surrogate" });
});

test("a decision is on the disk before the recorder returns", async () => {
  const run = await createRunFolder({ root: temporaryFolder(), id: "now", files: {}, key: KEY });
  run.recorder(START);
  expect(readRun(run.path).decisions).toHaveLength(1);
});

test("a run's folder is never written into twice", async () => {
  const root = temporaryFolder();
  await createRunFolder({ root, id: "once", files: { "policy.gov": "first" }, key: KEY });
  await expect(createRunFolder({ root, id: "once", files: {}, key: KEY })).rejects.toThrow(
    /once: it exists already$/,
  );
  expect(readFileSync(join(root, "once", "policy.gov"), "utf8")).toBe("first");
});

test("a folder that cannot be made whole is not left behind", async () => {
  const root = temporaryFolder();
  const files = { "policy.gov": "text", "policy.gov/below": "a file cannot be a folder" };
  await expect(createRunFolder({ root, id: "half", files, key: KEY })).rejects.toThrow(EvidenceError);
  expect(existsSync(join(root, "half"))).toBe(false);
});

test.each(["../escape", "/etc/escape", "a//b", "ledger/checkpoint", "metrics.jsonl", "C:\\escape"])(
  "%s is no file of a run",
  async (name) => {
    const root = temporaryFolder();
    await expect(createRunFolder({ root, id: "run", files: { [name]: "" }, key: KEY })).rejects.toThrow(
      EvidenceError,
    );
    expect(readdirSync(root)).toEqual([]);
  },
);

test("the newest run is found through the pointer beside the runs", async () => {
  const root = temporaryFolder();
  await createRunFolder({ root, id: "first", files: {}, key: KEY });
  await createRunFolder({ root, id: "second", files: {}, key: KEY });
  expect(readRun(join(root, "latest")).id).toBe("second");
});

test("a pointer leads to no other place, and neither does a link", async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, "latest"), "../../etc");
  expect(() => readRun(join(root, "latest"))).toThrow(EvidenceError);
  mkdirSync(join(root, "linked"));
  writeFileSync(join(root, "secret"), "not for the report");
  symlinkSync(join(root, "secret"), join(root, "linked", "policy.gov"));
  expect(readRun(join(root, "linked")).sources).toEqual([]);
});

test("a folder that is not there is a plain error", () => {
  expect(() => readRun(join(temporaryFolder(), "none"))).toThrow(/none: no such file or folder$/);
});

test("a run that nobody announced is bound to its files all the same", async () => {
  const run = await createRunFolder({
    root: temporaryFolder(),
    id: "unannounced",
    files: { "policy.gov": "" },
    key: KEY,
  });
  run.recorder({ kind: "run_ended", clock: START.clock, outcome: "finished" });
  await run.close();
  const { decisions, problems } = readRun(run.path);
  expect(problems).toEqual([]);
  expect(decisions.map(({ event }) => event.kind)).toEqual(["run_started", "run_ended"]);
  expect(decisions[0]?.event).toMatchObject({ files: { "policy.gov": expect.any(String) as unknown } });
});
