import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { ManifestError } from "./manifest-error.ts";
import { putMember, type RawRow, type RawRows } from "./rows.ts";

/** So many rows are handed on at once. */
const BATCH = 16_384;

/**
 * Parquet, a group of rows at a time.
 *
 * @param wanted The columns to read, as far as the file has them; all when left out.
 */
export async function* readParquet(path: string, shown: string, wanted?: ReadonlySet<string>): RawRows {
  const { file, metadata, names } = await open(path, shown);
  const columns = names.filter((name) => wanted?.has(name) ?? true);
  let start = 0;
  for (const { num_rows: count } of metadata.row_groups) {
    const end = start + Number(count);
    const values = await readColumns(start, end).catch((cause: unknown) => refuse(cause, shown));
    for (let from = 0; from < end - start; from += BATCH)
      yield Array.from({ length: Math.min(BATCH, end - start - from) }, (_, index): RawRow => {
        const row: Record<string, unknown> = {};
        columns.forEach((name, column) => putMember(row, name, values[column]?.[from + index]));
        return { values: row };
      });
    start = end;
  }

  // Prepared anew for each group: a scan keeps what it has read.
  async function readColumns(rowStart: number, rowEnd: number): Promise<readonly ArrayLike<unknown>[]> {
    if (rowStart === rowEnd || columns.length === 0) return [];
    const scan = await parquetScan({ file, metadata, columns: [...columns], compressors, rowStart, rowEnd });
    return await Promise.all(columns.map((column) => scan.readColumn({ column, rowStart, rowEnd })));
  }
}

/** The top level of the schema, in the file's order. */
export async function readParquetColumns(path: string, shown: string): Promise<readonly string[]> {
  return (await open(path, shown)).names;
}

async function open(
  path: string,
  shown: string,
): Promise<{
  readonly file: Awaited<ReturnType<typeof asyncBufferFromFile>>;
  readonly metadata: Awaited<ReturnType<typeof parquetMetadataAsync>>;
  readonly names: readonly string[];
}> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const tree: SchemaTree = parquetSchema(metadata);
    return { file, metadata, names: tree.children.map(({ element }) => element.name) };
  } catch (cause) {
    return refuse(cause, shown);
  }
}

function refuse(cause: unknown, shown: string): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new ManifestError(
    shown,
    `it cannot be read as Parquet: ${reason}`,
    "write it anew, or export it as JSONL",
  );
}
