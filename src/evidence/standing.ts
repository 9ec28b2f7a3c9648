import type { LogEntry } from "./record.ts";

/**
 * What counts of a log: where a run was resumed, what had been decided after the checkpoint that it went on from was
 * done anew, and stands in the log only to show that it happened.
 */
export function standingEntries(entries: readonly LogEntry[]): readonly LogEntry[] {
  const standing: LogEntry[] = [];
  for (const entry of entries) {
    if (entry.event.kind === "run_resumed") {
      const { step } = entry.event.clock;
      const saved = standing.findLastIndex(
        ({ event }) => event.kind === "checkpoint_saved" && event.clock.step === step,
      );
      standing.length = saved + 1;
    }
    standing.push(entry);
  }
  return standing;
}
