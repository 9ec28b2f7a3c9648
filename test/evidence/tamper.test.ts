/**
 * Whatever is done to the folder of a finished run is found, and where. More cases with STRATA_RUNS: see docs/cli.md.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readBundle } from "../../src/evidence/ledger/entries.ts";
import { readRun } from "../../src/evidence/read.ts";
import { judge, placeOf, verifies, type RecordProblem } from "../../src/evidence/record.ts";
import { createRunFolder } from "../../src/evidence/run-folder.ts";
import { verifyRun } from "../../src/evidence/verify.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";
import { cases } from "../generators/runs.ts";
import { FILES, KEY, temporaryFolder, writeRun } from "./written-run.ts";

type Files = ReadonlyMap<string, Uint8Array>;

let path: string;
let whole: Files;
/** The folder as it lay there after each decision. */
const earlier: Files[] = [];

beforeAll(async () => {
  const run = await createRunFolder({ root: temporaryFolder(), id: "tampered", files: FILES, key: KEY });
  ({ path } = run);
  for (const event of syntheticEvents({ steps: 640, ending: "finished" })) {
    // Enough of them for the measurements to be a file like the others.
    if (event.kind === "step_measured" && event.clock.step % 20 !== 0) continue;
    run.recorder(event);
    if (!event.kind.endsWith("_measured")) earlier.push(readAll(path));
  }
  await run.close(() => ({ "run.intoto.jsonl": '{"testifies":"to the run"}\n' }));
  whole = readAll(path);
  // The state before the end was signed is the last that can be gone back to.
  earlier.pop();
});

function readAll(folder: string): Files {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length + 1), readFileSync(file)]),
  );
}

/** Makes the folder hold these files and no others; `before` is what it holds. */
function layOut(files: Files, before: Files): void {
  for (const name of before.keys()) if (!files.has(name)) rmSync(join(path, name));
  for (const [name, bytes] of files) {
    if (before.get(name) === bytes) continue;
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
}

interface Tampering {
  readonly what: string;
  /** The files of which one has to be told of. */
  readonly places: readonly string[];
  readonly files: Files;
}

/** Four numbers in 0..1 choose what is done, to which file, and where. */
function tamper([kind, file, from, to]: readonly [number, number, number, number]): Tampering | undefined {
  const names = [...whole.keys()].toSorted();
  const name = pick(names, file);
  const bytes = Buffer.from(whole.get(name) ?? []);
  const put = (what: string, changed: Uint8Array): Tampering | undefined =>
    bytes.equals(changed)
      ? undefined
      : { what: `${what} in ${name}`, places: [name], files: new Map(whole).set(name, changed) };
  switch (Math.floor(kind * 6)) {
    case 0:
    case 1: {
      const at = Math.floor(from * bytes.length);
      bytes[at] = Math.floor(to * 256);
      return put(`byte ${at}`, bytes);
    }
    case 2: {
      const files = new Map(whole);
      files.delete(name);
      return { what: `deletion of ${name}`, places: [name], files };
    }
    case 3:
      return put("truncation", bytes.subarray(0, Math.floor(from * bytes.length)));
    case 4:
      return put("reordering", reorder(name, bytes, from, to));
    default:
      return rollBack(name, from, to);
  }
}

function pick<Item>(items: readonly Item[], share: number): Item {
  const item = items[Math.floor(share * items.length)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}

/** Two parts of a file change places: entries, hashes, lines. */
function reorder(name: string, bytes: Buffer, from: number, to: number): Buffer {
  const parts = name.startsWith("ledger/tile/entries/")
    ? readBundle(bytes).entries.map((entry) =>
        bytes.subarray(entry.start, entry.start + 2 + entry.bytes.length),
      )
    : name.startsWith("ledger/tile/")
      ? Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32))
      : (bytes
          .toString("latin1")
          .match(/[^\n]*\n?/g)
          ?.map((line) => Buffer.from(line, "latin1")) ?? []);
  const [one, other] = [Math.floor(from * parts.length), Math.floor(to * parts.length)];
  const [first, second] = [parts[one], parts[other]];
  if (first === undefined || second === undefined) return bytes;
  return Buffer.concat(parts.with(one, second).with(other, first));
}

