/** A manifest's file as a relation that DuckDB reads, with the fields of a schema as columns. */
import type { ExampleSchema } from "../../check/policy.ts";
import type { Relation } from "./census.ts";
import type { Column } from "./columns.ts";
import { textLiteral } from "./literals.ts";

export type ManifestColumns =
  | { readonly format: "jsonl" }
  | {
      readonly format: "csv";
      readonly columns: readonly string[];
    }
  | {
      readonly format: "parquet";
      /** With the types that DuckDB sees, in the file's order. */
      readonly columns: readonly { readonly name: string; readonly type: string }[];
    };

/** Why there is none: the file is to be read in another way. */
type Related =
  | { readonly kind: "relation"; readonly relation: Relation }
  | { readonly kind: "problem"; readonly problem: string };

/** Lays a schema over a file. */
export function relationOf(path: string, manifest: ManifestColumns, { fields }: ExampleSchema): Related {
  if (/[*?[\]]/.test(path)) return problem("DuckDB would take the file's name for a pattern");
  const file = textLiteral(path);
  const names = fields.map(({ name }) => name);
  switch (manifest.format) {
    case "jsonl": {
      const folded = new Set(names.map((name) => name.toLowerCase()));
      if (folded.size < names.length) return problem("DuckDB does not tell names apart by case");
      const columns = names.map((name) => `${textLiteral(name)}: 'JSON'`).join(", ");
      const options = `format = 'newline_delimited', auto_detect = false, columns = {${columns || "'id': 'JSON'"}}, maximum_object_size = ${1 << 26}`;
      const table = `read_json(${file}, ${options})`;
      const width = names.length || 1;
      return relation({
        all: `${table} AS manifest(${aliases(width)})`,
        ordered: `${numbered(table, width, "- 1")} AS manifest`,
        places: names.map((_, index) => index),
        column: { kind: "json" },
      });
    }
    case "csv": {
      const { columns } = manifest;
      if (columns.length === 1) return problem("DuckDB takes the blank lines of a single column for records");
      const types = columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(", ");
      const options = `auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', strict_mode = true, columns = {${types}}`;
      const places = names.map((name) => columns.indexOf(name));
      // Where it is told to skip lines or a header, DuckDB takes odd files for empty ones; as a record like others it
      // reads the names of the columns, or says what it cannot read.
      const records = numbered(`read_csv(${file}, ${options})`, columns.length, "- 2");
      return relation({
        all: `(FROM ${records} WHERE ordinal >= 0) AS manifest`,
        places,
        column: { kind: "text" },
      });
    }
    case "parquet": {
      const { columns } = manifest;
      const places = names.map((name) => columns.findIndex((column) => column.name === name));
      const own = `read_parquet(${file}, ${PARQUET_OPTIONS}, file_row_number = true)`;
      const all = `${own} AS manifest(${aliases(columns.length)}, ordinal)`;
      return {
        kind: "relation",
        relation: {
          ...{ sql: all, numbered: all },
          columns: places.map((at) => ({
            name: at === -1 ? "" : `c${at}`,
            column: at === -1 ? { kind: "absent" } : { kind: "typed", type: columns[at]?.type ?? "" },
          })),
        },
      };
    }
  }
}

/** Old writers do not say that their texts are texts; a folder called `a=b` adds no column. */
export const PARQUET_OPTIONS = "binary_as_string = true, hive_partitioning = false";

/** Rows are numbered as they come: DuckDB keeps the order of a file. */
function numbered(table: string, width: number, offset: string): string {
  return `(SELECT *, row_number() OVER () ${offset} AS ordinal FROM ${table} AS file(${aliases(width)}))`;
}

function aliases(width: number): string {
  return Array.from({ length: width }, (_, index) => `c${index}`).join(", ");
}

function relation({
  all,
  ordered = all,
  places,
  column,
}: {
  readonly all: string;
  readonly ordered?: string;
  readonly places: readonly number[];
  readonly column: Column;
}): Related {
  const columns = places.map((at): Relation["columns"][number] =>
    at === -1 ? { name: "", column: { kind: "absent" } } : { name: `c${at}`, column },
  );
  return { kind: "relation", relation: { sql: all, numbered: ordered, columns } };
}

function problem(text: string): { readonly kind: "problem"; readonly problem: string } {
  return { kind: "problem", problem: text };
}
