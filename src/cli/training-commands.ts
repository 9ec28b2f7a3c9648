/** Commands that compute: they train, or say what on. */
import { Option, type Command } from "commander";
import {
  collectSwept,
  outputFormat,
  override,
  parseCount,
  settable,
  type FormatOption,
} from "./arguments.ts";
import type { BackendChoice } from "../runtime/backends/select.ts";
import type { Declaration } from "./declaration.ts";
import {
  BACKEND_CHOICES,
  type ParamTexts,
  type RunRequest,
  type SweepRequest,
  type TrackerName,
} from "./requests.ts";
import { addTrackingOptions, collectTrackers, trackingOf, type TrackingOptions } from "./tracking/options.ts";

export const addTrainingCommands: Declaration = (program, terminal, finish) => {
  const run = program
    .command("run")
    .summary("train under a policy, keeping evidence")
    .description("Train an experiment under its policy and keep the evidence of what happened.")
    .argument("[experiment]", "a file whose default export is defineExperiment({ … })")
    .option("--resume <run>", "go on with a run that was stopped, from its last checkpoint")
    .addOption(override())
    .option("--save <folder>", "save the trained model in a new folder")
    .option("--baseline", "train the ungoverned twin as well, and compare")
    .option("--quiet", "show no progress, only the result")
    .option("--jsonl <file>", "write every event to this file, too")
    .option(
      "--tracker <names>",
      "copy it live to wandb, tensorboard, mlflow (with commas), or none",
      collectTrackers,
    );
  addTrackingOptions(addTrainingOptions(run)).action(
    async (experiment: string | undefined, options: RunOptions, command: Command) => {
      checkResume(experiment, options, command);
      const { runExperiment } = await import("./commands/run.ts");
      const {
        resume,
        set,
        policy,
        override: reason,
        seed,
        epochs,
        backend,
        runs,
        save,
        baseline,
        quiet,
        format,
        key,
        jsonl,
        tracker,
      } = options;
      const request: RunRequest = {
        ...{
          experiment,
          resume,
          policy,
          override: reason,
          seed,
          epochs,
          backend,
          runs,
          save,
          format,
          key,
          jsonl,
        },
        params: set,
        baseline: baseline === true,
        quiet: quiet === true,
        tracking: { trackers: tracker, ...trackingOf(options) },
      };
      await finish(runExperiment(request, terminal));
    },
  );
  program
    .command("model")
    .summary("write a model's shape for policies to be checked against")
    .description("Build an experiment's model and write its layers to a file that policies can name.")
    .argument("<experiment>")
    .option("-o, --output <file>", "where to write", "model.json")
    .action(async (experiment: string, { output }: { readonly output: string }) => {
      const { writeModel } = await import("./commands/model.ts");
      await finish(writeModel({ experiment, output }, terminal));
    });
  const sweeping = program
    .command("sweep")
    .summary("train under each choice of the policy's params, and rank the runs")
    .description(
      "Train an experiment once for each choice of params, and rank by what was achieved inside the bounds.",
    )
    .argument("<experiment>", "a file whose default export is defineExperiment({ … })")
    .addOption(
      new Option("--param <name=v1,v2>", "a param of the policy and the values to try; may be given again")
        .argParser(collectSwept)
        .makeOptionMandatory(),
    )
    .option("--by <figure>", "loss, or a figure of the experiment's evaluation", "loss")
    .addOption(
      new Option("--goal <direction>", "what is better; for loss, less is").choices(["minimize", "maximize"]),
    );
  addTrainingOptions(sweeping).action(async (experiment: string, options: SweepOptions) => {
    const { sweep } = await import("./commands/sweep.ts");
    const { param, by, goal, set, policy, seed, epochs, backend, runs, key, format } = options;
    const request: RunRequest = {
      ...{ experiment, policy, params: set, seed, epochs, backend, runs, key, format },
      ...{
        save: undefined,
        jsonl: undefined,
        override: undefined,
        resume: undefined,
        baseline: false,
        quiet: true,
      },
      tracking: { trackers: [], ...trackingOf({}) },
    };
    const direction = goal ?? (by === "loss" ? "minimize" : "maximize");
    await finish(sweep({ run: request, swept: param, goal: { by, direction }, format }, terminal));
  });
  program
    .command("audit")
    .summary("plant faults in an experiment's training, and see whether the checks notice")
    .description(
      "Train an experiment for a few steps under each of many planted faults, and say whether the checks of a run notice.",
    )
    .argument("<experiment>", "a file whose default export is defineExperiment({ … })")
    .option("--policy <file>", "in place of the policy that the experiment names")
    .addOption(settable())
    .option("--seed <number>", "in place of the experiment's own", parseCount(0))
    .option("--steps <number>", "of each run", parseCount(3), 12)
    .option("--clean <number>", "runs without a fault, each with a seed of its own", parseCount(1), 5)
    .addOption(backendOption())
    .addOption(outputFormat())
    .action(async (experiment: string, options: AuditOptions) => {
      const { auditExperiment } = await import("./commands/audit.ts");
      const { policy, set: params, seed, steps, clean: cleanRuns, backend, format } = options;
      const request = { experiment, policy, params, seed, steps, cleanRuns, backend, format };
      await finish(auditExperiment(request, terminal));
    });
  addBackendCommands(program, terminal, finish);
};

