import type * as FileSystem from "node:fs";
import { expect, test, vi } from "vitest";
import { type EvidenceError } from "../../src/evidence/error.ts";
import { readRun } from "../../src/evidence/read.ts";
import { judge } from "../../src/evidence/record.ts";
import { createRunFolder, openRunFolder } from "../../src/evidence/run-folder.ts";
import { verifyRun } from "../../src/evidence/verify.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";
import { runs } from "../generators/runs.ts";
import { FILES, KEY, temporaryFolder } from "./written-run.ts";

/** Bytes that files may still take; then the disk is full, as disks are: in the middle of a line. */
const disk = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY, refusesToCut: false }));

vi.mock("node:fs", async (importOriginal) => {
  const original = await importOriginal<typeof FileSystem>();
  const take = (wanted: number): number => {
    const granted = Math.min(wanted, disk.left);
    disk.left -= granted;
    return granted;
  };
  const full = (): Error => Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
  return {
    ...original,
    writeSync(descriptor: number, bytes: Uint8Array, offset = 0): number {
      const count = take(bytes.length - offset);
      if (count === 0 && bytes.length > offset) throw full();
      return original.writeSync(descriptor, bytes, offset, count);
    },
    writeFileSync(file: number, content: string | Uint8Array): void {
      const bytes = Buffer.from(content);
      const count = take(bytes.length);
      original.writeFileSync(file, bytes.subarray(0, count));
      if (count < bytes.length) throw full();
    },
    ftruncateSync(descriptor: number, length: number): void {
      if (disk.refusesToCut) throw Object.assign(new Error("EIO"), { code: "EIO" });
      original.ftruncateSync(descriptor, length);
    },
  };
});

const EVENTS = syntheticEvents({ steps: 640, ending: "finished" }).filter(
  ({ kind, clock }) => kind !== "step_measured" || clock.step % 10 === 0,
);

interface Filled {
  readonly path: string;
  readonly failures: readonly string[];
  /** What was recorded without complaint. */
  readonly kept: readonly RunEvent[];
}

async function fillDisk(space: number, refusesToCut: boolean): Promise<Filled> {
  const failures: string[] = [];
  const kept: RunEvent[] = [];
  const onFailure = (error: EvidenceError): void => void failures.push(error.message);
  Object.assign(disk, { left: Number.POSITIVE_INFINITY, refusesToCut });
  const options = { root: temporaryFolder(), id: "full", files: FILES, key: KEY, onFailure };
  const run = await createRunFolder(options);
  disk.left = space;
  for (const event of EVENTS) {
    run.recorder(event);
    if (failures.length === 0) kept.push(event);
  }
  await expect(run.close()).rejects.toThrow(/no space left on the disk$/);
  return { path: run.path, failures, kept };
}

function isDecision({ kind }: RunEvent): boolean {
  return !kind.endsWith("_measured");
}

test("a disk that is full after any number of bytes costs nothing that was kept, and the run goes on", async () => {
  for (let round = 0; round < runs(15); round += 1) {
    const { path, failures, kept } = await fillDisk(Math.floor(Math.random() * 60_000), round % 3 === 0);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^cannot write .*: no space left on the disk$/);
    const record = readRun(path, KEY.publicKey);
    expect(judge(record), JSON.stringify(record.problems)).toBe("unfinished");
    const decided = kept.filter(isDecision).map(({ kind }) => kind);
    expect(record.decisions.map(({ event }) => event.kind).slice(0, decided.length)).toEqual(decided);
    expect(record.measurements.length).toBeGreaterThanOrEqual(kept.length - decided.length);

    Object.assign(disk, { left: Number.POSITIVE_INFINITY, refusesToCut: false });
    if (record.decisions.length === 0) {
      await expect(openRunFolder(path, { key: KEY, fromStep: 0 })).rejects.toThrow(/start it anew$/);
      continue;
    }
    const { folder } = await openRunFolder(path, { key: KEY, fromStep: 0 });
    const clock = { step: 0, epoch: 0, examples: 0 };
    folder.recorder({ kind: "run_resumed", clock });
    folder.recorder({ kind: "run_ended", clock, outcome: "finished" });
    await folder.close();
    expect(verifyRun(path, { key: KEY.publicKey })).toMatchObject({ verdict: "verifies", problems: [] });
  }
});
