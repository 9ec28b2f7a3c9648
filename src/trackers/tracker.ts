import type { Recorder, RunEvent } from "../runtime/events.ts";

/** A place outside the record to which a run's events go as they happen. */
export interface Tracker {
  /** Must not throw: a tracker that fails says so when it is closed. */
  record(event: RunEvent): void;
  close(): Promise<void>;
}

/** A recorder that keeps each event first and then tells the trackers. */
export function withTrackers(recorder: Recorder, trackers: readonly Tracker[]): Recorder {
  return (event) => {
    recorder(event);
    for (const tracker of trackers) tracker.record(event);
  };
}
