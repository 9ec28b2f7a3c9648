import { fixPolicy, type AppliedFix, type FixedPolicy } from "../../ide/fix.ts";
import { findPolicies } from "../../project/find.ts";
import { loadPolicy, loadPolicyText, type LoadedPolicy } from "../../project/load.ts";
import { loadNetwork } from "../../project/network.ts";
import { showPath } from "../../project/root.ts";
import { writeText } from "../../project/write.ts";
import { hasErrors } from "../../source/diagnostic.ts";
import type { NetworkShape } from "../../model/network.ts";
import { showDifference } from "../difference.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { fail, failToLoad } from "../problem.ts";
import type { FixRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** `gov fix`: applies the fixes that diagnostics carry; exits with 3 while errors remain. */
export async function fixFiles(request: FixRequest, terminal: Terminal): Promise<number> {
  const { workingDirectory } = terminal;
  const paths = request.files.flatMap((file) =>
    file === "-" ? [file] : findPolicies(file, workingDirectory),
  );
  if (paths.length === 0) return fail(terminal, `no \`.gov\` file in ${request.files.join(", ")}`);
  const network = request.model === undefined ? undefined : loadNetwork(request.model, workingDirectory);
  if (network?.kind === "problem") return failToLoad(terminal, network);
  const codes: number[] = [];
  const results: Fixed[] = [];
  // One after the other: what is written to a module counts for the policies after it.
  for (const path of new Set(paths)) {
    const loaded =
      path === "-"
        ? loadPolicyText(await terminal.readInput(), "stdin.gov", workingDirectory)
        : loadPolicy(path, workingDirectory);
    if (loaded.kind === "problem") {
      codes.push(failToLoad(terminal, loaded));
      continue;
    }
    const result = fixOne(path, loaded, request, network?.network, workingDirectory);
    results.push(result);
    codes.push(settle(result, request, terminal));
  }
  summarize(results, request, terminal);
  return [EXIT.failed, EXIT.errors].find((code) => codes.includes(code)) ?? EXIT.clean;
}

interface Fixed {
  /** In full; `-` for standard input. */
  readonly path: string;
  readonly shown: string;
  readonly before: string;
  readonly result: FixedPolicy;
}

function fixOne(
  path: string,
  { entry, sources }: LoadedPolicy,
  { params }: FixRequest,
  network: NetworkShape | undefined,
  workingDirectory: string,
): Fixed {
  const result = fixPolicy({ entry, sources, params, ...(network && { network }) });
  const shown = path === "-" ? "-" : showPath(path, workingDirectory);
  return { path, shown, before: sources.get(entry) ?? "", result };
}

/** Does what the mode asks for, and gives the exit code that this file alone would have. */
function settle({ path, shown, before, result }: Fixed, { mode }: FixRequest, terminal: Terminal): number {
  const code = hasErrors(result.remaining) ? EXIT.errors : EXIT.clean;
  switch (mode) {
    case "diff":
      terminal.out(showDifference(shown, before, result.text, "fixed"));
      return code;
    case "list":
      for (const fix of result.applied) terminal.out(listed(shown, fix));
      return code;
    case "write": {
      // What comes in through standard input goes out again, changed or not.
      if (path === "-") terminal.out(result.text);
      else if (result.text !== before) {
        const problem = writeText(path, result.text);
        if (problem !== undefined) return fail(terminal, problem);
        for (const fix of result.applied) terminal.out(listed(shown, fix));
      }
      return code;
    }
  }
}

/** `policy.gov:4:15: write block (GOV7002)`: the place is that of the text as it was when the fix came to it. */
function listed(shown: string, { diagnostic, fix }: AppliedFix): string {
  const { line, column } = diagnostic.labels[0].span;
  return `${escapeControls(`${shown}:${line}:${column}: ${fix.title} (${diagnostic.code})`)}\n`;
}

function summarize(results: readonly Fixed[], { mode }: FixRequest, { err }: Terminal): void {
  const many = (count: number, noun: string, plural = `${noun}s`): string =>
    `${count} ${count === 1 ? noun : plural}`;
  const fixes = results.reduce((sum, { result }) => sum + result.applied.length, 0);
  const files = results.filter(({ result }) => result.applied.length > 0).length;
  const left = results.reduce((sum, { result }) => sum + result.remaining.length, 0);
  const verb = mode === "write" ? "applied" : "would apply";
  const done =
    fixes === 0 ? "nothing to fix" : `${verb} ${many(fixes, "fix", "fixes")} in ${many(files, "file")}`;
  err(`${done}${left === 0 ? "" : `; ${many(left, "problem")} left, see gov check`}\n`);
}
