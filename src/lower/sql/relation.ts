/** A manifest's file as a relation that DuckDB reads, with the fields of a schema as columns. */
import type { ExampleSchema } from "../../check/policy.ts";
import type { Relation } from "./census.ts";
import { textLiteral } from "./literals.ts";

export type ManifestColumns =
  | { readonly format: "jsonl" }
  | {
      readonly format: "csv";
      readonly columns: readonly string[];
      /** Of the file before its first record of values. */
      readonly lines: number;
    }
  | {
      readonly format: "parquet";
      /** With the types that DuckDB sees, in the file's order. */
      readonly columns: readonly { readonly name: string; readonly type: string }[];
    };

/** The relation, or why there is none. */
export function relationOf(
  path: string,
  manifest: ManifestColumns,
  { fields }: ExampleSchema,
):
  | { readonly kind: "relation"; readonly relation: Relation }
  | { readonly kind: "problem"; readonly problem: string } {
  if (/[*?[\]]/.test(path)) return problem("DuckDB would take the file's name for a pattern");
  const file = textLiteral(path);
  const names = fields.map(({ name }) => name);
  switch (manifest.format) {
    case "jsonl": {
      const folded = new Set(names.map((name) => name.toLowerCase()));
      if (folded.size < names.length) return problem("DuckDB does not tell names apart by case");
      const columns = names.map((name) => `${textLiteral(name)}: 'JSON'`).join(", ");
      const options = `format = 'newline_delimited', auto_detect = false, columns = {${columns || "'id': 'JSON'"}}, maximum_object_size = ${1 << 26}`;
      return relation(
        `read_json(${file}, ${options})`,
        names.length || 1,
        names.map((_, index) => index),
        () => ({ kind: "json" }),
      );
    }
    case "csv": {
      const { columns, lines } = manifest;
      const types = columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(", ");
      const options = `auto_detect = false, header = false, skip = ${lines}, delim = ',', quote = '"', escape = '"', nullstr = '', strict_mode = true, columns = {${types}}`;
      return relation(
        `read_csv(${file}, ${options})`,
        columns.length,
        names.map((name) => columns.indexOf(name)),
        () => ({ kind: "text" }),
      );
    }
    case "parquet": {
      const { columns } = manifest;
      const places = names.map((name) => columns.findIndex((column) => column.name === name));
      const own = `read_parquet(${file}, ${PARQUET_OPTIONS}, file_row_number = true)`;
      const aliases = [...columns.map((_, index) => `c${index}`), "ordinal"].join(", ");
      return {
        kind: "relation",
        relation: {
          sql: `${own} AS manifest(${aliases})`,
          numbered: `${own} AS manifest(${aliases})`,
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

function relation(
  table: string,
  width: number,
  places: readonly number[],
  columnOf: () => Relation["columns"][number]["column"],
): ReturnType<typeof relationOf> {
  const aliases = Array.from({ length: width }, (_, index) => `c${index}`).join(", ");
  return {
    kind: "relation",
    relation: {
      sql: `${table} AS manifest(${aliases})`,
      // Rows are numbered as they come: DuckDB keeps the order of a file.
      numbered: `(SELECT *, row_number() OVER () - 1 AS ordinal FROM ${table} AS file(${aliases})) AS manifest`,
      columns: places.map((at) => ({
        name: at === -1 ? "" : `c${at}`,
        column: at === -1 ? { kind: "absent" } : columnOf(),
      })),
    },
  };
}

function problem(text: string): { readonly kind: "problem"; readonly problem: string } {
  return { kind: "problem", problem: text };
}
