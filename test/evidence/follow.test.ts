/** A run that is followed says at each moment what somebody would read who opens it then. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { followLog } from "../../src/evidence/follow-log.ts";
import { followRun, type FollowedRun, type RunAdvance } from "../../src/evidence/follow.ts";
import { createLedger } from "../../src/evidence/ledger/ledger.ts";
import { NOTHING_SETTLED } from "../../src/evidence/ledger/reading.ts";
import { readLedger } from "../../src/evidence/ledger/read.ts";
import { readRun } from "../../src/evidence/read.ts";
import type { RunRecord } from "../../src/evidence/record.ts";
import { createRunFolder, openRunFolder, type RunFolder } from "../../src/evidence/run-folder.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";
import { FILES, KEY, temporaryFolder } from "./written-run.ts";
import { cases } from "../generators/runs.ts";

const EVENTS = syntheticEvents({ steps: 90, ending: "finished" });

async function begin(): Promise<RunFolder> {
  return createRunFolder({ root: temporaryFolder(), id: "followed", files: FILES, key: KEY });
}

/** Looks until there is nothing more to be read, and gives what somebody who took it all down then has. */
function takeDown(run: FollowedRun, noted: RunRecord["measurements"], bytes: number): RunRecord {
  let measurements = noted;
  let look: RunAdvance;
  do {
    look = run.advance(bytes);
    measurements = look.again ? look.fresh : [...measurements, ...look.fresh];
  } while (look.behind > 0);
  return { ...look.outline, measurements };
}

test("whatever is looked at in between, the record is the one that is read whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(EVENTS.length - 2), { maxLength: 8 }),
      fc.integer({ min: 1, max: 20_000 }),
      async (looks, bytes) => {
        const folder = await begin();
        const run = followRun(folder.path);
        let seen: RunRecord["measurements"] = [];
        for (const [index, event] of EVENTS.entries()) {
          folder.recorder(event);
          if (looks.includes(index)) {
            const record = takeDown(run, seen, bytes);
            expect(record).toEqual(readRun(folder.path));
            seen = record.measurements;
          }
        }
        await folder.close();
        const record = takeDown(run, seen, bytes);
        expect(record).toEqual(readRun(folder.path));
        expect(record.problems).toEqual([]);
      },
    ),
    cases(4),
  );
});

/** A run in the middle, of which everything has been seen. */
async function followed(): Promise<{
  readonly folder: RunFolder;
  readonly run: FollowedRun;
  readonly seen: RunRecord;
}> {
  const folder = await begin();
  EVENTS.slice(0, 60).forEach(folder.recorder);
  const run = followRun(folder.path);
  return { folder, run, seen: takeDown(run, [], Number.POSITIVE_INFINITY) };
}

