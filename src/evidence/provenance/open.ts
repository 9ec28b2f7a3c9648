import { join } from "node:path";
import { PROVENANCE } from "../layout.ts";
import type { LogEntry } from "../record.ts";
import { openStore, type Store } from "./scan.ts";

/** The store of a run. Steps that a resumed run did again count once: in the segment that was bound before, not at all. */
export function openRunProvenance(folder: string, decisions: readonly LogEntry[]): Store {
  const limits = new Map<string, number>();
  for (const { event, sequence } of decisions) {
    if (event.kind !== "file_bound" || event.role !== "provenance") continue;
    const later = decisions.flatMap((entry) =>
      entry.sequence > sequence && entry.event.kind === "run_resumed" ? [entry.event.clock.step] : [],
    );
    limits.set(event.path.slice(PROVENANCE.length + 1), Math.min(...later, Number.POSITIVE_INFINITY));
  }
  return openStore(join(folder, PROVENANCE), limits);
}
