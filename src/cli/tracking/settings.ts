/** How trackers are set up: what the command line says, else the environment variables that each tool's users know. */
import { resolve } from "node:path";
import type { TrackerSettings } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

type World = Pick<Terminal, "environment" | "workingDirectory">;

/** The folder that becomes a run of TensorBoard's. */
export function tensorBoardFolder({ logdir }: TrackerSettings, world: World, run: string): string {
  return resolve(world.workingDirectory, logdir ?? "tensorboard", run);
}
