import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { artifactsOf } from "../../src/trackers/artifacts.ts";
import { manifestDigest } from "../../src/trackers/wandb/artifacts.ts";
import { createLogFramer, LOG_HEADER } from "../../src/trackers/wandb/log.ts";
import { createWandbTracker } from "../../src/trackers/wandb/wandb.ts";
import { temporaryFolder } from "../evidence/written-run.ts";
import { STARTED, tell, trackedRun, VERSIONS } from "./tracked-run.ts";
import { countAt, decode, messageAt, messages, textAt, texts, type Fields } from "./wire.ts";
import { cases } from "../generators/runs.ts";

test("the checksum is the plain CRC-32 by its published value", () => {
  expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
});

/** Reads the log by the definition of its format. */
function readLog(bytes: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  let open: Buffer[] = [];
  for (let at = LOG_HEADER.length; at < bytes.length;) {
    const left = 32_768 - (at % 32_768);
    if (left < 7) {
      expect(bytes.subarray(at, at + left).every((byte) => byte === 0)).toBe(true);
      at += left;
      continue;
    }
    const [length, type] = [bytes.readUInt16LE(at + 4), bytes.readUInt8(at + 6)];
    expect(length + 7).toBeLessThanOrEqual(left);
    expect(bytes.readUInt32LE(at)).toBe(crc32(bytes.subarray(at + 6, at + 7 + length)));
    expect([1, 2].includes(type)).toBe(open.length === 0);
    open.push(bytes.subarray(at + 7, at + 7 + length));
    at += 7 + length;
    if (type !== 1 && type !== 4) continue;
    records.push(Buffer.concat(open));
    open = [];
  }
  expect(open).toEqual([]);
  return records;
}

test("records of any sizes come back from the log whole, whatever blocks they lie across", () => {
  const size = fc.oneof(fc.nat(64), fc.integer({ min: 32_700, max: 32_800 }), fc.nat(100_000));
  fc.assert(
    fc.property(fc.array(size, { minLength: 1, maxLength: 12 }), (sizes) => {
      const records = sizes.map((length, index) => Buffer.alloc(length, index + 1));
      const frame = createLogFramer();
      const read = readLog(Buffer.concat([LOG_HEADER, ...records.map(frame)]));
      expect(read.map((record) => record.length)).toEqual(sizes);
      expect(Buffer.concat(read).equals(Buffer.concat(records))).toBe(true);
    }),
    cases(40),
  );
});

test("the digest of a manifest is MD5 over its lines in order", () => {
  const expected = createHash("md5").update("wandb-artifact-manifest-v1\na:QQ==\nb:Qg==\n").digest("hex");
  const entries = [
    { path: "a", digest: "QQ==" },
    { path: "b", digest: "Qg==" },
  ];
  expect(manifestDigest(entries)).toBe(expected);
});

async function trackedRecords(): Promise<{ readonly records: readonly Fields[]; readonly place: string }> {
  const run = trackedRun();
  const model = temporaryFolder();
  writeFileSync(join(model, "model.json"), "{}");
  mkdirSync(join(model, "empty"));
  const tracker = createWandbTracker(run, {
    ...{ id: "7k2m9qxd", project: "digits", entity: "team", name: "first", folder: temporaryFolder() },
    ...{ group: "night", jobType: undefined, notes: undefined, tags: ["a", "b"], sweep: undefined },
    started: STARTED,
    sampleSystem: () => ({ cpu: 50 }),
  });
  tell(tracker, 300);
  const { place } = await tracker.close(artifactsOf(run, model, VERSIONS));
  const records = readLog(readFileSync(join(place, "run-7k2m9qxd.wandb"))).map(decode);
  return { records, place };
}

const FIELDS = { history: 2, summary: 3, artifact: 8, alert: 10, metric: 12, run: 17, exit: 18, header: 21 };

function bodies(records: readonly Fields[], field: keyof typeof FIELDS): readonly Fields[] {
  return records.flatMap((record) => messages(record, FIELDS[field]));
}

function itemsOf(body: Fields): Readonly<Record<string, unknown>> {
  const entries = messages(body, 1).map((item) => [
    textAt(item, 1) ?? "",
    JSON.parse(textAt(item, 16) ?? ""),
  ]);
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}

