/**
 * Three ways to count a manifest agree on random policies and rows: DuckDB with the policy lowered to SQL, the built-in
 * scan, and for JSON Lines a plain reading of the rows with the oracle of cohorts.
 * `STRATA_RUNS=100 npx vitest run test/cli/data.property.test.ts` tries thousands of files.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Policy } from "../../src/check/policy.ts";
import { openDuckDb, type DuckDb } from "../../src/cli/data/duckdb.ts";
import { queryManifest } from "../../src/cli/data/query.ts";
import type { RefusedRecord } from "../../src/cli/data/refused.ts";
import { scanManifest } from "../../src/cli/data/scan.ts";
import { compile } from "../../src/compile.ts";
import { textLiteral } from "../../src/lower/sql/literals.ts";
import { openManifest, type ManifestFile } from "../../src/project/manifest/read.ts";
import type { Tally } from "../../src/reason/census.ts";
import { validateExample } from "../../src/reason/example.ts";
import { manifests, type DrawnManifest } from "../generators/manifests.ts";
import { cases, runs } from "../generators/runs.ts";
import { interpret, type OracleExample } from "../oracle/interpreter.ts";

let opened: DuckDb | undefined;
const folder = mkdtempSync(join(tmpdir(), "strata-data-"));

beforeAll(async () => {
  opened = await openDuckDb(process.cwd());
});
afterAll(() => opened?.close());

function database(): DuckDb {
  if (opened === undefined) throw new Error("DuckDB is a development dependency, and is not there");
  return opened;
}

function policyOf(text: string): Policy {
  const { policy, ir, diagnostics } = compile({ entry: "p.gov", sources: new Map([["p.gov", text]]) });
  if (policy === undefined || ir === undefined)
    throw new Error(`${text}\n${diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n")}`);
  return policy;
}

/** Tallies as lines that do not depend on the order in which they were found. */
function linesOf(tallies: readonly Tally[]): readonly string[] {
  return tallies
    .map(({ count, outcome }) => {
      if (outcome.kind === "admitted") return `${count} in ${outcome.cohorts.join()}`;
      if (outcome.kind === "misfit") return `${count} misfit ${outcome.fields.join()}`;
      const { requirement, missing } = outcome;
      return `${count} ${requirement.otherwise} ${requirement.fields.join()} lack ${missing.join()}`;
    })
    .toSorted();
}

interface Counted {
  readonly lines: readonly string[];
  readonly refused: readonly RefusedRecord[];
}

async function count(
  file: ManifestFile,
  policy: Policy,
): Promise<{ readonly scanned: Counted; readonly queried: Counted }> {
  const refused: { scanned: RefusedRecord[]; queried: RefusedRecord[] } = { scanned: [], queried: [] };
  const listener = (into: RefusedRecord[]) => ({
    most: Infinity,
    take: (record: RefusedRecord) => void into.push(record),
  });
  const scanned = await scanManifest(file, policy, listener(refused.scanned));
  const queried = await queryManifest(database(), file, policy, listener(refused.queried));
  // Of a single column, blank lines cannot be told from records without a value.
  const isNarrow = file.format === "csv" && file.columns.length === 1;
  if (queried.kind === "problem" && isNarrow)
    return { scanned: { lines: [], refused: [] }, queried: { lines: [], refused: [] } };
  if (queried.kind === "problem") throw new Error(queried.problem);
  return {
    scanned: { lines: linesOf(scanned), refused: refused.scanned },
    queried: { lines: linesOf(queried.tallies), refused: refused.queried },
  };
}