/** A file, the ledger or the whole folder as it lay there before. */
function rollBack(name: string, from: number, to: number): Tampering | undefined {
  const before = pick(earlier, from);
  const isRolledBack = (file: string): boolean =>
    to < 0.34 ? file === name : to < 0.67 ? file.startsWith("ledger/") : true;
  const files = new Map([
    ...[...whole].filter(([file]) => !isRolledBack(file)),
    ...[...before].filter(([file]) => isRolledBack(file)),
  ]);
  const isSame = [...whole].every(([file, bytes]) =>
    Buffer.from(bytes).equals(files.get(file) ?? Buffer.of(0)),
  );
  if (isSame && files.size === whole.size) return undefined;
  // That the checkpoint is an old one shows in what it does not cover.
  const places = to < 0.34 && !name.startsWith("ledger/") ? [name] : ["ledger"];
  return { what: `rollback of ${to < 0.34 ? name : to < 0.67 ? "the ledger" : "everything"}`, places, files };
}

function isToldOf(place: string, problems: readonly RecordProblem[]): boolean {
  return problems.some(
    ({ file, kind }) => kind !== "unbound" && (file === place || file.startsWith(`${place}/`)),
  );
}

test("every change, deletion, truncation, reordering and rollback is reported with its place, and none passes", () => {
  const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  let tried = 0;
  fc.assert(
    fc.property(fc.tuple(share, share, share, share), fc.boolean(), (choice, hasKey) => {
      const tampering = tamper(choice);
      fc.pre(tampering !== undefined);
      layOut(tampering.files, whole);
      try {
        const { verdict, problems } = verifyRun(path, hasKey ? { key: KEY.publicKey } : {});
        const told = `${tampering.what}: ${problems.map(placeOf).join("; ")}`;
        expect(verdict, told).not.toBe("verifies");
        expect(
          tampering.places.some((place) => isToldOf(place, problems)),
          told,
        ).toBe(true);
      } finally {
        layOut(whole, tampering.files);
      }
      tried += 1;
      if (tried % 50 === 0) expect(verifyRun(path, { key: KEY.publicKey }).verdict).toBe("verifies");
    }),
    cases(200),
  );
  expect(verifyRun(path, { key: KEY.publicKey })).toMatchObject({ verdict: "verifies", problems: [] });
});

test("one byte of any entry: the entry is named", () => {
  const [bundle = ""] = [...whole.keys()].filter((name) => name.startsWith("ledger/tile/entries/"));
  const bytes = Buffer.from(whole.get(bundle) ?? []);
  const { entries } = readBundle(bytes);
  for (const [index, { start, bytes: entry }] of entries.entries()) {
    const at = start + ((index * 37) % (entry.length + 2));
    const other = Buffer.from(bytes);
    other[at] = (other[at] ?? 0) ^ 4;
    const files = new Map(whole).set(bundle, other);
    layOut(files, whole);
    const { problems } = verifyRun(path);
    layOut(whole, files);
    expect(problems.find(({ file }) => file === bundle)?.entry).toBe(index);
  }
});

test("a run that was set back to an earlier state of its own is unfinished, and an earlier checkpoint convicts it", () => {
  const checkpoint = Buffer.from(whole.get("ledger/checkpoint") ?? []).toString("utf8");
  expect(verifyRun(path, { earlier: checkpoint }).verdict).toBe("verifies");
  const before = earlier.at(-1) ?? whole;
  layOut(before, whole);
  const alone = verifyRun(path, { key: KEY.publicKey });
  const compared = verifyRun(path, { key: KEY.publicKey, earlier: checkpoint });
  layOut(whole, before);
  expect(alone.verdict).toBe("unfinished");
  expect(alone.problems.map(({ kind }) => kind)).toContain("cut_off");
  expect(compared.verdict).toBe("does_not_verify");
  expect(compared.problems.map(({ message }) => message).join()).toMatch(
    /the ledger was set back: it had \d+ entries/,
  );
  // Every earlier state is the beginning of what came of it.
  for (const state of earlier) {
    const text = Buffer.from(state.get("ledger/checkpoint") ?? []).toString("utf8");
    expect(verifyRun(path, { earlier: text }).problems).toEqual([]);
  }
});