describe("what was seen and is no longer so", () => {
  test("a run that goes on from a checkpoint has measured steps again", async () => {
    const { folder, run, seen } = await followed();
    folder.flush();
    const { folder: resumed } = await openRunFolder(folder.path, { key: KEY, fromStep: 20 });
    resumed.recorder({ kind: "run_resumed", clock: { step: 20, epoch: 0, examples: 2000 } });
    EVENTS.filter((event) => event.kind === "step_measured")
      .slice(20, 25)
      .forEach(resumed.recorder);
    const record = takeDown(run, seen.measurements, 500);
    expect(record).toEqual(readRun(folder.path));
    expect(record.measurements.filter(({ kind }) => kind === "step_measured")).toHaveLength(25);
  });

  test("a folder that is set back to an earlier state is read from its beginning", async () => {
    const folder = await begin();
    EVENTS.slice(0, 30).forEach(folder.recorder);
    folder.flush();
    const earlier = join(temporaryFolder(), "earlier");
    cpSync(folder.path, earlier, { recursive: true });
    EVENTS.slice(30, 60).forEach(folder.recorder);
    const run = followRun(folder.path);
    const seen = takeDown(run, [], Number.POSITIVE_INFINITY);
    rmSync(folder.path, { recursive: true });
    cpSync(earlier, folder.path, { recursive: true });
    const look = run.advance(Number.POSITIVE_INFINITY);
    expect(look.again).toBe(true);
    expect(look.fresh.length).toBeLessThan(seen.measurements.length);
    expect({ ...look.outline, measurements: look.fresh }).toEqual(readRun(folder.path));
  });

  test.each(["metrics.jsonl", "policy.gov", "ledger/tile/entries/000.p", "ledger/checkpoint"])(
    "%s that was cut is told of",
    async (file) => {
      const { folder, run, seen } = await followed();
      const names = readdirSync(folder.path, { recursive: true, encoding: "utf8" });
      const path = join(folder.path, names.findLast((name) => name.startsWith(file)) ?? "");
      writeFileSync(path, readFileSync(path).subarray(0, -9));
      const record = takeDown(run, seen.measurements, Number.POSITIVE_INFINITY);
      expect(record.problems).toEqual(readRun(folder.path).problems);
      expect(record.problems).not.toEqual([]);
    },
  );

  test("a measurement that follows on the end of the run is told of", async () => {
    const { folder, run } = await followed();
    EVENTS.slice(60).forEach(folder.recorder);
    await folder.close();
    const seen = takeDown(run, [], Number.POSITIVE_INFINITY);
    const path = join(folder.path, "metrics.jsonl");
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([bytes, bytes.subarray(0, bytes.indexOf(10) + 1)]));
    expect(takeDown(run, seen.measurements, 100).problems).toEqual(readRun(folder.path).problems);
    expect(readRun(folder.path).problems).toHaveLength(1);
  });
});

describe("a ledger of which the front has been read", () => {
  const entryOf = (index: number): Buffer => Buffer.from(`entry ${index}`);

  test("is read on as it is read whole, bundle by bundle", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }), (batches) => {
        const folder = join(temporaryFolder(), "ledger");
        const ledger = createLedger({ folder, origin: "test", key: KEY });
        let settled = NOTHING_SETTLED;
        for (const batch of batches) {
          for (let entry = 0; entry < batch; entry += 1) ledger.append(entryOf(ledger.size()));
          ledger.commitSync();
          const on = readLedger(folder, KEY.publicKey, settled);
          expect(on).toEqual(readLedger(folder, KEY.publicKey));
          expect(on.faults).toEqual([]);
          expect(on.settled.entries).toHaveLength(ledger.size() - (ledger.size() % 256));
          ({ settled } = on);
        }
        ledger.close();
      }),
      cases(10),
    );
  });

  test("and is not believed where what follows is of another ledger", () => {
    const root = temporaryFolder();
    const write = (name: string, first: string): string => {
      const folder = join(root, name);
      mkdirSync(folder);
      const ledger = createLedger({ folder: join(folder, "ledger"), origin: "test", key: KEY });
      ledger.append(Buffer.from(first));
      for (let entry = 1; entry < 600; entry += 1) ledger.append(entryOf(entry));
      ledger.commitSync();
      ledger.close();
      return join(folder, "ledger");
    };
    const { settled } = readLedger(write("one", "one"), KEY.publicKey);
    expect(settled.entries).toHaveLength(512);
    const other = write("other", "other");
    expect(readLedger(other, KEY.publicKey, settled)).toEqual(readLedger(other, KEY.publicKey));
    expect(Buffer.from(readLedger(other, KEY.publicKey, settled).entries[0]?.bytes ?? []).toString()).toBe(
      "other",
    );
  });

  test("is read again where a bundle that was read has been changed since", () => {
    const folder = join(temporaryFolder(), "ledger");
    const ledger = createLedger({ folder, origin: "test", key: KEY });
    for (let entry = 0; entry < 600; entry += 1) ledger.append(entryOf(entry));
    ledger.commitSync();
    ledger.close();
    const log = followLog(folder, KEY.publicKey);
    expect(log.advance().ledger.faults).toEqual([]);
    const path = join(folder, "tile/entries/001");
    const bytes = readFileSync(path);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const { faults } = log.advance().ledger;
    expect(faults).toEqual(readLedger(folder, KEY.publicKey).faults);
    expect(faults[0]).toMatchObject({ kind: "altered", file: "tile/entries/001" });
  });
});