test("a run is told from its header to its exit, every record numbered", async () => {
  const { records, place } = await trackedRecords();
  expect(place).toMatch(/\/offline-run-20261123_083411-7k2m9qxd$/);
  expect(records.map((record) => countAt(record, 1))).toEqual(records.map((_, index) => index + 1));
  expect(records[0]?.has(FIELDS.header)).toBe(true);
  const [run] = bodies(records, "run");
  expect(records[1]?.has(FIELDS.run)).toBe(true);
  expect([1, 2, 3, 6, 8].map((field) => run && textAt(run, field))).toEqual([
    ...["7k2m9qxd", "team", "digits", "night", "first"],
  ]);
  expect(run && texts(run, 10)).toEqual(["a", "b"]);
  const [exit] = bodies(records.slice(-1), "exit");
  expect(exit && countAt(exit, 1)).toBe(5);
});

test("history has each step once, in order, and each figure has a metric of its own name", async () => {
  const { records } = await trackedRecords();
  const history = bodies(records, "history");
  expect(history.map((row) => itemsOf(row)["_step"])).toEqual([
    ...Array.from({ length: 301 }, (_, step) => step),
  ]);
  const row = itemsOf(history[150] ?? new Map());
  expect(row).toMatchObject({
    ...{ _step: 150, _timestamp: STARTED / 1000 + 3, _runtime: 3 },
    ...{ "entropy/encoder/low": 0.3, "entropy/encoder/high": 0.95, "entropy/encoder/decision": 2 },
  });
  const metrics = bodies(records, "metric").map((metric) => textAt(metric, 1));
  expect(new Set(metrics).size).toBe(metrics.length);
  expect(metrics).toEqual(expect.arrayContaining(Object.keys(row).filter((name) => !name.startsWith("_"))));
});

test("how a band's numbers are spread is a histogram in the history", async () => {
  const { records } = await trackedRecords();
  const row = itemsOf(bodies(records, "history")[100] ?? new Map());
  expect(row["weights/encoder"]).toEqual({
    ...{ _type: "histogram", values: [1, 0, 2, 5], bins: [-1, -0.5, 0, 0.5, 1] },
  });
});

test("each epoch's weights are a version of one artifact, and the saved model the last", async () => {
  const { records } = await trackedRecords();
  const models = bodies(records, "artifact").filter((body) => textAt(body, 4) === "model");
  expect(models.map((body) => [textAt(body, 5), ...texts(body, 11)])).toEqual([
    ["mnist_split-model", "latest", "epoch-1"],
    ["mnist_split-model", "latest", "epoch-2"],
    ["mnist_split-model", "latest"],
  ]);
  expect(new Set(models.map((body) => textAt(body, 15))).size).toBe(3);
  // One sequence of versions.
  expect(new Set(models.map((body) => textAt(body, 16))).size).toBe(1);
});

test("the summary stands on its own, and a breach is an alert", async () => {
  const { records } = await trackedRecords();
  const [summary] = bodies(records, "summary");
  expect(summary && itemsOf(summary)).toMatchObject({
    ...{ outcome: "halted", _step: 300, "loss/all/high": 2 },
    decisions: { _type: "table-file", ncols: 5 },
  });
  const alerts = bodies(records, "alert").map((alert) => [textAt(alert, 3), textAt(alert, 1)]);
  expect(alerts).toContainEqual(["WARN", "A bound is breached"]);
  expect(alerts).toContainEqual(["ERROR", "The run ended early"]);
});

test("data, policy, evidence and model are versions with the digests of their files", async () => {
  const { records } = await trackedRecords();
  const artifacts = bodies(records, "artifact");
  expect(artifacts.map((artifact) => [textAt(artifact, 4), countAt(artifact, 10) ?? 0])).toEqual([
    ...[
      ["dataset", 1],
      ["policy", 1],
      ["evidence", 0],
      ["model", 0],
      ["model", 0],
      ["model", 0],
      ["run_table", 0],
    ],
  ]);
  for (const artifact of artifacts) {
    expect(textAt(artifact, 15)).toMatch(/^[a-z0-9]{128}$/);
    const contents = messages(messageAt(artifact, 12), 4);
    expect(contents.length).toBeGreaterThan(0);
    const lines = contents.map((entry) => `${textAt(entry, 1) ?? ""}:${textAt(entry, 2) ?? ""}\n`).join("");
    const digest = createHash("md5").update(`wandb-artifact-manifest-v1\n${lines}`).digest("hex");
    expect(textAt(artifact, 6)).toBe(digest);
    for (const entry of contents) {
      const source = textAt(entry, 6);
      if (source === undefined) continue;
      const md5 = createHash("md5").update(readFileSync(source)).digest("base64");
      expect(textAt(entry, 2)).toBe(md5);
    }
  }
});
