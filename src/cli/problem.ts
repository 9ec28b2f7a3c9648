import type { LoadProblem } from "../project/load.ts";
import { showPath } from "../project/root.ts";
import { escapeControls } from "./diagnostics/visible.ts";
import { EXIT } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** Says on standard error why a command cannot do its work, and gives its exit code. */
export function fail(terminal: Terminal, problem: string, help?: string): typeof EXIT.failed {
  const { err, colors } = terminal;
  err(`${colors.bold(colors.red("gov"))}: ${escapeControls(problem)}\n`);
  if (help !== undefined) err(`  ${escapeControls(help)}\n`);
  return EXIT.failed;
}

/** The same for a file that cannot be had. */
export function failToLoad(terminal: Terminal, problem: LoadProblem): typeof EXIT.failed {
  return fail(terminal, describeLoadProblem(problem, terminal), problem.help);
}

/** `` `policies/a.gov`: there is no such file ``. */
export function describeLoadProblem({ path, problem }: LoadProblem, { workingDirectory }: Terminal): string {
  return `\`${showPath(path, workingDirectory)}\`: ${problem}`;
}
