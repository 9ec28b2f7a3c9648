import { readFileSync } from "node:fs";
import type * as FileSystem from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { EvidenceError } from "../../src/evidence/error.ts";
import { readRun } from "../../src/evidence/read.ts";
import { createRunFolder } from "../../src/evidence/run-folder.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";
import { FILES, temporaryFolder } from "./written-run.ts";

/** Bytes that the appended files may still take; then the disk is full, as disks are: in the middle of a line. */
const disk = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY, refusesToCut: false }));

vi.mock("node:fs", async (importOriginal) => {
  const original = await importOriginal<typeof FileSystem>();
  return {
    ...original,
    writeSync(descriptor: number, bytes: Uint8Array, offset = 0): number {
      if (disk.left <= 0) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
      const count = Math.min(bytes.length - offset, disk.left);
      disk.left -= count;
      return original.writeSync(descriptor, bytes, offset, count);
    },
    ftruncateSync(descriptor: number, length: number): void {
      if (disk.refusesToCut) throw Object.assign(new Error("EIO"), { code: "EIO" });
      original.ftruncateSync(descriptor, length);
    },
  };
});

async function fillDisk(space: number, refusesToCut: boolean): Promise<{ path: string; failures: string[] }> {
  const failures: string[] = [];
  const onFailure = (error: EvidenceError): void => void failures.push(error.message);
  Object.assign(disk, { left: Number.POSITIVE_INFINITY, refusesToCut });
  const run = await createRunFolder({ root: temporaryFolder(), id: "full", files: FILES, onFailure });
  disk.left = space;
  for (const event of syntheticEvents({ steps: 60, ending: "finished" })) run.recorder(event);
  expect(() => run.flush()).toThrow(EvidenceError);
  await expect(run.close()).rejects.toThrow(/no space left on the disk$/);
  return { path: run.path, failures };
}

test.each([10, 700, 1234, 5000])(
  "a disk that is full after %i bytes ends the record at a whole line",
  async (space) => {
    const { path, failures } = await fillDisk(space, false);
    expect(failures).toEqual([expect.stringMatching(/^cannot write .*\.jsonl: no space left on the disk$/)]);
    expect(readRun(path).problems.map(({ kind }) => kind)).toEqual(["cut_off"]);
    expect(readFileSync(join(path, "metrics.jsonl"), "utf8")).toMatch(/^$|\n$/);
  },
);

test("a line that can neither be finished nor taken back is told of as torn", async () => {
  const { path } = await fillDisk(5000, true);
  const record = readRun(path);
  expect(record.problems).toContainEqual(expect.objectContaining({ kind: "cut_off", file: "metrics.jsonl" }));
  expect(record.problems.every(({ kind }) => kind === "cut_off")).toBe(true);
});
