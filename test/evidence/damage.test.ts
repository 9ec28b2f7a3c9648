import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readRun } from "../../src/evidence/read.ts";
import { verifies, type RecordProblem } from "../../src/evidence/record.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { syntheticEvents, type SyntheticOptions } from "../fixtures/synthetic-run.ts";
import { temporaryFolder, writeRun } from "./written-run.ts";

const LOG = "decisions.jsonl";

/** Without the measurements, which only take time to read again for every byte of the log. */
function decisions(options: SyntheticOptions): readonly RunEvent[] {
  return syntheticEvents(options).filter(({ kind }) => !kind.endsWith("_measured"));
}

function brokenPlaces(problems: readonly RecordProblem[]): readonly (number | undefined)[] {
  return problems
    .filter((problem) => problem.file === LOG && problem.kind !== "cut_off")
    .map(({ line }) => line);
}

describe("a run killed at any byte", () => {
  test("keeps every whole decision and says what is torn", async () => {
    const path = await writeRun("killed", decisions({ steps: 700, ending: "killed" }));
    const whole = readFileSync(join(path, LOG));
    const log = readRun(path).decisions;
    for (let size = whole.length; size >= 0; size -= 1) {
      truncateSync(join(path, LOG), size);
      const record = readRun(path);
      const lines = whole.subarray(0, size).toString("latin1").split("\n").length - 1;
      expect(record.decisions).toEqual(log.slice(0, lines));
      expect(record.problems.filter(({ file }) => file === LOG).every(({ kind }) => kind === "cut_off")).toBe(
        true,
      );
      const torn = size > 0 && whole[size - 1] !== 0x0a;
      expect(record.problems.some(({ line, message }) => line === lines + 1 && /torn/.test(message))).toBe(
        torn,
      );
      // What the rest of the log still vouches for is there.
      expect(verifies(record)).toBe(true);
    }
  });

  test("keeps every whole measurement", async () => {
    const path = await writeRun("metrics", syntheticEvents({ steps: 4, ending: "killed" }));
    const metrics = join(path, "metrics.jsonl");
    const whole = readFileSync(metrics);
    for (let size = whole.length; size >= 0; size -= 1) {
      truncateSync(metrics, size);
      const record = readRun(path);
      const lines = whole.subarray(0, size).toString("latin1").split("\n").length - 1;
      expect(record.measurements).toHaveLength(lines);
      expect(verifies(record)).toBe(true);
    }
  });
});

describe("a finished record in which one byte differs", () => {
  test("never verifies, and the log says in which line", async () => {
    const path = await writeRun("flipped", decisions({ steps: 620, ending: "finished" }));
    const whole = readFileSync(join(path, LOG));
    let line = 1;
    for (let place = 0; place < whole.length; place += 1) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(place) ^ (1 << (place % 8)), place);
      writeFileSync(join(path, LOG), damaged);
      const { problems } = readRun(path);
      expect(verifies({ problems }), `byte ${place}`).toBe(false);
      expect(brokenPlaces(problems), `byte ${place}`).toContain(line);
      if (whole[place] === 0x0a) line += 1;
    }
  });

  test.each(["metrics.jsonl", "seal.json", "policy.gov", "sources/lib/guards.gov", "environment.json"])(
    "is found out in %s, wherever one looks",
    async (name) => {
      const path = await writeRun("other", syntheticEvents({ steps: 3, ending: "finished" }));
      const whole = readFileSync(join(path, name));
      for (let place = 0; place < whole.length - 1; place += 5) {
        const damaged = Buffer.from(whole);
        damaged.writeUInt8(damaged.readUInt8(place) ^ (1 << (place % 8)), place);
        writeFileSync(join(path, name), damaged);
        expect(verifies(readRun(path)), `byte ${place}`).toBe(false);
      }
    },
  );
});

