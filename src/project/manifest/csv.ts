import { once } from "node:events";
import { CsvError, parse, type Parser } from "csv-parse";
import { readLineBlocks } from "./lines.ts";
import { ManifestError } from "./manifest-error.ts";
import { putMember, type RawRow, type RawRows } from "./rows.ts";

/**
 * CSV as RFC 4180 has it: commas, quotes where a value holds a comma, a quote or a line break, and the columns' names
 * in the first record. Blank lines are no records.
 */
export async function* readCsv(path: string, shown: string): RawRows {
  let columns: readonly string[] | undefined;
  for await (const records of readRecords(path, shown)) {
    const [first] = records;
    if (columns === undefined && first !== undefined) columns = columnsOf(first, shown);
    const names = columns ?? [];
    const rows = first !== undefined && first.isFirst ? records.slice(1) : records;
    yield rows.map((record) => toRow(record, names, shown));
  }
  if (columns === undefined) throw new ManifestError(shown, "it is empty", NAMES_FIRST);
}

/** The names of the columns, alone. */
export async function readCsvColumns(path: string, shown: string): Promise<readonly string[]> {
  for await (const [first] of readRecords(path, shown))
    if (first !== undefined) return columnsOf(first, shown);
  throw new ManifestError(shown, "it is empty", NAMES_FIRST);
}

const NAMES_FIRST = "the first line of a CSV file names its columns: id,label,licence";

interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
  readonly isFirst: boolean;
}

async function* readRecords(path: string, shown: string): AsyncGenerator<readonly CsvRecord[]> {
  let records: CsvRecord[] = [];
  let count = 0;
  // The library counts the two characters of a line's end as two lines where they lie in quotes.
  let surplus = 0;
  const parser = parse({
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    skip_empty_lines: true,
    on_record: (cells: readonly string[], { lines }) => {
      const inner = cells.map((cell) =>
        cell.includes("\n") || cell.includes("\r") ? breaksIn(cell) : NO_BREAKS,
      );
      const [breaks, pairs] = inner.reduce(([all, own], [more, two]) => [all + more, own + two], NO_BREAKS);
      surplus += pairs;
      records.push({ cells, line: lines - surplus - breaks, isFirst: count === 0 });
      count += 1;
      return null;
    },
  });
  const failed = new Promise<never>((_, reject) => parser.on("error", reject));
  failed.catch(() => undefined);
  const take = (): readonly CsvRecord[] => {
    const taken = records;
    records = [];
    return taken;
  };
  try {
    for await (const { text } of readLineBlocks(path, shown)) {
      await Promise.race([write(parser, text), failed]);
      yield take();
    }
    parser.end();
    await Promise.race([once(parser.resume(), "end"), failed]);
    yield take();
  } catch (error) {
    throw error instanceof CsvError ? describeFault(error, surplus, shown) : error;
  } finally {
    parser.destroy();
  }
}

function write(parser: Parser, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

const NO_BREAKS: readonly [number, number] = [0, 0];

/** Line breaks in a value, and those of them that have two characters. */
function breaksIn(cell: string): readonly [number, number] {
  const all = cell.match(/\r\n|\r|\n/g) ?? [];
  return [all.length, all.filter((own) => own.length === 2).length];
}

function describeFault({ code, message, ...about }: CsvError, surplus: number, shown: string): ManifestError {
  const lines = "lines" in about && typeof about.lines === "number" ? about.lines - surplus : undefined;
  const place = lines === undefined ? shown : `${shown}:${lines}`;
  if (code === "CSV_QUOTE_NOT_CLOSED")
    return new ManifestError(place, "a quote that was opened before is never closed", QUOTING);
  if (code === "INVALID_OPENING_QUOTE" || code === "CSV_INVALID_CLOSING_QUOTE")
    return new ManifestError(place, "a quote stands in the middle of a value", QUOTING);
  return new ManifestError(place, `this is no CSV: ${message}`, QUOTING);
}

const QUOTING =
  'a value with a comma, a quote or a line break is quoted, and its own quotes are doubled: "say ""a"""';

function columnsOf({ cells, line }: CsvRecord, shown: string): readonly string[] {
  if (cells.some((name) => /\r(?!\n)/.test(name)))
    throw new ManifestError(
      shown,
      "lines end in a carriage return alone",
      "save the file with the line ends of Unix or Windows",
    );
  const twice = cells.find((name, index) => name !== "" && cells.indexOf(name) !== index);
  if (twice !== undefined) throw new ManifestError(`${shown}:${line}`, `two columns are called \`${twice}\``);
  return cells;
}

function toRow({ cells, line }: CsvRecord, names: readonly string[], shown: string): RawRow {
  if (cells.length !== names.length)
    throw new ManifestError(
      `${shown}:${line}`,
      `there ${counted(cells.length, "value")} for ${names.length} column${names.length === 1 ? "" : "s"}`,
      raggedRemedy(cells.length, names),
    );
  const values: Record<string, unknown> = {};
  names.forEach((name, index) => putMember(values, name, cells[index]));
  return { values, line };
}

function counted(count: number, noun: string): string {
  return count === 1 ? `is 1 ${noun}` : `are ${count} ${noun}s`;
}

function raggedRemedy(count: number, names: readonly string[]): string {
  if (names.length === 1 && /[;\t]/.test(names[0] ?? "")) return "columns are set apart by commas";
  return count < names.length ? "a value that is absent leaves its comma: a,,c" : QUOTING;
}
