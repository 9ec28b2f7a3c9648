/** A run that is killed at any moment loses nothing that was acknowledged. More kills with STRATA_RUNS: see docs/cli.md. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { readRun } from "../../src/evidence/read.ts";
import { judge } from "../../src/evidence/record.ts";
import { verifyRun } from "../../src/evidence/verify.ts";
import { runs } from "../generators/runs.ts";
import { KEY, temporaryFolder } from "./written-run.ts";

/** The writer as one file, which starts in a tenth of the time. */
async function bundle(): Promise<string> {
  const outfile = join(temporaryFolder(), "crash-writer.mjs");
  const entry = fileURLToPath(new URL("crash-writer.ts", import.meta.url));
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  return outfile;
}

interface Killed {
  /** The last step that the process was told is kept, undefined where it did not come so far. */
  readonly acknowledged: number | undefined;
  readonly complaint: string;
}

/** Runs the writer, and kills it so many milliseconds after it acknowledged its first step, or ends by itself. */
function runAndKill(writer: string, root: string, milliseconds: number): Promise<Killed> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [writer, root], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      if (said === "") setTimeout(() => child.kill("SIGKILL"), milliseconds);
      said += chunk.toString();
    });
    child.on("close", () => {
      const whole = said.slice(0, said.lastIndexOf("\n") + 1).trim();
      resolve({ acknowledged: whole === "" ? undefined : Number(whole.split("\n").at(-1)), complaint });
    });
  });
}

/** Steps whose decisions are there, each once and in order, and the same for the measurements. */
function expectWhole(path: string, acknowledged: number): void {
  const record = readRun(path, KEY.publicKey);
  expect(judge(record), JSON.stringify(record.problems)).toBe("unfinished");
  const steps = record.decisions.flatMap(({ event }) =>
    event.kind === "violation_found" ? [event.clock.step] : [],
  );
  expect(steps).toEqual(Array.from({ length: steps.length }, (_, step) => step));
  expect(steps.length).toBeGreaterThan(acknowledged);
  const measured = record.measurements.map(({ clock }) => clock.step);
  expect(measured.slice(0, acknowledged + 1)).toEqual(
    Array.from({ length: acknowledged + 1 }, (_, step) => step),
  );
}

test("killed at random moments while it writes, and gone on with each time", async () => {
  const writer = await bundle();
  const root = temporaryFolder();
  let last = -1;
  for (let kill = 0; kill < runs(5); kill += 1) {
    const { acknowledged, complaint } = await runAndKill(writer, root, Math.random() * 40);
    expect(complaint).toBe("");
    expect(acknowledged).toBeGreaterThan(last);
    last = acknowledged ?? last;
    expectWhole(join(root, "crashed"), last);
  }
});

const DISK = "/tmp/strata-small-disk";

function mountSmallDisk(): boolean {
  try {
    execFileSync("mkdir", ["-p", DISK]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", DISK], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

afterAll(() => {
  if (existsSync(DISK)) execFileSync("rmdir", [DISK]);
});

test("a disk that is really full stops it, and with room it goes on", async (context) => {
  const writer = await bundle();
  if (!mountSmallDisk()) {
    console.warn("no small disk can be mounted here: full-disk.test.ts has the same with injected failures");
    context.skip();
  }
  try {
    const full = await runAndKill(writer, DISK, 60_000);
    expect(full.complaint).toMatch(/EvidenceError: cannot write .*: no space left on the disk/);
    const last = full.acknowledged ?? -1;
    expect(last).toBeGreaterThan(3);
    expectWhole(join(DISK, "crashed"), last);
    execFileSync("mount", ["-o", "remount,size=4m", DISK]);
    const more = await runAndKill(writer, DISK, 50);
    expect(more.complaint).toBe("");
    expect(more.acknowledged).toBeGreaterThan(last);
    expectWhole(join(DISK, "crashed"), more.acknowledged ?? last);
    expect(verifyRun(join(DISK, "crashed"), { key: KEY.publicKey }).verdict).toBe("unfinished");
  } finally {
    execFileSync("umount", [DISK]);
  }
});
