/** The trackers by name: one table for `gov run` and `gov export`. */
import type { SystemSample } from "../../trackers/system.ts";
import { reasonOf, type TrackedRun, type Tracker, type TrackerFailure } from "../../trackers/tracker.ts";
import type { TrackerName, TrackerSettings } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { mlflowRun, tensorBoardFolder, wandbIdentity } from "./settings.ts";

export interface Opening {
  readonly run: TrackedRun;
  readonly settings: TrackerSettings;
  readonly terminal: Pick<Terminal, "environment" | "workingDirectory">;
  /** When the run began, in milliseconds since 1970. */
  readonly started: number;
  /** Absent after the fact. */
  readonly sampleSystem?: () => SystemSample;
}

type Open = (opening: Opening) => Promise<Tracker>;

/** Each is imported when it is asked for; may throw whatever keeps the tracker from beginning. */
export const TRACKERS: Readonly<Record<TrackerName, Open>> = {
  wandb: async ({ run, settings, terminal, ...times }) => {
    const { createWandbTracker } = await import("../../trackers/wandb/wandb.ts");
    return createWandbTracker(run, { ...wandbIdentity(settings, terminal, run), ...times });
  },
  tensorboard: async ({ run, settings, terminal, ...times }) => {
    const { createTensorBoardTracker } = await import("../../trackers/tensorboard/tensorboard.ts");
    return createTensorBoardTracker(run, { folder: tensorBoardFolder(settings, terminal, run.id), ...times });
  },
  mlflow: async ({ run, settings, terminal, ...times }) => {
    const { createMlflowTracker } = await import("../../trackers/mlflow/mlflow.ts");
    return await createMlflowTracker(run, { ...mlflowRun(settings, terminal, run), ...times });
  },
};

/** Those that begin, and why the others do not: a tracker that fails never harms the run. */
export async function openTrackers(
  names: readonly TrackerName[],
  opening: Opening,
): Promise<{ readonly trackers: readonly Tracker[]; readonly failures: readonly TrackerFailure[] }> {
  const trackers: Tracker[] = [];
  const failures: TrackerFailure[] = [];
  for (const name of names) {
    try {
      trackers.push(await TRACKERS[name](opening));
    } catch (error) {
      failures.push({ tracker: name, reason: reasonOf(error) });
    }
  }
  return { trackers, failures };
}
