import type { RunEvent } from "../runtime/events.ts";
import type { LoggedDecision, RunRecord } from "./record.ts";

/**
 * The events of a run as it told them, decisions and measurements in one row. The two were kept apart: within a step,
 * decisions come first, as the governor makes them before it measures the step; the run's end comes last.
 */
export function eventsOf(record: Pick<RunRecord, "decisions" | "measurements">): readonly RunEvent[] {
  const decisions = record.decisions.map(({ event }) => event);
  const ends = decisions.filter(({ kind }) => kind === "run_ended");
  const events: RunEvent[] = [];
  let next = 0;
  for (const decision of decisions) {
    // What the record binds is no event of the training.
    if (decision.kind === "run_ended" || decision.kind === "file_bound") continue;
    for (; next < record.measurements.length; next += 1) {
      const measurement = record.measurements[next];
      if (measurement === undefined || measurement.clock.step >= decision.clock.step) break;
      events.push(measurement);
    }
    events.push(asTold(decision));
  }
  return [...events, ...record.measurements.slice(next), ...ends.map(asTold)];
}

const ADDED_BY_THE_LOG: ReadonlySet<string> = new Set(["files", "metrics", "run"]);

function asTold(decision: LoggedDecision): RunEvent {
  const told = Object.entries(decision).filter(([name]) => !ADDED_BY_THE_LOG.has(name));
  // A logged decision is the event with these fields added.
  return Object.fromEntries(told) as unknown as RunEvent;
}
