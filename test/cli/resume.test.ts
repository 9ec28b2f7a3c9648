/** A run that is killed goes on where it was: what it comes to is what it would have come to, bit for bit. */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { openRunProvenance } from "../../src/evidence/provenance/open.ts";
import { scan } from "../../src/evidence/provenance/scan.ts";
import { readRun } from "../../src/evidence/read.ts";
import { verifies, type RunRecord } from "../../src/evidence/record.ts";
import { standingEntries } from "../../src/evidence/standing.ts";
import { gov } from "./gov.ts";
import { tinyProject } from "./tiny-experiment.ts";

const POLICY = `policy lasting

example { id: string label: int in 0..1 licence: string? }
band hidden = layers "hidden"
cohort zeros = label == 0
route zeros -> hidden: block until 20 steps
bound loss(all) in 0..0.9 over 5 steps {
  above => attenuate hidden to 50% for 7 steps
}
provenance {
  require licence else reject
  trace hidden every 3 steps
  retain 2 epochs
}
`;

const EPOCHS = 10;

function project(): string {
  return tinyProject(
    { epochs: EPOCHS, more: "checkpointEvery: 4, optimizer: () => tf.train.adam(0.02)," },
    { "policy.gov": POLICY },
  );
}

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Runs \`gov\` in a process of its own, which is killed once its record holds so many bytes. */
function killed(folder: string, words: readonly string[], bytes: number): Promise<"killed" | "ended"> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--import", import.meta.resolve("jiti/register"), MAIN, ...words],
      {
        cwd: folder,
        stdio: "ignore",
      },
    );
    const watching = setInterval(() => {
      if (sizeOfRecord(folder) < bytes) return;
      clearInterval(watching);
      child.kill("SIGKILL");
    }, 2);
    child.on("error", reject);
    child.on("close", (_, signal) => {
      clearInterval(watching);
      resolve(signal === "SIGKILL" ? "killed" : "ended");
    });
  });
}

function sizeOfRecord(folder: string): number {
  const run = runIn(folder);
  const path = join(run, "metrics.jsonl");
  return existsSync(path) ? readFileSync(path).length : 0;
}

function runIn(folder: string): string {
  const runs = join(folder, "runs");
  const [name] = existsSync(runs) ? readdirSync(runs).filter((entry) => entry !== "latest") : [];
  return join(runs, name ?? "none");
}

/** What stands of a record, without what the clock on the wall says, without where it was stopped, and
 * without the names that tfjs gives to variables in checkpoints. */
function standing({ decisions, measurements }: RunRecord): unknown {
  const events = standingEntries(decisions).flatMap(({ event }) => {
    if (event.kind === "run_resumed" || event.kind === "run_started") return [];
    // The rows of the provenance store are compared below: in which blocks they lie depends on when they were flushed.
    if (event.kind === "file_bound" && event.role === "provenance") return [];
    const bare = event.kind === "checkpoint_saved" ? { ...event, sha256: "", pruned: [] } : event;
    return [{ ...bare, metrics: undefined }];
  });
  return {
    events,
    measurements: measurements.map((event) =>
      "milliseconds" in event ? { ...event, milliseconds: 0 } : event,
    ),
  };
}

/** Every row of the provenance store that stands, by names. */
function traced(folder: string, { decisions }: RunRecord): readonly unknown[] {
  const store = openRunProvenance(folder, decisions);
  const { names } = store;
  const rows: unknown[] = [];
  scan(store, {}, (columns, indices) => {
    for (const row of indices)
      rows.push([
        columns.step[row],
        names.example[columns.example[row] ?? -1],
        names.cohorts[columns.cohorts[row] ?? -1],
        names.band[columns.band[row] ?? -1],
        columns.weight[row],
        columns.influence[row],
      ]);
  });
  return rows;
}

test.each([
  ["cpu", [0.2, 0.5]],
  ["wasm", [0.4]],
] as const)(
  "killed again and again on %s, it ends with the same weights and the same record",
  async (backend, moments) => {
    const words = ["run", "experiment.ts", "--backend", backend];
    const [whole, broken] = [project(), project()];
    expect((await gov(whole, words)).code).toBe(EXIT.clean);
    const expected = readRun(runIn(whole));
    const size = sizeOfRecord(whole);

    for (const [index, moment] of moments.entries())
      expect(await killed(broken, index === 0 ? words : ["run", "--resume", "latest"], size * moment)).toBe(
        "killed",
      );
    // As if the machine had stopped in the middle of a line; test/evidence/crash.test.ts tears the ledger.
    appendFileSync(join(runIn(broken), "metrics.jsonl"), '{"torn":');
    const { code, out } = await gov(broken, ["run", "--resume", "latest"]);
    expect(code).toBe(EXIT.clean);

    const record = readRun(runIn(broken));
    expect(record.problems).toEqual([]);
    expect(record.decisions.filter(({ event }) => event.kind === "run_resumed")).toHaveLength(moments.length);
    expect(standing(record)).toEqual(standing(expected));
    const rows = traced(runIn(whole), expected);
    expect(rows.length).toBeGreaterThan(0);
    expect(traced(runIn(broken), record)).toEqual(rows);
    expect(out).toContain("epoch");
    // `retain 2 epochs`, and the newest two in any case.
    expect(readdirSync(join(runIn(broken), "checkpoints")).length).toBeLessThan(8);
  },
);

describe("a run that cannot go on says why", () => {
  test("because it is over", async () => {
    const folder = project();
    expect((await gov(folder, ["run", "experiment.ts", "--epochs", "1", "--backend", "cpu"])).code).toBe(
      EXIT.clean,
    );
    const { code, err } = await gov(folder, ["run", "--resume", "latest"]);
    expect(code).toBe(EXIT.failed);
    expect(err).toContain("has ended: there is nothing to go on with");
  });

  test("because the experiment has changed, or the record", async () => {
    const folder = project();
    expect(await killed(folder, ["run", "experiment.ts", "--backend", "cpu"], 1500)).toBe("killed");
    const experiment = join(folder, "experiment.ts");
    const text = readFileSync(experiment, "utf8");
    writeFileSync(experiment, `${text}\n// changed`);
    const changed = await gov(folder, ["run", "--resume", "latest"]);
    expect(changed.code).toBe(EXIT.failed);
    expect(changed.err).toContain("not as it was when it began: experiment");
    writeFileSync(experiment, text);

    const checkpoints = join(runIn(folder), "checkpoints");
    const newest = readdirSync(checkpoints).toSorted().at(-1) ?? "";
    const bytes = readFileSync(join(checkpoints, newest));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(join(checkpoints, newest), bytes);
    expect(verifies(readRun(runIn(folder)))).toBe(false);
    const altered = await gov(folder, ["run", "--resume", "latest"]);
    expect(altered.err).toContain("does not verify");
  });

  test("or what was asked for beside it", async () => {
    const { code, err } = await gov(project(), ["run", "--resume", "latest", "--seed", "2"]);
    expect(code).toBe(EXIT.failed);
    expect(err).toContain("--seed is what the run's record says");
    expect((await gov(project(), ["run"])).err).toContain("missing required argument 'experiment'");
  });
});
