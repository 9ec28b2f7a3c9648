import type { LogEntry } from "./record.ts";

/**
 * What counts of a log: where a run was resumed, what had been decided after the checkpoint that it went on from was
 * done anew, and stands in the log only to show that it happened.
 */
export function standingEntries(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.reduce<readonly LogEntry[]>((standing, entry) => {
    if (entry.event.kind !== "run_resumed") return [...standing, entry];
    const { step } = entry.event.clock;
    const saved = standing.findLastIndex(
      ({ event }) => event.kind === "checkpoint_saved" && event.clock.step === step,
    );
    return [...standing.slice(0, saved + 1), entry];
  }, []);
}
