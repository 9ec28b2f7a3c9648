import { readLineBlocks } from "./lines.ts";
import { ManifestError } from "./manifest-error.ts";
import type { RawRow, RawRows } from "./rows.ts";

/** JSON Lines: an object a line; blank lines are none. */
export async function* readJsonl(path: string, shown: string): RawRows {
  for await (const { text, line } of readLineBlocks(path, shown)) {
    const lines = text.split("\n");
    yield lines.flatMap((own, index): readonly RawRow[] =>
      own.trim() === "" ? [] : [{ values: parseLine(own, `${shown}:${line + index}`), line: line + index }],
    );
  }
}

function parseLine(text: string, place: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ManifestError(place, `this is no JSON: ${reason}`, helpFor(text));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new ManifestError(place, "this is JSON, but no object of fields", helpFor(text));
}

function helpFor(text: string): string {
  return text.trimStart().startsWith("[")
    ? "a list in one piece becomes one record a line by: jq -c '.[]' list.json > records.jsonl"
    : 'each line is the JSON of one example: {"id": "a", "label": 3}';
}
