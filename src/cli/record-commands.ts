/** Commands that read, check and hand on what runs have kept. */
import { InvalidArgumentError, Option } from "commander";
import { outputFormat, parseCount, type FormatOption } from "./arguments.ts";
import type { Declaration } from "./declaration.ts";
import {
  EXPORT_TARGETS,
  TRACE_FORMATS,
  type ExportTarget,
  type KeysRequest,
  type TraceRequest,
} from "./requests.ts";
import { addTrackingOptions, trackingOf, type TrackingOptions } from "./tracking/options.ts";

export const addRecordCommands: Declaration = (program, terminal, finish) => {
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
  const steps = { first: Number(parts[1]), last: Number(parts[2]) };
  if (steps.last < steps.first) throw new InvalidArgumentError("The first step comes first, as 100..200.");
  return steps;
}

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

interface ExportOptions extends TrackingOptions {
  readonly to: ExportTarget;
  readonly output?: string;
  readonly model?: string;
}
