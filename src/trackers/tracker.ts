/** One small interface to the tools that people watch training with. What goes to them is a copy, never the record. */
import type { RunRecord } from "../evidence/record.ts";
import type { RunEvent } from "../runtime/events.ts";
import type { Artifact } from "./artifacts.ts";

/** What is known of a run when it begins, live and after the fact alike. */
export interface TrackedRun extends Pick<RunRecord, "id" | "ir" | "plan" | "environment" | "sources"> {
  /** The run's folder, absolute. */
  readonly folder: string;
}

/** A place outside the record to which a run's events go as they happen. Any method may throw: see `guardTrackers`. */
export interface Tracker {
  /** As people call it: `W&B`, `TensorBoard`. */
  readonly name: string;
  /** @param moment When it happened, in milliseconds since 1970. */
  readonly record: (event: RunEvent, moment: number) => void;
  /** Resolves once what was handed over so far has arrived. */
  readonly flush: () => Promise<void>;
  /** After the last event: hands over what the run made, and says where the copy is. */
  readonly close: (artifacts: readonly Artifact[]) => Promise<Delivery>;
}

export interface Delivery {
  readonly name: string;
  /** A path or an address. */
  readonly place: string;
  /** The words of the command that goes on from here, where there is one; paths are absolute. */
  readonly next?: readonly string[];
}

export interface TrackerFailure {
  readonly tracker: string;
  readonly reason: string;
}

/** Several trackers of which none can harm the run. */
export interface GuardedTrackers {
  readonly record: Tracker["record"];
  readonly flush: () => Promise<void>;
  readonly close: (artifacts: readonly Artifact[]) => Promise<readonly Delivery[]>;
}

/** A tracker that fails is told of once and gets nothing more; the others, and the run, go on. */
export function guardTrackers(
  trackers: readonly Tracker[],
  onFailure: (failure: TrackerFailure) => void,
): GuardedTrackers {
  const failed = new Set<Tracker>();
  const fail = (tracker: Tracker, error: unknown): void => {
    failed.add(tracker);
    onFailure({ tracker: tracker.name, reason: reasonOf(error) });
  };
  const working = (): readonly Tracker[] => trackers.filter((tracker) => !failed.has(tracker));
  return {
    record: (event, moment) => {
      for (const tracker of working()) {
        try {
          tracker.record(event, moment);
        } catch (error) {
          fail(tracker, error);
        }
      }
    },
    flush: async () => {
      for (const tracker of working()) await tracker.flush().catch((error: unknown) => fail(tracker, error));
    },
    close: async (artifacts) => {
      const deliveries: Delivery[] = [];
      for (const tracker of working()) {
        try {
          deliveries.push(await tracker.close(artifacts));
        } catch (error) {
          fail(tracker, error);
        }
      }
      return deliveries;
    },
  };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
