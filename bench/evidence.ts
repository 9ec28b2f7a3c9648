/**
 * What keeping evidence costs, and how long questions to it take: the ledger, the provenance store, the report and the
 * page of the dashboard, each against what was aimed at. Beside the wall time stands the processor's own, which counts
 * where the machine is shared.
 *
 *     node bench/evidence.ts [rows of provenance] [steps of a long run]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leafHash } from "../src/evidence/ledger/hashing.ts";
import { signingKeyFrom } from "../src/evidence/ledger/keys.ts";
import { createLedger } from "../src/evidence/ledger/ledger.ts";
import { readLedger } from "../src/evidence/ledger/read.ts";
import { openStore, type RowFilter } from "../src/evidence/provenance/scan.ts";
import { openProvenance } from "../src/evidence/provenance/store.ts";
import { trace } from "../src/evidence/provenance/trace.ts";
import { readRun } from "../src/evidence/read.ts";
import { createRunFolder } from "../src/evidence/run-folder.ts";
import { renderReport } from "../src/report/html.ts";
import { watchRun } from "./dashboard.ts";
import { syntheticEvents, syntheticRecord } from "../test/fixtures/synthetic-run.ts";

const KEY = signingKeyFrom("example.com/bench", new Uint8Array(32).fill(7));

async function main(rows: number, steps: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "strata-bench-"));
  console.log("| what | figure | aimed at | wall | processor |\n|---|---|---|---|---|");
  try {
    await appendToLedger(folder);
    decideOneByOne(folder);
    keepProvenance(folder, rows);
    await showLongRun(folder, steps);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A decision as runs write it: 180 bytes. */
const ENTRY = Buffer.from(
  JSON.stringify({
    ...{ bound: 3, clock: { epoch: 0, examples: 128_000, step: 1000 }, kind: "bound_cleared" },
    ...{ measured: 0.523_123_1, span: { column: 1, end: 480, file: "policy.gov", line: 23, start: 420 } },
  }),
);

async function appendToLedger(folder: string): Promise<void> {
  const entries = 1_000_000;
  const path = join(folder, "ledger");
  const ledger = createLedger({ folder: path, origin: "bench", key: KEY });
  const spent = await time(async () => {
    let pending = Promise.resolve();
    for (let entry = 1; entry <= entries; entry += 1) {
      ledger.append(ENTRY);
      if (entry % 16_384 > 0) continue;
      const next = ledger.commit();
      await pending;
      pending = next;
    }
    await ledger.commit();
    ledger.close();
  });
  tell(
    "ledger: append, hash, write and sign, 16,384 entries a commit",
    rate(entries, spent),
    "100,000/s",
    spent,
  );
  const hashed = await time(() => void Array.from({ length: entries }, () => leafHash(ENTRY)));
  tell("the hashes of the leaves alone", rate(entries, hashed), "", hashed);
  const read = await time(() => {
    const { entries: found, faults } = readLedger(path, KEY.publicKey);
    if (found.length !== entries || faults.length > 0) throw new Error("the ledger does not verify");
  });
  tell("ledger: verify all of it", rate(entries, read), "", read);
  rmSync(path, { recursive: true });
}

/** As runs do it: nothing goes on before a decision is signed and on the disk. */
function decideOneByOne(folder: string): void {
  const entries = 500;
  const path = join(folder, "decisions");
  const ledger = createLedger({ folder: path, origin: "bench", key: KEY });
  const began = begin();
  for (let entry = 0; entry < entries; entry += 1) {
    ledger.append(ENTRY);
    ledger.commitSync();
  }
  const spent = began();
  tell("ledger: a commit to the disk for each decision", rate(entries, spent), "", spent);
  rmSync(path, { recursive: true });
}

const [BANDS, COHORTS, EXAMPLES, ROWS_A_STEP] = [8, 16, 60_000, 1024];

/** A step's rows on all bands, in the shape in which the governor measures them. */
function keepProvenance(run: string, rows: number): void {
  const cohorts = Array.from({ length: EXAMPLES }, (_, example) => [`c${example % COHORTS}`]);
  const store = openProvenance({
    folder: run,
    cohortsOf: (id) => cohorts[Number(id.slice(1))] ?? [],
    bind: () => undefined,
  });
  const ids = Array.from({ length: EXAMPLES }, (_, example) => `e${example}`);
  const events = Array.from({ length: 64 }, (_, variant) =>
    Array.from({ length: BANDS }, (_, band) => ({
      band: `b${band}`,
      behavior: null,
      rows: Array.from({ length: ROWS_A_STEP / BANDS }, (_, row) => ({
        id: ids[(variant * 9973 + row * 7919) % EXAMPLES] ?? "",
        weight: 1,
        influence: Math.sin(variant + row) / 100,
      })),
    })),
  );
  const began = begin();
  const steps = Math.ceil(rows / ROWS_A_STEP);
  for (let step = 0; step < steps; step += 1)
    for (const event of events[step % events.length] ?? [])
      store.add({ ...event, clock: { step, epoch: 0, examples: step * 128 } });
  store.close();
  const spent = began();
  tell(`provenance: ${sayCount(rows)} rows into segments, bound`, rate(rows, spent), "3,000,000/s", spent);
  askProvenance(join(run, "provenance"), steps);
}

