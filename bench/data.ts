/**
 * How fast a policy is tried on a manifest, by DuckDB and by the built-in scan, and how fast a traced run is summed up
 * by the built-in scan of its segments and by DuckDB over the Parquet that `gov trace` writes of them. Beside the wall
 * time stands the processor's own, which counts where the machine is shared.
 *
 *     npm run bench:data -- [rows for DuckDB] [rows for the scan] [rows of provenance]
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Policy } from "../src/check/policy.ts";
import { openDuckDb, type DuckDb } from "../src/cli/data/duckdb.ts";
import { queryManifest } from "../src/cli/data/query.ts";
import { scanManifest } from "../src/cli/data/scan.ts";
import { compile } from "../src/compile.ts";
import { writeParquet } from "../src/evidence/provenance/parquet.ts";
import { openStore } from "../src/evidence/provenance/scan.ts";
import { openProvenance } from "../src/evidence/provenance/store.ts";
import { trace } from "../src/evidence/provenance/trace.ts";
import { openManifest } from "../src/project/manifest/read.ts";
import type { Tally } from "../src/reason/census.ts";

const SCHEMA = `example { id: string label: int in 0..9 licence: string? score: float? taken: date? reviewed: bool? }`;

const POLICY = `policy bench
${SCHEMA}
band a = layers "a/*"
band b = rest
cohort low = label in 0..4
cohort proprietary = has licence and licence matches "LicenseRef-*"
cohort old = has taken and taken < "2025-01-01"
cohort unsure = has score and score < 0.2 and not old
cohort unread = not (has reviewed and reviewed == true) and unsure
route low -> a: 25%
route proprietary -> all: block
route unsure -> b: block
provenance { require id, licence else reject }
`;

const ROWS = `SELECT 'example-' || i AS id,
  (hash(i) % 10)::INTEGER AS label,
  CASE hash(i + 1) % 20 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'LicenseRef-A' WHEN 3 THEN 'LicenseRef-B' WHEN 4 THEN 'MIT'
    ELSE 'CC0-1.0' END AS licence,
  (hash(i + 3) % 1000000) / 1000000.0::DOUBLE AS score,
  DATE '2024-01-01' + (hash(i + 4) % 900)::INTEGER AS taken,
  hash(i + 5) % 3 = 0 AS reviewed
FROM range(ROWS) AS t(i)`;

async function main(queried: number, scanned: number, traced: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "strata-bench-data-"));
  const database = await openDuckDb(process.cwd());
  if (database === undefined) throw new Error("npm install @duckdb/node-api");
  console.log("| what | rows/s by the wall | wall | processor |\n|---|---|---|---|");
  try {
    await countManifests(database, folder, queried, scanned);
    await sumTrace(database, folder, traced);
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}

async function countManifests(
  database: DuckDb,
  folder: string,
  queried: number,
  scanned: number,
): Promise<void> {
  const plain = policyOf(POLICY);
  const sampled = policyOf(`${POLICY}cohort tenth = sample 10%\n`);
  const large = join(folder, "large.parquet");
  const small = join(folder, "small.parquet");
  await database.read(`COPY (${ROWS.replace("ROWS", String(queried))}) TO '${large}' (FORMAT parquet)`);
  await database.read(`COPY (${ROWS.replace("ROWS", String(scanned))}) TO '${small}' (FORMAT parquet)`);
  const megabytes = Math.round(statSync(large).size / 1e6);
  for (const [policy, what] of [
    [plain, "six cohorts' worth of conditions"],
    [sampled, "the same and a `sample`, which takes SHA-256 of each id"],
  ] as const) {
    await tell(`DuckDB, ${queried} rows of Parquet (${megabytes} MB), ${what}`, queried, () =>
      query(database, large, policy),
    );
    await tell(`DuckDB, ${scanned} rows, ${what}`, scanned, () => query(database, small, policy));
    await tell(`built-in scan, ${scanned} rows, ${what}`, scanned, () => scan(small, policy));
  }
  rmSync(large);
}

async function query(database: DuckDb, path: string, policy: Policy): Promise<readonly Tally[]> {
  const counted = await queryManifest(
    database,
    await openManifest(path, path, policy.example),
    policy,
    SILENT,
  );
  if (counted.kind === "problem") throw new Error(counted.problem);
  return counted.tallies;
}

async function scan(path: string, policy: Policy): Promise<readonly Tally[]> {
  return await scanManifest(await openManifest(path, path, policy.example), policy, SILENT);
}

const SILENT = { most: 0, take: (): void => undefined };

const [BANDS, COHORTS, EXAMPLES, ROWS_A_STEP] = [8, 16, 60_000, 1024];

async function sumTrace(database: DuckDb, folder: string, rows: number): Promise<void> {
  const store = openProvenance({
    folder,
    cohortsOf: (id) => [`c${Number(id.slice(1)) % COHORTS}`],
    bind: () => undefined,
  });
  for (let step = 0; step < rows / ROWS_A_STEP; step += 1)
    for (let band = 0; band < BANDS; band += 1)
      store.add({
        ...{ band: `b${band}`, behavior: null, clock: { step, epoch: 0, examples: 0 } },
        rows: Array.from({ length: ROWS_A_STEP / BANDS }, (_, row) => ({
          id: `e${(step * 9973 + row * 7919) % EXAMPLES}`,
          ...{ weight: 1, influence: Math.sin(step + row) / 100 },
        })),
      });
  store.close();
  const opened = openStore(join(folder, "provenance"));
  const path = join(folder, "trace.parquet");
  const totals = `SELECT cohorts, band, sum(influence), sum(abs(influence)), count(*) FROM '${path}' GROUP BY ALL`;
  await tell(`gov trace: totals of ${rows} rows, built-in scan of the segments`, rows, () =>
    trace(opened, { top: 20 }),
  );
  await tell(`gov trace --format parquet of the same`, rows, () =>
    writeFileSync(path, writeParquet(opened, {})),
  );
  await tell(`DuckDB: totals of cohort × band over that Parquet`, rows, () => database.read(totals));
}

function policyOf(text: string): Policy {
  const { policy } = compile({ entry: "p.gov", sources: new Map([["p.gov", text]]) });
  if (policy === undefined) throw new Error("the policy of the bench has errors");
  return policy;
}

async function tell(what: string, rows: number, work: () => unknown): Promise<void> {
  const [began, processor] = [performance.now(), process.cpuUsage()];
  await work();
  const wall = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(processor);
  console.log(
    `| ${what} | ${Math.round(rows / wall).toLocaleString("en")} | ${wall.toFixed(1)} s | ${((user + system) / 1e6).toFixed(1)} s |`,
  );
}

const [queried = 100_000_000, scanned = 10_000_000, traced = 10_000_000] = process.argv.slice(2).map(Number);
await main(queried, scanned, traced);
