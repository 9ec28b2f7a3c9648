import { parquetWriteBuffer } from "hyparquet-writer";
import { scan, type RowFilter, type Store } from "./scan.ts";

/** Most rows that one file is made of: they are all in memory at once. */
export const MOST_PARQUET_ROWS = 20_000_000;

/** The rows that are asked for as a Parquet file, sorted by step; throws a `RangeError` where they are too many. */
export function writeParquet(store: Store, filter: RowFilter): Uint8Array {
  const { names } = store;
  const step: number[] = [];
  const [weight, influence]: [number[], (number | null)[]] = [[], []];
  const [example, cohorts, band, behavior]: [string[], string[], string[], string[]] = [[], [], [], []];
  scan(store, filter, (columns, rows) => {
    if (step.length + rows.length > MOST_PARQUET_ROWS)
      throw new RangeError(`there are more than ${MOST_PARQUET_ROWS} rows: ask for fewer`);
    for (const row of rows) {
      const value = columns.influence[row] ?? Number.NaN;
      step.push(columns.step[row] ?? 0);
      weight.push(columns.weight[row] ?? 0);
      influence.push(Number.isFinite(value) ? value : null);
      example.push(names.example[columns.example[row] ?? 0] ?? "");
      cohorts.push(names.cohorts[columns.cohorts[row] ?? 0] ?? "[]");
      band.push(names.band[columns.band[row] ?? 0] ?? "");
      behavior.push(names.behavior[columns.behavior[row] ?? 0] ?? "");
    }
  });
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "step", data: step, type: "INT32" },
        { name: "example", data: example, type: "STRING" },
        { name: "cohorts", data: cohorts, type: "STRING" },
        { name: "band", data: band, type: "STRING" },
        { name: "behavior", data: behavior, type: "STRING" },
        { name: "weight", data: weight, type: "FLOAT", nullable: false },
        { name: "influence", data: influence, type: "FLOAT", nullable: true },
      ],
    }),
  );
}
