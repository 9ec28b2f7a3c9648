import { fixPolicy, type AppliedFix, type FixedPolicy } from "../../ide/fix.ts";
import { loadConfig } from "../../project/config/load.ts";
import { findPolicies } from "../../project/find.ts";
import {
  loadPolicy,
  loadPolicyText,
  pathOfKey,
  type LoadedPolicy,
  type LoadProblem,
} from "../../project/load.ts";
import { loadNetwork } from "../../project/network.ts";
import { showPath } from "../../project/root.ts";
import { writeText } from "../../project/write.ts";
import { hasErrors } from "../../source/diagnostic.ts";
import type { NetworkShape } from "../../model/network.ts";
import type { RuleSeverities } from "../../source/severities.ts";
import { conclude, withoutRepetition, type Finding, type Findings } from "../diagnostics/findings.ts";
import { showFindings } from "../diagnostics/formats.ts";
import { showDifference } from "../difference.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { showingOf } from "../open.ts";
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
  const problems: LoadProblem[] = [];
  // One after the other: what is written to a module counts for the policies after it.
  for (const path of new Set(paths)) {
    const loaded =
      path === "-"
        ? loadPolicyText(await terminal.readInput(), undefined, workingDirectory)
        : loadPolicy(path, workingDirectory);
    if (loaded.kind === "problem") {
      problems.push(loaded);
      codes.push(request.format === "pretty" ? failToLoad(terminal, loaded) : EXIT.failed);
      continue;
    }
    // What a project has turned off is not put right either.
    const config = await loadConfig(pathOfKey(loaded.root, loaded.entry));
    if (config.kind === "problem") {
      problems.push(config);
      codes.push(request.format === "pretty" ? failToLoad(terminal, config) : EXIT.failed);
      continue;
    }
    const { severities } = config;
    const result = fixOne(path, loaded, { ...request, severities }, network?.network, workingDirectory);
    results.push(result);
    codes.push(settle(result, request, terminal));
  }
  if (request.format === "pretty" && results.length > 0) summarize(results, request, terminal);
  if (request.format !== "pretty")
    showFindings(findingsOf(results, problems, request, terminal), request.format, terminal);
  return [EXIT.failed, EXIT.errors].find((code) => codes.includes(code)) ?? EXIT.clean;
}

interface Fixed {
  /** In full; `-` for standard input. */
  readonly path: string;
  readonly shown: string;
  readonly loaded: LoadedPolicy;
  readonly result: FixedPolicy;
}

function fixOne(
  path: string,
  loaded: LoadedPolicy,
  { params, severities }: FixRequest & { readonly severities: RuleSeverities },
  network: NetworkShape | undefined,
  workingDirectory: string,
): Fixed {
  const { entry, sources, present } = loaded;
  const result = fixPolicy({ entry, sources, present, params, severities, ...(network && { network }) });
  const shown = path === "-" ? "-" : showPath(path, workingDirectory);
  return { path, shown, loaded, result };
}

function textOf({ entry, sources }: LoadedPolicy): string {
  return sources.get(entry) ?? "";
}

/** Does what the mode asks for, and gives the exit code that this file alone would have. */
function settle(
  { path, shown, loaded, result }: Fixed,
  { mode, format }: FixRequest,
  terminal: Terminal,
): number {
  const code = hasErrors(result.remaining) ? EXIT.errors : EXIT.clean;
  const before = textOf(loaded);
  // Formats for programs have standard output to themselves.
  const out = format === "pretty" ? terminal.out : (): void => undefined;
  switch (mode) {
    case "diff":
      out(showDifference(shown, before, result.text, "fixed"));
      return code;
    case "list":
      for (const fix of result.applied) out(listed(shown, fix));
      return code;
    case "write": {
      // What comes in through standard input goes out again, changed or not.
      if (path === "-") out(result.text);
      else if (result.text !== before) {
        const problem = writeText(path, result.text);
        if (problem !== undefined) return fail(terminal, problem);
        for (const fix of result.applied) out(listed(shown, fix));
      }
      return code;
    }
  }
}

/** What fixes would remove, while they only might; what they have left, once they are written. */
function findingsOf(
  results: readonly Fixed[],
  problems: readonly LoadProblem[],
  { mode }: FixRequest,
  { workingDirectory }: Terminal,
): Findings {
  const found = results.flatMap(({ loaded, result }): readonly Finding[] => {
    const { root, entry, sources } = loaded;
    const text = mode === "write" ? result.text : textOf(loaded);
    const showing = showingOf({ root, sources: new Map([...sources, [entry, text]]) }, workingDirectory);
    const fixed = new Set(result.applied.map(({ diagnostic }) => diagnostic));
    const told =
      mode === "write" ? result.remaining : result.found.filter((diagnostic) => fixed.has(diagnostic));
    return told.map((diagnostic) => ({ diagnostic, showing }));
  });
  const files = results.map(({ shown }) => shown);
  const once = withoutRepetition(found);
  return { command: "fix", files, found: once, problems, conclusion: conclude(once, files.length) };
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