describe("a log that was worked on", () => {
  async function rework(change: (lines: string[]) => readonly string[]): Promise<readonly RecordProblem[]> {
    const path = await writeRun("worked", decisions({ steps: 700, ending: "finished" }));
    const lines = readFileSync(join(path, LOG), "utf8").trimEnd().split("\n");
    writeFileSync(join(path, LOG), `${change(lines).join("\n")}\n`);
    return readRun(path).problems;
  }

  test("shows a line that was changed, and only that one", async () => {
    const problems = await rework((lines) =>
      lines.with(2, (lines[2] ?? "").replace('"measured":0.281', '"measured":0.381')),
    );
    expect(problems).toEqual([
      expect.objectContaining({
        kind: "altered",
        file: LOG,
        line: 3,
        message: expect.stringContaining("line 4"),
      }),
    ]);
  });

  test("shows where a line was taken out", async () => {
    const problems = await rework((lines) => lines.toSpliced(3, 1));
    expect(brokenPlaces(problems)).toContain(4);
    expect(problems[0]?.message).toBe("entry 4 stands where 3 was to come here");
  });

  test("shows where the last lines were taken off", async () => {
    const problems = await rework((lines) => lines.slice(0, -1));
    expect(problems).toContainEqual(expect.objectContaining({ kind: "altered", file: LOG }));
  });

  test("shows lines that changed places", async () => {
    const problems = await rework(([first = "", second = "", third = "", ...rest]) => [
      first,
      third,
      second,
      ...rest,
    ]);
    expect(brokenPlaces(problems)).toContain(2);
  });

  test("shows a line in another form of the same meaning", async () => {
    const problems = await rework((lines) => lines.with(1, ` ${lines[1] ?? ""}`));
    expect(brokenPlaces(problems)).toEqual([2]);
  });
});

test("a folder without a log does not verify", async () => {
  const path = await writeRun("unlogged", syntheticEvents({ steps: 3, ending: "killed" }));
  rmSync(join(path, LOG));
  expect(verifies(readRun(path))).toBe(false);
});

test("a file that the run began with and that is gone is missed", async () => {
  const path = await writeRun("gone", syntheticEvents({ steps: 3, ending: "finished" }));
  rmSync(join(path, "policy.gov"));
  expect(readRun(path).problems).toEqual([expect.objectContaining({ kind: "missing", file: "policy.gov" })]);
});

test("a record that tells of files elsewhere does not get them read", async () => {
  const path = await writeRun("elsewhere", syntheticEvents({ steps: 3, ending: "killed" }));
  const log = readFileSync(join(path, LOG), "utf8").replace(
    '"policy.gov":',
    '"../../../../../../etc/hostname":',
  );
  writeFileSync(join(path, LOG), log);
  expect(readRun(path).sources.map(({ path: source }) => source)).not.toContain(
    "../../../../../../etc/hostname",
  );
});

test("measurements added after the end are found out", async () => {
  const path = await writeRun("added", syntheticEvents({ steps: 3, ending: "finished" }));
  const copy = join(temporaryFolder(), "copy");
  cpSync(path, copy, { recursive: true });
  const metrics = readFileSync(join(copy, "metrics.jsonl"), "utf8");
  writeFileSync(join(copy, "metrics.jsonl"), metrics + metrics.slice(0, metrics.indexOf("\n") + 1));
  expect(readRun(copy).problems).toEqual([
    expect.objectContaining({ kind: "altered", file: "metrics.jsonl" }),
  ]);
});

/** An entry of the right shape with something more in it. */
function entryWith(more: string): string {
  const digest = "00".repeat(32);
  const clock = '{"step":0,"epoch":0,"examples":0}';
  const event = `{"kind":"run_ended","clock":${clock},"outcome":"failed","metrics":{"bytes":0,"sha256":"${digest}"}}`;
  return `{"sequence":1,"previous":"${digest}","event":${event},"more":${more}}`;
}

test.each([
  ["an unpaired surrogate", entryWith('"\\ud800"')],
  ["nesting deeper than any stack", entryWith(`${"[".repeat(200_000)}${"]".repeat(200_000)}`)],
  ["control characters", "\u0000\u0001\u0002"],
  ["nothing at all", ""],
])("a line of %s is told of and does no harm", async (_, line) => {
  const path = await writeRun("hostile", [
    { kind: "run_started", clock: { step: 0, epoch: 0, examples: 0 }, inputs: {} },
  ]);
  appendFileSync(join(path, LOG), `${line}\n`);
  expect(brokenPlaces(readRun(path).problems)).toEqual([2]);
});