function askProvenance(folder: string, steps: number): void {
  const questions: readonly (readonly [what: string, aim: string, filter: RowFilter])[] = [
    ["totals of cohort × band", "5 s", {}],
    ["one example", "2 s", { example: "e7919" }],
    ["100 steps", "0.2 s", { steps: { first: steps >> 1, last: (steps >> 1) + 99 } }],
  ];
  const opening = begin();
  const store = openStore(folder);
  tell("provenance: open, with 60,000 names", "", "", opening());
  for (const [what, aim, filter] of questions) {
    const asked = begin();
    const { rows } = trace(store, { ...filter, top: 20 });
    tell(`provenance: ${what}, of all rows (${sayCount(rows)} found)`, "", aim, asked());
  }
}

/** How many steps a run goes on by while it is watched, twenty times a second. */
const STEPS_A_TURN = 20;
const STEPS_WATCHED = 20_000;

/** As many steps as asked, the decisions of the synthetic run among them. */
async function showLongRun(root: string, steps: number): Promise<void> {
  const events = syntheticEvents({ steps: steps + STEPS_WATCHED, ending: "finished" });
  const { ir } = syntheticRecord({ steps: 1, ending: "finished" });
  const files = { "policy.gov": "policy long", "ir.json": JSON.stringify(ir) };
  const run = await createRunFolder({ root, id: "long", files, key: KEY });
  const until = events.findIndex(({ clock }) => clock.step >= steps);
  const keeping = begin();
  for (const event of events.slice(0, until)) run.recorder(event);
  const kept = keeping();
  tell(`a run of ${sayCount(steps)} steps: keep its events`, rate(until, kept), "", kept);
  const rest = events.slice(until);
  await watchLongRun(root, steps, () => {
    rest.splice(0, STEPS_A_TURN).forEach(run.recorder);
  });
  rest.forEach(run.recorder);
  await run.close();
  const path = join(root, "long");
  const size = statSync(join(path, "metrics.jsonl")).size / 1e6;
  const reading = begin();
  const record = readRun(path);
  tell(`the same: read and verify it (${size.toFixed(0)} MB)`, "", "", reading());
  const rendering = begin();
  const page = renderReport(record);
  tell("the same: its report", `${(Buffer.byteLength(page) / 1e6).toFixed(2)} MB`, "3 MB", rendering());
}

async function watchLongRun(root: string, steps: number, goOn: () => void): Promise<void> {
  const watched = await watchRun(root, "long", steps, goOn);
  if (watched === undefined) {
    console.log("| NOT MEASURED: there is no Chromium to watch the run in | | | | |");
    return;
  }
  const say = (what: string, figure: string): void =>
    console.log(`| its page in the dashboard: ${what} | ${figure} | | | |`);
  const ms = (milliseconds: number): string => `${Math.round(milliseconds)} ms`;
  const { firstPaint, caughtUp, update, frames, chosen } = watched;
  say("to the first paint, and until all is read", `${ms(firstPaint)}, ${ms(caughtUp)}`);
  say(`an update, median and most of ${update.count} in 20 s`, `${ms(update.median)}, ${ms(update.most)}`);
  say(
    `between frames meanwhile, 99th in 100 and most, above 50 ms`,
    `${ms(frames.late)}, ${ms(frames.most)}, ${frames.slow} of ${frames.count}`,
  );
  say("a part of the steps that was dragged across is drawn", ms(chosen));
}

interface Spent {
  /** Milliseconds. */
  readonly wall: number;
  readonly processor: number;
}

function begin(): () => Spent {
  const moment = performance.now();
  const usage = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(usage);
    return { wall: performance.now() - moment, processor: (user + system) / 1000 };
  };
}

async function time(work: () => void | Promise<void>): Promise<Spent> {
  const spent = begin();
  await work();
  return spent();
}

function rate(count: number, { wall, processor }: Spent): string {
  const say = (milliseconds: number): string => `${sayCount(Math.round((count / milliseconds) * 1000))}/s`;
  return `${say(wall)} (${say(processor)} of processor)`;
}

function tell(what: string, figure: string, aim: string, { wall, processor }: Spent): void {
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
  console.log(`| ${what} | ${figure} | ${aim} | ${seconds(wall)} | ${seconds(processor)} |`);
}

function sayCount(count: number): string {
  return count.toLocaleString("en");
}

await main(Number(process.argv[2] ?? 100_000_000), Number(process.argv[3] ?? 1_000_000));
