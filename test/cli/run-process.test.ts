/** `gov run` as a process of its own: what signals and sudden deaths do to it, its record and its twin. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { report } from "../../src/cli/commands/report.ts";
import { runExperiment } from "../../src/cli/commands/run.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { RunRequest } from "../../src/cli/requests.ts";
import { readRun } from "../../src/evidence/read.ts";
import { verifies } from "../../src/evidence/record.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { tinyProject } from "./tiny-experiment.ts";
import { PLAIN_RUN } from "./plain-requests.ts";

/** As it was built by `npm test`: from source it would take seconds to start. */
const MAIN = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

interface Gov {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly out: () => string;
}

const started: Gov[] = [];
afterAll(() => {
  for (const { child } of started) child.kill("SIGKILL");
});

function startGov(folder: string, ...words: readonly string[]): Gov {
  // Without what the test runner sets: in CI it asks for colours.
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: folder,
    env: { PATH: process.env["PATH"] },
  });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => void (out += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => void (out += chunk.toString("utf8")));
  const gov: Gov = {
    child,
    ended: new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal }))),
    out: () => out,
  };
  started.push(gov);
  return gov;
}

async function until(isTrue: () => boolean, what: () => string): Promise<void> {
  const deadline = Date.now() + 50_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether the run in the folder has measured some steps. */
function isUnderWay(folder: string): boolean {
  const metrics = fileOfRun(folder, "metrics.jsonl");
  return metrics !== undefined && readFileSync(metrics, "utf8").split("\n").length > 3;
}

function fileOfRun(folder: string, name: string): string | undefined {
  const runs = join(folder, "runs");
  const run = existsSync(runs) ? readdirSync(runs).find((entry) => entry !== "latest") : undefined;
  const path = join(runs, run ?? "", name);
  return run !== undefined && existsSync(path) ? path : undefined;
}

const ENDLESS = { epochs: 100_000 };

// Side by side: each is a process that mostly loads, and two cores may as well load two.
describe.concurrent("a process that", () => {
  test("is killed leaves no twin, and a record that reads, verifies as far as it goes, and gives a page", async () => {
    const data = `require("node:fs").writeFileSync(process.argv[1].includes("twin-process") ? "twin.pid" : "main.pid", String(process.pid));`;
    const folder = tinyProject({ ...ENDLESS, data });
    const gov = startGov(folder, "run", "experiment.ts", "--backend", "cpu", "--baseline");
    const twinFile = join(folder, "twin.pid");
    await until(
      () => isUnderWay(folder) && existsSync(twinFile) && readFileSync(twinFile, "utf8") !== "",
      () => `the first steps and the twin; it said: ${gov.out()}`,
    );
    const twin = Number(readFileSync(twinFile, "utf8"));
    expect(isAlive(twin)).toBe(true);
    gov.child.kill("SIGKILL");
    expect((await gov.ended).signal).toBe("SIGKILL");
    await until(
      () => !isAlive(twin),
      () => "the twin's end",
    );

    const record = readRun(join(folder, "runs", "latest"));
    expect(verifies(record)).toBe(true);
    expect(record.decisions[0]?.event.kind).toBe("run_started");
    expect(record.decisions.some(({ event }) => event.kind === "run_ended")).toBe(false);
    expect(record.measurements.length).toBeGreaterThan(1);
    // A checkpoint may have been written when the kill came, and not been told of yet.
    const kinds = new Set(record.problems.map(({ kind }) => kind));
    kinds.delete("unbound");
    expect(kinds).toEqual(new Set(["cut_off"]));

    const { terminal, out, err } = recordTerminal(folder);
    expect(await report({ run: "latest", output: undefined }, terminal)).toBe(EXIT.clean);
    expect(out()).toBe(`runs/${record.id}/report.html\n`);
    expect(err()).toMatch(/the record stops before the end of the run, and is whole as far as it goes/);
    expect(readFileSync(join(folder, out().trim()), "utf8")).toContain("Cut off");
  });

  test("gets Ctrl-C while it evaluates leaves that, and ends its record", async () => {
    const evaluate = `() => {
      require("node:fs").writeFileSync("evaluating", "");
      return new Promise((done) => setTimeout(done, 300_000));
    }`;
    const folder = tinyProject({ epochs: 1, evaluate });
    const gov = startGov(folder, "run", "experiment.ts", "--backend", "cpu");
    await until(
      () => existsSync(join(folder, "evaluating")),
      () => `the evaluation; it said: ${gov.out()}`,
    );
    expect(fileOfRun(folder, "attestations")).toBeUndefined();
    gov.child.kill("SIGINT");
    expect(await gov.ended).toEqual({ code: EXIT.interrupted, signal: null });
    expect(gov.out()).toMatch(/^ {2}the evaluation was stopped by Ctrl-C$/m);
    const record = readRun(join(folder, "runs", "latest"));
    expect(record.problems).toEqual([]);
    expect(record.measurements.at(-1)).toMatchObject({
      kind: "run_evaluated",
      problem: "the evaluation was stopped by Ctrl-C",
    });
    expect(record.decisions.at(-1)?.event).toMatchObject({ kind: "run_ended", outcome: "finished" });
  });

  test("is read by `head` ends in order when that has read enough", async () => {
    const folder = tinyProject(ENDLESS);
    const gov = startGov(folder, "run", "experiment.ts", "--backend", "cpu");
    await until(
      () => isUnderWay(folder),
      () => `the first steps; it said: ${gov.out()}`,
    );
    gov.child.stdout.destroy();
    expect(await gov.ended).toEqual({ code: EXIT.interrupted, signal: null });
    expect(gov.out()).toContain("gov: nobody reads the output any longer");
    const record = readRun(join(folder, "runs", "latest"));
    expect(record.problems).toEqual([]);
    expect(record.decisions.at(-1)?.event).toMatchObject({ kind: "run_ended", outcome: "interrupted" });
  });
});

const BASELINE: RunRequest = { ...PLAIN_RUN, baseline: true };

describe("the ungoverned twin", () => {
  test("is trained in a process of its own, and its figures stand beside those of the governed run", async () => {
    const folder = tinyProject();
    const { terminal, out, err } = recordTerminal(folder);
    expect(await runExperiment(BASELINE, terminal)).toBe(EXIT.clean);
    expect(err()).toBe("");
    expect(out()).toMatch(
      /^ {14}governed {2}ungoverned\n {2}parameters {2}21 {8}21\n {2}Both have 21 and 21\.$/m,
    );
    const run = readRun(join(folder, "runs", "latest"));
    expect(run.problems).toEqual([]);
    expect(run.measurements.at(-1)).toMatchObject({
      ...{ kind: "run_evaluated", governed: { summary: "Counted." }, ungoverned: { summary: "Counted." } },
      comparison: "Both have 21 and 21.",
    });
  });

  test.each([
    ["dies", `process.exit(7)`, /the ungoverned twin failed: its process left with exit code 7/],
    ["throws", `throw new Error("no twin")`, /the ungoverned twin failed: no twin \(line \d+\)/],
  ])("that %s is told of, and the governed result stands", async (_, what, expected) => {
    const folder = tinyProject({ data: `if (process.argv[1].includes("twin-process")) ${what};` });
    const { terminal, out } = recordTerminal(folder);
    expect(await runExperiment(BASELINE, terminal)).toBe(EXIT.clean);
    expect(out()).toMatch(expected);
    expect(out()).toMatch(/^ {2}parameters {2}21$/m);
  });

  test("is not waited for once Ctrl-C is pressed, and the record ends all the same", async () => {
    const data = `if (process.argv[1].includes("twin-process")) await new Promise((done) => setTimeout(done, 60_000));`;
    const folder = tinyProject({ data });
    const text = readFileSync(join(folder, "experiment.ts"), "utf8").replace(
      "data: () =>",
      "data: async () =>",
    );
    writeFileSync(join(folder, "experiment.ts"), text);
    const controller = new AbortController();
    const recorded = recordTerminal(folder);
    const terminal = {
      ...recorded.terminal,
      out: (written: string) => {
        recorded.terminal.out(written);
        if (written.includes("waiting for its ungoverned twin")) controller.abort();
      },
    };
    const code = await runExperiment(BASELINE, terminal, () => ({
      signal: controller.signal,
      release: () => undefined,
    }));
    expect(code).toBe(EXIT.interrupted);
    const { problems, measurements, decisions } = readRun(join(folder, "runs", "latest"));
    expect(problems).toEqual([]);
    expect(measurements.at(-1)).toMatchObject({
      governed: { figures: [{ name: "parameters", value: 21 }] },
      problem: "the ungoverned twin was stopped by Ctrl-C",
    });
    expect(decisions.at(-1)?.event).toMatchObject({ kind: "run_ended", outcome: "finished" });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
