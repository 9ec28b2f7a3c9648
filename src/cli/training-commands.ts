import { InvalidArgumentError, Option, type Command } from "commander";
import { collectSwept, outputFormat, override, parseCount, settable } from "./arguments.ts";
import type { Declaration } from "./declaration.ts";
import {
  EXPORT_TARGETS,
  TRACE_FORMATS,
  type ExportTarget,
  type KeysRequest,
  type OutputFormat,
  type ParamTexts,
  type RunRequest,
  type SweepRequest,
  type TraceRequest,
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
  program
    .command("report")
    .summary("show a run on one page")
    .description("Write a run's evidence as one HTML page.")
    .argument("<run>", "a run's folder, a folder of runs for its newest, or latest")
    .option("-o, --output <file>", "where to write; beside the evidence when left out")
    .action(async (run: string, { output }: { readonly output?: string }) => {
      const { report } = await import("./commands/report.ts");
      await finish(report({ run, output }, terminal));
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
  program
    .command("dashboard")
    .summary("watch runs in a browser")
    .description(
      "Show the runs of a folder side by side and one by one, as they happen; on this machine only.",
    )
    .argument("[folder]", "the folder of runs", "runs")
    .option("--port <number>", "0 takes any that is free", parseCount(0), 7007)
    .action(async (folder: string, { port }: { readonly port: number }) => {
      const { dashboard } = await import("./commands/dashboard.ts");
      await finish(dashboard({ folder, port }, terminal));
    });
  const exporting = program
    .command("export")
    .summary("hand a run's record on to another tool")
    .description("Write a run's record in the form of another tool: a copy, never the record.")
    .argument("<run>", "a run's folder, a folder of runs for its newest, or latest")
    .addOption(new Option("--to <target>", "what to write").choices(EXPORT_TARGETS).makeOptionMandatory())
    .option(
      "-o, --output <path>",
      "the file of jsonl, prov, openlineage or cyclonedx; named after the run when left out",
    )
    .option("--model <folder>", "where gov run --save put the model, to hand it on as well");
  addTrackingOptions(exporting).action(async (run: string, options: ExportOptions) => {
    const { exportRun } = await import("./commands/export.ts");
    const { to: target, output, model } = options;
    await finish(exportRun({ run, target, output, model, ...trackingOf(options) }, terminal));
  });
  program
    .command("verify")
    .summary("check that a run's evidence is whole")
    .description(
      "Recompute the ledger of a run, its signatures, and the digest of everything it binds. Offline.",
    )
    .argument("<run>", "a run's folder, a folder of runs for its newest, latest, or a proof of one entry")
    .option("--key <key>", "a public key, as a file or as its text, by which the run must be signed")
    .option("--witness <key>", "the public key of a witness that must have signed, too", collect, [])
    .option(
      "--checkpoint <file>",
      "a checkpoint of the run that was seen before: the ledger must begin with it",
    )
    .option(
      "--entry <number>",
      "prove this entry of the ledger to somebody who has nothing else",
      parseCount(0),
    )
    .option("-o, --output <file>", "where the proof goes, for example decision.tlog-proof")
    .option("--unfinished", "accept a record that stops before the end of its run, if it verifies that far")
    .addOption(outputFormat())
    .action(async (run: string, options: VerifyOptions) => {
      const { verify } = await import("./commands/verify.ts");
      const { key, witness, checkpoint, entry, output, unfinished, format } = options;
      const accepted = { unfinished: unfinished === true ? "accept" : "refuse" } as const;
      const proving = { entry, output };
      await finish(
        verify({ run, key, witnesses: witness, checkpoint, ...proving, ...accepted, format }, terminal),
      );
    });
  addTraceCommand(program, terminal, finish);
  addKeyCommands(program, terminal, finish);
  addBackendCommands(program, terminal, finish);
};

const addTraceCommand: Declaration = (program, terminal, finish) => {
  program
    .command("trace")
    .summary("find the examples behind what a network learnt")
    .description(
      "Say who taught what, through which bands, in which steps, under which rules: from traced influence.",
    )
    .argument("<run>", "a run's folder, a folder of runs for its newest, or latest")
    .option("--behavior <name>", "toward this behaviour")
    .option("--band <name>", "through this band")
    .option("--layer <name>", "through the bands that hold this layer")
    .option("--cohort <name>", "by examples of this cohort")
    .option("--example <id>", "by this example")
    .option("--steps <range>", "in these steps: 100..200", parseSteps)
    .option("--top <count>", "how many examples are listed", parseCount(1), 20)
    .option(
      "--data <experiment>",
      "show on the page what the examples look like, from this experiment's data",
    )
    .option("--without <names...>", "cohorts or ids of examples: what share of the influence came from them")
    .addOption(
      new Option("--format <name>", "how the answer is given").choices(TRACE_FORMATS).default("pretty"),
    )
    .option("-o, --output <file>", "where to write")
    .action(async (run: string, options: TraceOptions) => {
      const { trace } = await import("./commands/trace.ts");
      const { band, behavior, cohort, example, layer, steps, top, without, data, format, output } = options;
      const asked = { band, behavior, cohort, example, layer, steps, top, without, data };
      await finish(trace({ run, ...asked, format, output }, terminal));
    });
};

type TraceOptions = Omit<TraceRequest, "run">;

function parseSteps(text: string): { readonly first: number; readonly last: number } {
  const parts = /^(\d+)\.\.(\d+)$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("Write two steps, as 100..200.");
  return { first: Number(parts[1]), last: Number(parts[2]) };
}

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
      if (stranger !== undefined) group.error(`error: unknown command '${stranger}'`);
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

const addKeyCommands: Declaration = (program, terminal, finish) => {
  const group = program
    .command("keys")
    .summary("make and name the keys that sign runs")
    .description("Make keys, show what they are called, and put a witness's signature under a run.");
  const carryOut = async (request: KeysRequest): Promise<void> => {
    const { keys } = await import("./commands/keys.ts");
    await finish(keys(request, terminal));
  };
  group
    .command("make")
    .summary("make a key")
    .description("Make an Ed25519 key under a name and write its two files; none that is there is replaced.")
    .argument("<name>", "what signatures will be signed with, for example example.com/training")
    .option("-o, --output <folder>", "where to write; .gov/keys when left out")
    .addOption(outputFormat())
    .action(async (name: string, { output, format }: FormatOption & { readonly output?: string }) =>
      carryOut({ kind: "make", name, folder: output, format }),
    );
  group
    .command("show")
    .summary("say what keys are called")
    .description("Show name, id and public text of keys; of a private key nothing else is shown.")
    .argument("[keys...]", "files of keys; the project's own when left out")
    .addOption(outputFormat())
    .action(async (keys: string[], { format }: FormatOption) =>
      carryOut({ kind: "show", keys: keys.length === 0 ? [".gov/keys/project.pub"] : keys, format }),
    );
  group
    .command("cosign")
    .summary("sign a run as a witness")
    .description("Verify a run, and put another signature under its checkpoint.")
    .argument("<run>", "a run's folder, a folder of runs for its newest, or latest")
    .requiredOption("--key <file>", "the witness's private key")
    .option("--signer <key>", "the public key by which the run must be signed already")
    .addOption(outputFormat())
    .action(async (run: string, { key, signer, format }: CosignOptions) =>
      carryOut({ kind: "cosign", run, key, signer, format }),
    );
};

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

interface VerifyOptions extends FormatOption {
  readonly key?: string;
  readonly witness: readonly string[];
  readonly checkpoint?: string;
  readonly entry?: number;
  readonly output?: string;
  readonly unfinished?: true;
}

interface CosignOptions extends FormatOption {
  readonly key: string;
  readonly signer?: string;
}

interface FormatOption {
  readonly format: OutputFormat;
}

interface SweepOptions extends FormatOption {
  readonly param: SweepRequest["swept"];
  readonly by: string;
  readonly goal?: SweepRequest["goal"]["direction"];
  readonly set: ParamTexts;
  readonly policy?: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly backend: RunRequest["backend"];
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
  return new Option("--backend <name>", "what to compute on")
    .choices(["auto", "wasm", "cpu", "node-gpu", "webgpu"])
    .default("auto");
}

/** A run that goes on does what its record says it was asked for. */
function checkResume(experiment: string | undefined, options: RunOptions, command: Command): void {
  if (options.resume === undefined) {
    if (experiment === undefined) command.error("error: missing required argument 'experiment'");
    return;
  }
  const settled = ["policy", "set", "seed", "epochs", "backend", "runs", "baseline"].find(
    (name) => command.getOptionValueSource(name) === "cli",
  );
  if (experiment !== undefined || settled !== undefined)
    command.error(
      `error: with --resume, ${settled === undefined ? "the experiment" : `--${settled}`} is what the run's record says: leave it out`,
    );
}

interface AuditOptions extends Pick<RunOptions, "policy" | "set" | "seed" | "backend" | "format"> {
  readonly steps: number;
  readonly clean: number;
}

interface ExportOptions extends TrackingOptions {
  readonly to: ExportTarget;
  readonly output?: string;
  readonly model?: string;
}

interface RunOptions extends FormatOption, TrackingOptions {
  readonly tracker?: readonly TrackerName[];
  readonly resume?: string;
  readonly policy?: string;
  readonly set: ParamTexts;
  readonly override?: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly backend: RunRequest["backend"];
  readonly runs: string;
  readonly save?: string;
  readonly baseline?: true;
  readonly quiet?: true;
  readonly key?: string;
  readonly jsonl?: string;
}
