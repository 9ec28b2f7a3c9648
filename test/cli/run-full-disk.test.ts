import type * as FileSystem from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { runExperiment } from "../../src/cli/commands/run.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { readRun } from "../../src/evidence/read.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { tinyProject } from "./tiny-experiment.ts";
import { PLAIN_RUN } from "./plain-requests.ts";

/** Bytes that the record may still grow by. */
const disk = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY }));

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
  };
});

test.each(["pretty", "json"] as const)("a disk that fills up stops the training (%s)", async (format) => {
  disk.left = 20_000;
  const folder = tinyProject({ epochs: 100_000 });
  const { terminal, out, err } = recordTerminal(folder);
  const code = await runExperiment({ ...PLAIN_RUN, format }, terminal);
  expect(code).toBe(EXIT.failed);
  expect(err()).toMatch(/^gov: cannot write .*: no space left on the disk\n {2}training without a record/m);
  const record = readRun(join(folder, "runs", "latest"));
  // A checkpoint may have been written that the ledger had no room to name: `unbound`, which changes nothing.
  const problems = record.problems.filter(({ kind }) => kind !== "unbound");
  expect(new Set(problems.map(({ kind }) => kind))).toEqual(new Set(["cut_off"]));
  expect(record.measurements.length).toBeGreaterThan(5);
  if (format === "json")
    expect(JSON.parse(out())).toMatchObject({ outcome: "failed", run: `runs/${record.id}` });
  else expect(out()).not.toMatch(/^Finished/m);
});