test("a record that another key signed anew, or of another run, does not verify by the first one's key", async () => {
  const { signingKeyFrom } = await import("../../src/evidence/ledger/keys.ts");
  const other = signingKeyFrom(KEY.name, new Uint8Array(32).fill(8));
  const forged = await createRunFolder({ root: temporaryFolder(), id: "tampered", files: FILES, key: other });
  for (const event of syntheticEvents({ steps: 10, ending: "finished" })) forged.recorder(event);
  await forged.close();
  expect(verifyRun(forged.path).verdict).toBe("verifies");
  expect(verifyRun(forged.path, { key: KEY.publicKey }).verdict).toBe("does_not_verify");
  const elsewhere = await writeRun("elsewhere", syntheticEvents({ steps: 640, ending: "finished" }));
  const note = readFileSync(join(elsewhere, "ledger", "checkpoint"), "utf8");
  expect(verifyRun(path, { earlier: note }).problems[0]?.message).toMatch(
    /is one of example\.com\/tests\/elsewhere/,
  );
});

describe("a folder", () => {
  test("without a ledger does not verify", async () => {
    const run = await writeRun("unlogged", syntheticEvents({ steps: 3, ending: "killed" }));
    rmSync(join(run, "ledger"), { recursive: true });
    expect(verifies(readRun(run))).toBe(false);
  });

  test("of a killed run is unfinished, not broken, however much of its last measurements is there", async () => {
    const run = await writeRun("killed", syntheticEvents({ steps: 4, ending: "killed" }));
    const metrics = readFileSync(join(run, "metrics.jsonl"));
    for (let size = metrics.length; size >= 0; size -= 7) {
      writeFileSync(join(run, "metrics.jsonl"), metrics.subarray(0, size));
      const record = readRun(run);
      const lines = metrics.subarray(0, size).toString("latin1").split("\n").length - 1;
      expect(record.measurements).toHaveLength(lines);
      expect(judge(record)).toBe("unfinished");
    }
  });

  test("with files of which the record says nothing verifies, and they are named", () => {
    writeFileSync(join(path, "notes.txt"), "mine");
    renameSync(join(path, "notes.txt"), join(path, "my notes.txt"));
    const { verdict, problems } = verifyRun(path);
    rmSync(join(path, "my notes.txt"));
    expect(verdict).toBe("verifies");
    expect(problems).toMatchObject([{ kind: "unbound", file: "my notes.txt" }]);
  });

  test.each(["ledger", "attestations"])("whose %s is a link to elsewhere does not verify", (name) => {
    const elsewhere = join(temporaryFolder(), name);
    renameSync(join(path, name), elsewhere);
    symlinkSync(elsewhere, join(path, name));
    const { verdict, problems } = verifyRun(path, { key: KEY.publicKey });
    rmSync(join(path, name));
    renameSync(elsewhere, join(path, name));
    expect(verdict).toBe("does_not_verify");
    expect(problems).toContainEqual(expect.objectContaining({ kind: "altered", file: name }));
    expect(verifyRun(path).problems).toEqual([]);
  });

  test("with a payload for which no entry stands verifies, and it is named", () => {
    const file = "ledger/payload/0123";
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), "{}");
    const { verdict, problems } = verifyRun(path);
    rmSync(dirname(join(path, file)), { recursive: true });
    expect(verdict).toBe("verifies");
    expect(problems).toMatchObject([{ kind: "unbound", file }]);
  });

  test("that tells of files elsewhere does not get them read", async () => {
    const run = await createRunFolder({ root: temporaryFolder(), id: "outside", files: {}, key: KEY });
    const clock = { step: 0, epoch: 0, examples: 0 };
    run.recorder({ kind: "run_started", clock, inputs: {} });
    run.bind({ role: "provenance", path: "../../../../../../etc/hostname", sha256: "00".repeat(32) });
    run.recorder({ kind: "run_ended", clock, outcome: "finished" });
    await run.close();
    expect(verifyRun(run.path).problems).toMatchObject([
      { kind: "missing", file: "../../../../../../etc/hostname" },
    ]);
  });
});
