/** A ledger as it lies on the disk, held against its own checkpoint; nothing of it is believed. */
import { checkTree } from "./check-tree.ts";
import { readEntries } from "./bundles.ts";
import { parsePublicKey, type PublicKey } from "./keys.ts";
import { parseNote, signatureOf, type Note } from "./note.ts";
import { readBytes } from "./read-bytes.ts";
import { NOTHING_SETTLED, type LedgerFault, type LedgerReading, type SettledPart } from "./reading.ts";
import { listFiles } from "./tile-files.ts";
import { CHECKPOINT, levelCounts, PAYLOADS, PUBLIC_KEY, TILE_WIDTH, tilePath, tilesOf } from "./tiles.ts";

/**
 * @param trusted The key that must have signed; the one that lies in the folder when left out.
 * @param known What an earlier reading settled: it is neither read nor hashed again.
 */
export function readLedger(folder: string, trusted?: PublicKey, known = NOTHING_SETTLED): LedgerReading {
  const enclosed = readKey(folder);
  const key = trusted ?? enclosed.key;
  const head = readCheckpoint(folder, key);
  const size = head.note?.checkpoint.size;
  const settled = reachesBehind(size, known) ? known : NOTHING_SETTLED;
  const found = readEntries(folder, size, settled.entries.length / TILE_WIDTH);
  const tree = checkTree(folder, settled, found, head.note?.checkpoint);
  const hasFault = [...found.faults, ...tree.faults].some(({ kind }) => kind !== "unsigned");
  // Where exactly something is wrong shows only who looks at all of it.
  if (settled.entries.length > 0 && hasFault) return readLedger(folder, trusted);
  const told = new Set([...found.faults, ...tree.faults].map(({ file }) => file));
  const strays = findStrays(folder, size);
  return {
    settled: tree.settled,
    entries: [...settled.entries, ...found.entries.filter(({ index }) => size === undefined || index < size)],
    note: head.note,
    key,
    faults: [
      ...enclosed.faults,
      ...(trusted !== undefined && enclosed.key !== undefined && enclosed.key.text !== trusted.text
        ? [{ kind: "altered", file: PUBLIC_KEY, message: "it is not the key that was given" } as const]
        : []),
      ...head.faults,
      ...[...found.faults, ...tree.faults].toSorted((one, other) => (one.entry ?? 0) - (other.entry ?? 0)),
      ...strays.filter(({ file }) => !told.has(file)),
    ],
  };
}

/** Whether what is signed now holds all of what was settled before. */
function reachesBehind(size: number | undefined, { entries }: SettledPart): size is number {
  return size !== undefined && size >= entries.length;
}

function readKey(folder: string): { readonly key?: PublicKey; readonly faults: readonly LedgerFault[] } {
  const bytes = readBytes(folder, PUBLIC_KEY);
  if (bytes === undefined)
    return {
      faults: [{ kind: "missing", file: PUBLIC_KEY, message: "the ledger's public key is not there" }],
    };
  const text = Buffer.from(bytes).toString("utf8");
  const key = parsePublicKey(text);
  if (key !== undefined && `${key.text}\n` === text) return { key, faults: [] };
  return { faults: [{ kind: "malformed", file: PUBLIC_KEY, line: 1, message: "it is not a public key" }] };
}

function readCheckpoint(
  folder: string,
  key: PublicKey | undefined,
): { readonly note?: Note; readonly faults: readonly LedgerFault[] } {
  const file = CHECKPOINT;
  const bytes = readBytes(folder, file);
  if (bytes === undefined)
    return { faults: [{ kind: "missing", file, message: "the ledger has no signed checkpoint" }] };
  const text = Buffer.from(bytes).toString("utf8");
  const parsed = parseNote(text);
  if (parsed.problem !== undefined)
    return { faults: [{ kind: "malformed", file, line: parsed.line, message: parsed.problem }] };
  const { note } = parsed;
  // The decoder has put a mark where the bytes were no text.
  if (!Buffer.from(text).equals(bytes))
    return { faults: [{ kind: "malformed", file, line: 1, message: "it is not text in UTF-8" }] };
  if (key === undefined)
    return {
      note,
      faults: [{ kind: "malformed", file, message: "there is no key to check its signature by" }],
    };
  const verdict = signatureOf(note, key);
  if (verdict === "signed") return { note, faults: [] };
  const by = `${key.name} (key ${key.id})`;
  const message =
    verdict === "absent"
      ? `it is not signed by ${by}`
      : `its first three lines are not those that ${by} signed, or the signature was changed`;
  return { note, faults: [{ kind: "altered", file, line: verdict === "absent" ? 5 : 1, message }] };
}

/** What lies in the folder and is no part of a ledger of this size. */
function findStrays(folder: string, size: number | undefined): readonly LedgerFault[] {
  if (size === undefined) return [];
  const expected = new Set([CHECKPOINT, PUBLIC_KEY]);
  for (const [level, count] of [["entries", size] as const, ...levelCounts(size).entries()])
    for (const { index, width } of tilesOf(count)) expected.add(tilePath(level, index, width));
  return listFiles(folder, "")
    .filter((file) => !expected.has(file) && !file.startsWith(PAYLOADS))
    .map((file) => ({ kind: "unsigned", file, message: "it is no part of what was signed" }));
}