async function writeParquet({ types, rows }: DrawnManifest, path: string): Promise<void> {
  const names = Object.keys(types);
  const texts = (row: DrawnManifest["rows"][number]): string =>
    names
      .map((name) => {
        const value = row[name];
        if (value === undefined || value === null) return "NULL";
        const text = Array.isArray(value)
          ? `[${value.map((element) => (typeof element === "string" ? JSON.stringify(element) : JSON.stringify(element))).join(", ")}]`
          : typeof value === "string"
            ? value
            : JSON.stringify(value);
        return textLiteral(text);
      })
      .join(", ");
  const casts = names.map((name, index) => `TRY_CAST(x${index} AS ${types[name] ?? "VARCHAR"}) AS "${name}"`);
  const aliases = names.map((_, index) => `x${index}`).join(", ");
  await database().read(
    `COPY (SELECT ${casts.join(", ")} FROM (VALUES ${rows.map((row) => `(${texts(row)})`).join(", ")}) AS t(${aliases})) TO ${textLiteral(path)} (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
}

/** The rows of JSON Lines, read off plainly. */
function expected({ policy: text, rows }: DrawnManifest, policy: Policy): readonly string[] {
  const oracle = interpret(text);
  const fates = ["halt", "quarantine", "reject"].flatMap((fate) =>
    policy.provenance.require.filter(({ otherwise }) => otherwise === fate),
  );
  const found = new Map<string, number>();
  for (const row of rows) {
    const failed = fates.find(({ fields }) =>
      fields.some((field) => [undefined, null, ""].includes(row[field] as string)),
    );
    const misfits = validateExample(policy.example, row).map(({ field }) => field);
    const line =
      failed !== undefined
        ? `${failed.otherwise} ${failed.fields.join()} lack ${failed.fields.filter((field) => [undefined, null, ""].includes(row[field] as string)).join()}`
        : misfits.length > 0
          ? `misfit ${misfits.join()}`
          : `in ${policy.cohorts
              .filter(({ dynamic }) => !dynamic)
              .filter(({ name }) => oracle.isInCohort(name, present(row), { step: 0, epoch: 0, examples: 0 }))
              .map(({ name }) => name)
              .join()}`;
    found.set(line, (found.get(line) ?? 0) + 1);
  }
  return [...found].map(([line, many]) => `${many} ${line}`).toSorted();
}

function present(row: DrawnManifest["rows"][number]): OracleExample {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

test("DuckDB, the built-in scan and a plain reading count the same", { timeout: runs(60_000) }, async () => {
  const seen = { admitted: 0, refused: 0, misfits: 0, files: 0 };
  await fc.assert(
    fc.asyncProperty(manifests(), async (drawn) => {
      const policy = policyOf(drawn.policy);
      const write = async (name: string, content: string): Promise<ManifestFile> => {
        writeFileSync(join(folder, name), content);
        return await openManifest(join(folder, name), name, policy.example);
      };
      const jsonl = await count(
        await write("m.jsonl", drawn.rows.map((row) => `${JSON.stringify(row)}\n`).join("")),
        policy,
      );
      const hint = (queried: Counted): object => ({ ...queried, policy: drawn.policy });
      expect(hint({ ...jsonl.scanned, refused: [] })).toEqual(
        hint({ lines: expected(drawn, policy), refused: [] }),
      );
      expect(hint(jsonl.queried)).toEqual(hint(jsonl.scanned));

      const names = Object.keys(drawn.types);
      // Files as different tools write them.
      const [end, mark] = drawn.texts.length % 2 === 0 ? ["\r\n", "\uFEFF"] : ["\n", ""];
      const gap = drawn.texts.length % 3 === 0 ? end : "";
      const line = (values: readonly string[]): string =>
        `${values.map((value) => (/[",\n\r]/.test(value) || value === "" ? `"${value.replaceAll('"', '""')}"` : value)).join(",")}${end}${gap}`;
      const records = [names, ...drawn.texts.map((row) => names.map((name) => row[name] ?? ""))];
      const csv = await count(await write("m.csv", `${mark}${gap}${records.map(line).join("")}`), policy);
      expect(hint(csv.queried)).toEqual(hint(csv.scanned));

      await writeParquet(drawn, join(folder, "m.parquet"));
      const parquet = await count(
        await openManifest(join(folder, "m.parquet"), "m.parquet", policy.example),
        policy,
      );
      expect({ ...hint(parquet.queried), types: drawn.types }).toEqual({
        ...hint(parquet.scanned),
        types: drawn.types,
      });

      for (const { scanned } of [jsonl, csv, parquet]) {
        seen.files += 1;
        seen.admitted += scanned.lines.filter((line) => line.includes(" in ")).length;
        seen.misfits += scanned.lines.filter((line) => line.includes(" misfit ")).length;
        seen.refused += scanned.refused.length;
      }
    }),
    cases(25),
  );
  // Nothing would be shown by rows that are all alike.
  expect(Math.min(seen.admitted, seen.misfits, seen.refused)).toBeGreaterThan(seen.files / 3);
});
