import { isObject } from "../../evidence/shape.ts";
import { TrackerError } from "../error.ts";
import type { TrackedRun } from "../tracker.ts";
import type { MlflowClient } from "./client.ts";
import type { MlflowOptions } from "./mlflow.ts";

export interface OpenMlflowRun {
  readonly runId: string;
  readonly experimentId: string;
  readonly artifactRoot: string;
}

/** The run that is to be filled: one that is there already, or a new one in an experiment of that name. */
export async function openMlflowRun(
  client: MlflowClient,
  run: TrackedRun,
  { outerRun, experiment, name, started }: MlflowOptions,
): Promise<OpenMlflowRun> {
  if (outerRun !== undefined) {
    const found = await client.get("runs/get", { run_id: outerRun });
    if (found === undefined) throw new TrackerError(`MLflow has no run ${outerRun}`);
    for (const [key, value] of Object.entries(ownTags(run)))
      await client.post("runs/set-tag", { run_id: outerRun, key, value });
    return readRun(found);
  }
  const known = await client.get("experiments/get-by-name", { experiment_name: experiment });
  const experimentId =
    known === undefined
      ? textAt(await client.post("experiments/create", { name: experiment }), "experiment_id")
      : textAt(known, "experiment", "experiment_id");
  const { environment } = run;
  const tags = {
    "mlflow.source.name": environment?.command?.join(" ") ?? "gov",
    "mlflow.source.type": "LOCAL",
    ...(environment?.git === undefined ? {} : { "mlflow.source.git.commit": environment.git.commit }),
    ...ownTags(run),
  };
  const created = await client.post("runs/create", {
    ...{ experiment_id: experimentId, run_name: name, start_time: started },
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  });
  return readRun(created);
}

/** By which a run is found again from what governed it, whoever began it. */
function ownTags({ ir, id }: TrackedRun): Readonly<Record<string, string>> {
  return { ...(ir === undefined ? {} : { "strata.policy.digest": ir.digest }), "strata.run": id };
}

function readRun(answer: unknown): OpenMlflowRun {
  const info = (name: string): string => textAt(answer, "run", "info", name);
  return { runId: info("run_id"), experimentId: info("experiment_id"), artifactRoot: info("artifact_uri") };
}

function textAt(answer: unknown, ...path: readonly string[]): string {
  const value = path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), answer);
  if (typeof value !== "string") throw new TrackerError(`MLflow's answer has no ${path.join(".")}`);
  return value;
}
