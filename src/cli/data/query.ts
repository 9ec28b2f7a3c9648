/** Counting a manifest by DuckDB, with the policy's conditions lowered to SQL. */
import type { Policy } from "../../check/policy.ts";
import { lowerCensus, type SqlCensus } from "../../lower/sql/census.ts";
import { PARQUET_OPTIONS, relationOf } from "../../lower/sql/relation.ts";
import { textLiteral } from "../../lower/sql/literals.ts";
import { readTexts, readTypedValues } from "../../project/manifest/typed.ts";
import type { ManifestFile } from "../../project/manifest/read.ts";
import { createJudge, type Tally } from "../../reason/census.ts";
import type { DuckDb } from "./duckdb.ts";
import { describeRefused, type Listener } from "./refused.ts";

export type Queried =
  | { readonly kind: "counted"; readonly tallies: readonly Tally[] }
  /** Why DuckDB does not answer for this file: the built-in scan does. */
  | { readonly kind: "problem"; readonly problem: string };

export async function queryManifest(
  database: DuckDb,
  file: ManifestFile,
  policy: Policy,
  listener: Listener,
): Promise<Queried> {
  let lowered: SqlCensus;
  let tallies: readonly Tally[];
  try {
    const columns = await columnsOf(database, file);
    if (columns === undefined)
      return { kind: "problem", problem: "DuckDB and the built-in reader see other columns" };
    const related = relationOf(file.path, columns, policy.example);
    if (related.kind === "problem") return related;
    const lowering = lowerCensus(policy, related.relation);
    if (lowering.kind === "problem") return lowering;
    lowered = lowering.lowered;
    tallies = (await database.read(lowered.census)).map(lowered.readTally);
  } catch (error) {
    // Most often the file is malformed in some way that the built-in scan finds words for.
    return {
      kind: "problem",
      problem: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error),
    };
  }
  if (listener.most > 0 && tallies.some(({ outcome }) => outcome.kind !== "admitted"))
    await list(database, file, policy, lowered, listener);
  return { kind: "counted", tallies };
}

async function columnsOf(
  database: DuckDb,
  file: ManifestFile,
): Promise<Parameters<typeof relationOf>[1] | undefined> {
  if (file.format === "jsonl") return { format: "jsonl" };
  if (file.format === "csv") return { format: "csv", columns: file.columns };
  const seen = await database.read(
    `DESCRIBE SELECT * FROM read_parquet(${textLiteral(file.path)}, ${PARQUET_OPTIONS})`,
  );
  // By their places: DuckDB renames columns whose names differ in case alone.
  if (seen.length !== file.columns.length) return undefined;
  const columns = file.columns.map((name, index) => ({ name, type: String(seen[index]?.[1]) }));
  return { format: "parquet", columns };
}

async function list(
  database: DuckDb,
  file: ManifestFile,
  { example, provenance }: Policy,
  { refused, places }: SqlCensus,
  { most, take }: Listener,
): Promise<void> {
  const read = (file.format === "csv" ? readTexts : readTypedValues)(example, "drop");
  const judge = createJudge({ example, provenance });
  const value = (own: unknown): unknown =>
    file.format === "jsonl" && typeof own === "string" ? (JSON.parse(own) as unknown) : own;
  const limited = Number.isFinite(most) ? `${refused} LIMIT ${most}` : refused;
  for await (const rows of database.stream(limited))
    for (const row of rows) {
      const record = read(
        Object.fromEntries(
          example.fields.map(({ name }, index) => {
            const place = places[index];
            return [name, place === undefined ? undefined : value(row[place])];
          }),
        ),
      );
      const verdict = judge(record);
      if (verdict.kind === "admitted")
        throw new Error(`${file.shown}, row ${String(row[0])}: SQL refuses what the judge lets in`);
      take(describeRefused(file, Number(row[0]), record, verdict));
    }
}
