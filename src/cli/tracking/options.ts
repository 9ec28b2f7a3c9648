/** The options of `gov run` and `gov export` that say which other tools a run is copied to, and how. */
import { InvalidArgumentError, type Command } from "commander";
import { TRACKER_NAMES, type TrackerName, type TrackerSettings } from "../requests.ts";

/** `--tracker wandb,mlflow`; commander calls it once for each. */
export function collectTrackers(
  text: string,
  collected: readonly TrackerName[] | undefined,
): readonly TrackerName[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.length === 1 && words[0] === "none") return [];
  const names = words.map((word) => {
    const name = TRACKER_NAMES.find((known) => known === word);
    if (name === undefined)
      throw new InvalidArgumentError(
        `Allowed are ${TRACKER_NAMES.join(", ")}, several with commas, or none.`,
      );
    return name;
  });
  return [...new Set([...(collected ?? []), ...names])];
}

/** The options that say what a run is called in other tools. */
export function addTrackingOptions(command: Command): Command {
  return command
    .option("--project <name>", "the project in W&B, the experiment in MLflow")
    .option("--entity <name>", "the user or team in W&B")
    .option("--name <name>", "what the run is called there")
    .option("--logdir <folder>", "where TensorBoard's folder of the run is made (default: tensorboard)");
}

export type TrackingOptions = Partial<TrackerSettings>;

export function trackingOf({ project, entity, name, logdir }: TrackingOptions): TrackerSettings {
  return { project, entity, name, logdir };
}
