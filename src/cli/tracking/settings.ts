/** How trackers are set up: what the command line says, else the environment variables that each tool's users know. */
import { resolve } from "node:path";
import { TrackerError } from "../../trackers/error.ts";
import type { MlflowOptions } from "../../trackers/mlflow/mlflow.ts";
import type { TrackedRun } from "../../trackers/tracker.ts";
import type { WandbOptions } from "../../trackers/wandb/wandb.ts";
import type { TrackerName, TrackerSettings, TrackingRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

type World = Pick<Terminal, "environment" | "workingDirectory">;

/** Those asked for; where none is, those inside of whose run this one was started. */
export function chosenTrackers({ trackers }: TrackingRequest, world: World): readonly TrackerName[] {
  if (trackers !== undefined) return trackers;
  return OUTER_RUNS.filter(([, variable]) => read(world, variable) !== undefined).map(([name]) => name);
}

const OUTER_RUNS = [
  ["wandb", "WANDB_RUN_ID"],
  ["mlflow", "MLFLOW_RUN_ID"],
] as const;

/** The folder that becomes a run of TensorBoard's. */
export function tensorBoardFolder({ logdir }: TrackerSettings, world: World, run: string): string {
  return resolve(world.workingDirectory, logdir ?? "tensorboard", run);
}

/** The options of W&B that say what the run is called and where it is kept. */
export function wandbIdentity(
  { project, entity, name }: TrackerSettings,
  world: World,
  run: TrackedRun,
): Omit<WandbOptions, "started" | "sampleSystem"> {
  const tags = read(world, "WANDB_TAGS")?.split(",") ?? [];
  return {
    // The end of a run's name is drawn by chance, so that its copies are one run wherever they are made.
    id: wandbId(read(world, "WANDB_RUN_ID")) ?? run.id.replace(/^.*-/, ""),
    project: project ?? read(world, "WANDB_PROJECT") ?? policyName(run),
    entity: entity ?? read(world, "WANDB_ENTITY"),
    group: read(world, "WANDB_RUN_GROUP"),
    jobType: read(world, "WANDB_JOB_TYPE"),
    name: name ?? read(world, "WANDB_NAME") ?? run.id,
    notes: read(world, "WANDB_NOTES"),
    tags: tags.map((tag) => tag.trim()).filter((tag) => tag !== ""),
    sweep: read(world, "WANDB_SWEEP_ID"),
    folder: resolve(world.workingDirectory, read(world, "WANDB_DIR") ?? ".", "wandb"),
  };
}

/** The id becomes a part of paths, here and on the server, which takes none with these characters either. */
function wandbId(id: string | undefined): string | undefined {
  if (id !== undefined && /[/\\#?%:]|\p{C}/u.test(id))
    throw new TrackerError(`WANDB_RUN_ID is ${id}: an id holds none of / \\ # ? % :`);
  return id;
}

/** Where MLflow's server is, and what the run is called there. */
export function mlflowRun(
  { project, name }: TrackerSettings,
  world: World,
  run: TrackedRun,
): Omit<MlflowOptions, "started" | "sampleSystem"> {
  const address = read(world, "MLFLOW_TRACKING_URI") ?? "http://127.0.0.1:5000";
  if (!/^https?:\/\//.test(address))
    throw new TrackerError(
      `MLFLOW_TRACKING_URI is ${address}: it must be the address of a server, for example http://127.0.0.1:5000`,
    );
  return {
    address: address.replace(/\/+$/, ""),
    authorization: mlflowAuthorization(world),
    experiment: project ?? read(world, "MLFLOW_EXPERIMENT_NAME") ?? policyName(run),
    name: name ?? read(world, "MLFLOW_RUN_NAME") ?? run.id,
    outerRun: read(world, "MLFLOW_RUN_ID"),
  };
}

function mlflowAuthorization(world: World): string | undefined {
  const [token, user, password] = ["TOKEN", "USERNAME", "PASSWORD"].map((part) =>
    read(world, `MLFLOW_TRACKING_${part}`),
  );
  if (user !== undefined && password !== undefined)
    return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return token === undefined ? undefined : `Bearer ${token}`;
}

function policyName({ ir, plan }: TrackedRun): string {
  return ir?.policy.name ?? plan?.policyName ?? "gov";
}

/** An empty variable is one that is not set. */
function read({ environment }: World, variable: string): string | undefined {
  const value = environment[variable];
  return value === "" ? undefined : value;
}
