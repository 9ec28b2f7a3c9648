/** The dictionary of a store: rows hold numbers, and a file of lines says what each stands for. */
import { readBytes } from "../ledger/read-bytes.ts";
import { splitLines } from "../lines.ts";

export const NAMES = "names.jsonl";

export const NAME_KINDS = ["example", "cohorts", "band", "behavior"] as const;
export type NameKind = (typeof NAME_KINDS)[number];

/** By kind, the names in the order of their numbers. A set of cohorts is a JSON array; no behaviour is the empty text. */
export type Names = Readonly<Record<NameKind, readonly string[]>>;

export interface NameTable {
  /** The number of a name; one that is new gets the next. */
  readonly numberOf: (kind: NameKind, name: string) => number;
  /** Lines for names that are new since this was last called. */
  readonly takeNew: () => string;
}

/** @param known Names that have their numbers already. */
export function createNameTable(known: Names): NameTable {
  const tableOf = (kind: NameKind): Map<string, number> =>
    new Map(known[kind].map((name, index) => [name, index]));
  const tables: Readonly<Record<NameKind, Map<string, number>>> = {
    example: tableOf("example"),
    cohorts: tableOf("cohorts"),
    band: tableOf("band"),
    behavior: tableOf("behavior"),
  };
  let fresh = "";
  return {
    numberOf(kind, name) {
      const table = tables[kind];
      const found = table.get(name);
      if (found !== undefined) return found;
      const number = table.size;
      table.set(name, number);
      fresh += `${JSON.stringify([kind, name])}\n`;
      return number;
    },
    takeNew() {
      const lines = fresh;
      fresh = "";
      return lines;
    },
  };
}

export const NO_NAMES: Names = { example: [], cohorts: [], band: [], behavior: [] };

/** The names in a store's folder, as far as their lines are whole. */
export function readNames(folder: string): Names {
  const names: Record<NameKind, string[]> = { example: [], cohorts: [], band: [], behavior: [] };
  for (const { bytes } of splitLines(readBytes(folder, NAMES) ?? new Uint8Array()).lines) {
    const entry = parseEntry(Buffer.from(bytes).toString("utf8"));
    if (entry !== undefined) names[entry.kind].push(entry.name);
  }
  return names;
}

function parseEntry(text: string): { readonly kind: NameKind; readonly name: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return undefined;
    const [kind, name] = value as readonly unknown[];
    const known = NAME_KINDS.find((one) => one === kind);
    return known !== undefined && typeof name === "string" ? { kind: known, name } : undefined;
  } catch {
    // A line that was changed: that is told by its digest, and the rows that need it show its number.
    return undefined;
  }
}
