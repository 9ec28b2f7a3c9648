/** The data of a run as MLflow's inputs: each set by its digest, and each cohort as a part of it. */
import { createHash } from "node:crypto";
import type { RunEvent } from "../../runtime/events.ts";
import type { TrackedRun } from "../tracker.ts";

export interface CohortCount {
  readonly add: (event: RunEvent) => void;
  /** Cohort to the examples that it gave to training, repetitions included. */
  readonly read: () => ReadonlyMap<string, number>;
}

export function createCohortCount(): CohortCount {
  const counts = new Map<string, number>();
  return {
    add: (event) => {
      if (event.kind !== "routing_measured") return;
      // Each cohort has a cell for every band, all with the same examples.
      const bands = new Set(event.cells.map(({ band }) => band)).size;
      for (const { cohort, examples } of event.cells)
        counts.set(cohort, (counts.get(cohort) ?? 0) + examples / bands);
    },
    read: () => counts,
  };
}

export function datasetsOf(run: TrackedRun, cohorts: ReadonlyMap<string, number>): readonly object[] {
  const data = Object.entries(run.environment?.data ?? {});
  const whole = data.map(([name, sha256]) => dataset(name, sha256, { sha256 }, "training"));
  const parts = [...cohorts].map(([cohort, examples]) =>
    dataset(
      `cohort ${cohort}`,
      `${JSON.stringify(data)}/${cohort}`,
      { cohort, examples: Math.round(examples) },
      "cohort",
    ),
  );
  return [...whole, ...parts];
}

// MLflow keeps 36 characters of a digest.
const DIGEST_LENGTH = 32;

function dataset(name: string, content: string, profile: object, context: string): object {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, DIGEST_LENGTH);
  return {
    dataset: {
      name,
      digest,
      source_type: "local",
      source: JSON.stringify(profile),
      profile: JSON.stringify(profile),
    },
    tags: [{ key: "mlflow.data.context", value: context }],
  };
}
