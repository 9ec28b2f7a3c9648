/** DuckDB, where somebody has installed it: `@duckdb/node-api` is a package that the tool works without. */
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as DuckDbApi from "@duckdb/node-api";

export interface DuckDb {
  /** All rows of an answer. */
  readonly read: (sql: string) => Promise<readonly (readonly unknown[])[]>;
  /** The rows of an answer as they come. */
  readonly stream: (sql: string) => AsyncIterable<readonly (readonly unknown[])[]>;
  readonly close: () => void;
}

export const DUCKDB_PACKAGE = "@duckdb/node-api";

/** Opens a database in memory; undefined where the package lies neither beside this one nor in the working directory. */
export async function openDuckDb(workingDirectory: string): Promise<DuckDb | undefined> {
  const api = await loadPackage(workingDirectory);
  if (api === undefined) return undefined;
  const instance = await api.DuckDBInstance.create(":memory:", {
    temp_directory: join(tmpdir(), "strata-duckdb"),
  });
  const connection = await instance.connect();
  return {
    read: async (sql) => await (await connection.run(sql)).getRowsJS(),
    stream: async function* stream(sql) {
      yield* (await connection.stream(sql)).yieldRowsJs();
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function loadPackage(
  workingDirectory: string,
): Promise<Pick<typeof DuckDbApi, "DuckDBInstance"> | undefined> {
  for (const from of [import.meta.url, join(workingDirectory, "package.json")]) {
    let path: string;
    try {
      path = createRequire(from).resolve(DUCKDB_PACKAGE);
    } catch {
      continue;
    }
    return (await import(pathToFileURL(path).href)) as typeof DuckDbApi;
  }
  return undefined;
}