const addBackendCommands: Declaration = (program, terminal, finish) => {
  const group = program
    .command("backend")
    .summary("say what runs compute on here, and build the native backend")
    .description("Try out every backend, or make the native one work.");
  group
    .command("doctor", { isDefault: true })
    .summary("try out every backend")
    .description(
      "Start every backend and multiply on it: what works, what is missing, and what to do about it.",
    )
    .addOption(outputFormat())
    // It stands in where no subcommand is given, and so is handed what should have been one.
    .allowExcessArguments()
    .action(async ({ format }: FormatOption, command: Command) => {
      const [stranger] = command.args;
      if (stranger !== undefined) group.error(`unknown command '${stranger}'`);
      const { examineBackends } = await import("./commands/backend.ts");
      await finish(examineBackends({ format }, terminal));
    });
  group
    .command("build")
    .summary("build the native backend")
    .description(
      "Compile the add-on of an installed @tensorflow/tfjs-node-gpu against the TensorFlow of a Python wheel, which pip downloads. Linux, with g++ and python3.",
    )
    .option("--cuda", "take the build for CUDA in place of the one for processors")
    .option("--wheel <file>", "a wheel of tensorflow or tensorflow-cpu 2.21 that is there already")
    .action(async ({ cuda, wheel }: { readonly cuda?: true; readonly wheel?: string }) => {
      const { buildBackend } = await import("./commands/backend.ts");
      await finish(buildBackend({ library: cuda === true ? "cuda" : "cpu", wheel }, terminal));
    });
};

interface SweepOptions extends FormatOption {
  readonly param: SweepRequest["swept"];
  readonly by: string;
  readonly goal?: SweepRequest["goal"]["direction"];
  readonly set: ParamTexts;
  readonly policy?: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly backend: BackendChoice;
  readonly runs: string;
  readonly key?: string;
}

/** What every command that trains can be told. */
function addTrainingOptions(command: Command): Command {
  return command
    .option("--policy <file>", "in place of the policy that the experiment names")
    .addOption(settable())
    .option("--seed <number>", "in place of the experiment's own", parseCount(0))
    .option("--epochs <number>", "in place of the experiment's own", parseCount(1))
    .addOption(backendOption())
    .option("--runs <folder>", "where the folder of a run is made", "runs")
    .option("--key <file>", "the private key that signs the record; the project's own when left out")
    .addOption(outputFormat());
}

function backendOption(): Option {
  return new Option("--backend <name>", "what to compute on").choices(BACKEND_CHOICES).default("auto");
}

/** A run that goes on does what its record says it was asked for. */
function checkResume(experiment: string | undefined, options: RunOptions, command: Command): void {
  if (options.resume === undefined) {
    if (experiment === undefined) command.error("missing required argument 'experiment'");
    return;
  }
  const settled = ["policy", "set", "seed", "epochs", "backend", "runs", "baseline"].find(
    (name) => command.getOptionValueSource(name) === "cli",
  );
  if (experiment !== undefined || settled !== undefined)
    command.error(
      `with --resume, ${settled === undefined ? "the experiment" : `--${settled}`} is what the run's record says: leave it out`,
    );
}

interface AuditOptions extends Pick<RunOptions, "policy" | "set" | "seed" | "backend" | "format"> {
  readonly steps: number;
  readonly clean: number;
}

interface RunOptions extends FormatOption, TrackingOptions {
  readonly tracker?: readonly TrackerName[];
  readonly resume?: string;
  readonly policy?: string;
  readonly set: ParamTexts;
  readonly override?: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly backend: BackendChoice;
  readonly runs: string;
  readonly save?: string;
  readonly baseline?: true;
  readonly quiet?: true;
  readonly key?: string;
  readonly jsonl?: string;
}
