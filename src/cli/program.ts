import { Command, CommanderError } from "commander";
import type { Finish } from "./declaration.ts";
import { EXIT } from "./exit-codes.ts";
import { addPolicyCommands } from "./policy-commands.ts";
import { addRecordCommands } from "./record-commands.ts";
import { sayProblem } from "./problem.ts";
import type { Terminal } from "./terminal.ts";
import { addTrainingCommands } from "./training-commands.ts";

/** Reads a command line (without `node` and the script), does what it says, and returns the exit code. */
export async function runCommandLine(
  words: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<number> {
  const ended: { code: number } = { code: EXIT.clean };
  const program = createProgram(terminal, version, async (work) => {
    ended.code = await work;
  });
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version leave with 0, wrong usage with 1; commander has said what there is to say.
    return error.exitCode === 0 ? EXIT.clean : EXIT.failed;
  }
  return ended.code;
}

function createProgram(terminal: Terminal, version: string, finish: Finish): Command {
  const program = new Command("gov")
    .description("Say what each part of a network may learn, from which examples - and train under it.")
    .version(version, "-V, --version")
    .option("--debug", "show where in gov a defect happened")
    .exitOverride()
    .showHelpAfterError("gov --help lists the commands; gov COMMAND --help tells about one")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      getOutHasColors: () => terminal.colors.isColorSupported,
      getErrHasColors: () => terminal.colors.isColorSupported,
      outputError: (text, write) => write(sayProblem(terminal, text.replace(/^error: |\n$/g, ""))),
    });
  program.commandsGroup("Policies:");
  addPolicyCommands(program, terminal, finish);
  program.commandsGroup("Training:");
  addTrainingCommands(program, terminal, finish);
  program.commandsGroup("Records:");
  addRecordCommands(program, terminal, finish);
  return program;
}
