import type { LoadProblem } from "../project/load.ts";
import { showPath } from "../project/root.ts";
import { escapeControls } from "./diagnostics/visible.ts";
import { EXIT } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** Says on standard error why a command cannot do its work, and gives its exit code. */
export function fail(terminal: Terminal, problem: string, help?: string): typeof EXIT.failed {
  terminal.err(sayProblem(terminal, escapeControls(problem), help));
  return EXIT.failed;
}

/**
 * The one form of what keeps a command from its work, which ends with a line break: `gov:`, as `error` stands before
 * what is wrong in a policy.
 *
 * @param problem Fit to be shown: it may be painted.
 */
export function sayProblem({ colors }: Pick<Terminal, "colors">, problem: string, help?: string): string {
  const remedy = help === undefined ? "" : `  ${escapeControls(help)}\n`;
  return `${colors.bold(colors.red("gov"))}: ${problem}\n${remedy}`;
}

/** The same for a file that cannot be had. */
export function failToLoad(terminal: Terminal, problem: LoadProblem): typeof EXIT.failed {
  return fail(terminal, describeLoadProblem(problem, terminal), problem.help);
}

/** `` `policies/a.gov`: there is no such file ``. */
export function describeLoadProblem({ path, problem }: LoadProblem, { workingDirectory }: Terminal): string {
  return `\`${showPath(path, workingDirectory)}\`: ${problem}`;
}
