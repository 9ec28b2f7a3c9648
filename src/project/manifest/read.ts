/** Manifests: files with a record of metadata for each example. */
import { statSync } from "node:fs";
import { extname } from "node:path";
import type { ExampleSchema } from "../../check/policy.ts";
import type { ExampleRecord } from "../../reason/example.ts";
import { suggestName } from "../../source/nearest.ts";
import { describeMissing, reasonOf } from "../read.ts";
import { readCsv, readCsvColumns } from "./csv.ts";
import { readJsonl } from "./jsonl.ts";
import { ManifestError } from "./manifest-error.ts";
import { readParquet, readParquetColumns } from "./parquet.ts";
import type { RawRows } from "./rows.ts";
import { readTexts, readTypedValues } from "./typed.ts";

export interface ManifestRow {
  readonly record: ExampleRecord;
  /** At which the record begins, counted from 1; a Parquet file has none. */
  readonly line?: number;
}

export type ManifestFormat = "jsonl" | "csv" | "parquet";

const FORMATS: Readonly<Record<string, ManifestFormat>> = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".csv": "csv",
  ".parquet": "parquet",
};

export type ManifestFile = {
  /** Absolute. */
  readonly path: string;
  /** As the reader would write it. */
  readonly shown: string;
} & (
  { readonly format: "jsonl" } | { readonly format: "csv" | "parquet"; readonly columns: readonly string[] }
);

/**
 * Looks at a manifest without reading its rows.
 *
 * @throws ManifestError when it cannot be read, or has no column for a field that every example must have.
 */
export async function openManifest(
  path: string,
  shown: string,
  schema: ExampleSchema,
): Promise<ManifestFile> {
  const format = FORMATS[extname(path).toLowerCase()];
  if (format === undefined)
    throw new ManifestError(
      shown,
      "what kind of file it is cannot be told by its name",
      `it may end in ${Object.keys(FORMATS).join(", ")}`,
    );
  checkFile(path, shown);
  if (format === "jsonl") return { path, shown, format };
  const columns = await (format === "csv" ? readCsvColumns : readParquetColumns)(path, shown);
  const lacking = schema.fields.find(({ name, optional }) => !optional && !columns.includes(name));
  if (lacking !== undefined)
    throw new ManifestError(
      shown,
      `it has no column \`${lacking.name}\`, which the policy's \`example\` block asks for`,
      suggestName(lacking.name, columns) ?? `it has ${columns.slice(0, 12).join(", ")}`,
    );
  return { path, shown, format, columns };
}

/**
 * The records of a manifest in their order, many at a time.
 *
 * @param undeclared Whether fields that the schema does not name are of interest.
 * @throws ManifestError where the file is not what its name says.
 */
export async function* readManifest(
  { path, shown, format }: ManifestFile,
  schema: ExampleSchema,
  undeclared: "keep" | "drop",
): AsyncGenerator<readonly ManifestRow[]> {
  const read = (format === "csv" ? readTexts : readTypedValues)(schema, undeclared);
  const wanted = undeclared === "keep" ? undefined : new Set(schema.fields.map(({ name }) => name));
  const open: Readonly<Record<ManifestFormat, () => RawRows>> = {
    jsonl: () => readJsonl(path, shown),
    csv: () => readCsv(path, shown),
    parquet: () => readParquet(path, shown, wanted),
  };
  for await (const rows of open[format]())
    yield rows.map(({ values, line }) => ({ record: read(values), ...(line === undefined ? {} : { line }) }));
}

function checkFile(path: string, shown: string): void {
  try {
    const stats = statSync(path);
    if (!stats.isFile())
      throw new ManifestError(shown, `this is a ${stats.isDirectory() ? "folder" : "device"}, not a file`);
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    const { problem, help } = reason === "missing" ? describeMissing(path) : { problem: reason };
    throw new ManifestError(shown, problem, help);
  }
}
