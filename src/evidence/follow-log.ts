/** The decisions of a run, read on from where the last look ended. */
import { join } from "node:path";
import { readDecisions } from "./decisions.ts";
import type { PublicKey } from "./ledger/keys.ts";
import { readLedger } from "./ledger/read.ts";
import { NOTHING_SETTLED, type LedgerReading, type ReadEntry, type SettledPart } from "./ledger/reading.ts";
import { levelCounts, TILE_WIDTH, tilePath, tilesOf } from "./ledger/tiles.ts";
import type { LogEntry, RecordProblem } from "./record.ts";
import { stampOf } from "./stamps.ts";

export interface LogAdvance {
  readonly ledger: LedgerReading;
  /** All of them, and what is wrong with those entries that hold none; the same lists while there is nothing new. */
  readonly decisions: readonly LogEntry[];
  readonly problems: readonly RecordProblem[];
}

/** @param folder Of the ledger. */
export function followLog(folder: string, key?: PublicKey): { readonly advance: () => LogAdvance } {
  let settled = NOTHING_SETTLED;
  let stamps: readonly (string | undefined)[] = [];
  let entries: readonly ReadEntry[] = [];
  let decisions: readonly LogEntry[] = [];
  let problems: readonly RecordProblem[] = [];
  const stampsOf = (part: SettledPart): readonly (string | undefined)[] =>
    settledFiles(part).map((path) => stampOf(join(folder, path)));
  return {
    advance() {
      const isUntouched = stampsOf(settled).every((stamp, index) => stamp === stamps[index]);
      const ledger = readLedger(folder, key, isUntouched ? settled : NOTHING_SETTLED);
      if (ledger.settled !== settled) stamps = stampsOf(ledger.settled);
      settled = ledger.settled;
      const known = beginsWith(ledger.entries, entries) ? entries.length : 0;
      const isNews = known === 0 || ledger.entries.length > known;
      const found = isNews ? readDecisions(folder, ledger.entries.slice(known)) : undefined;
      entries = ledger.entries;
      if (found !== undefined) {
        decisions = known === 0 ? found.decisions : [...decisions, ...found.decisions];
        problems = known === 0 ? found.problems : [...problems, ...found.problems];
      }
      return { ledger, decisions, problems };
    },
  };
}

/** The files that are not read again. */
function settledFiles({ entries }: SettledPart): readonly string[] {
  return [["entries", entries.length] as const, ...levelCounts(entries.length).entries()].flatMap(
    ([level, count]) =>
      tilesOf(count)
        .filter(({ width }) => width === TILE_WIDTH)
        .map(({ index, width }) => tilePath(level, index, width)),
  );
}

function beginsWith(entries: readonly ReadEntry[], front: readonly ReadEntry[]): boolean {
  return front.every((entry, index) => {
    const now = entries[index];
    return now === entry || (now !== undefined && Buffer.compare(now.bytes, entry.bytes) === 0);
  });
}
