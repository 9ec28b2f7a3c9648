import { findPolicies } from "../../project/find.ts";
import { loadPolicy, loadPolicyText, type LoadedPolicy, type LoadProblem } from "../../project/load.ts";
import { showPath } from "../../project/root.ts";
import type { Severity } from "../../source/codes.ts";
import { conclude, countSeverities, withoutRepetition, type Finding } from "../diagnostics/findings.ts";
import { showFindings } from "../diagnostics/formats.ts";
import { EXIT } from "../exit-codes.ts";
import { compileLoaded } from "../open.ts";
import { fail } from "../problem.ts";
import type { CheckRequest } from "../requests.ts";
import type { Colors, Terminal } from "../terminal.ts";

/** `gov check`: shows what is wrong with policies. */
export async function check(request: CheckRequest, terminal: Terminal): Promise<number> {
  const { files, found, problems } = await findAll(request, terminal);
  const read = files.length;
  if (read + problems.length === 0) return fail(terminal, `no \`.gov\` file in ${request.files.join(", ")}`);
  const shown = request.quiet ? found.filter(({ diagnostic }) => diagnostic.severity === "error") : found;
  const findings = { command: "check", files, found: shown, problems, conclusion: conclude(found, read) };
  showFindings(findings, request.format, terminal);
  if (request.format === "pretty" && !request.quiet && read > 0)
    terminal.out(`${conclude(found, read, painter(terminal.colors))}\n`);
  const count = countSeverities(found);
  if (problems.length > 0) return EXIT.failed;
  if (count.error > 0) return EXIT.errors;
  return count.warning > (request.maximumWarnings ?? Number.POSITIVE_INFINITY) ? EXIT.warnings : EXIT.clean;
}

function painter(colors: Colors): (text: string, severity: Severity | "none") => string {
  const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan, none: colors.green };
  return (text, severity) => paint[severity](text);
}

interface Found {
  /** What was read, as the reader would write it. */
  readonly files: readonly string[];
  readonly found: readonly Finding[];
  readonly problems: readonly LoadProblem[];
}

async function findAll(request: CheckRequest, terminal: Terminal): Promise<Found> {
  const loaded = await loadAll(request, terminal);
  const files: string[] = [];
  const found: Finding[] = [];
  const problems = new Map<string, LoadProblem>();
  for (const { shown, policy } of loaded) {
    const opened = compileLoaded(policy, request, terminal);
    if (opened.kind === "problem") {
      problems.set(opened.path, opened);
      continue;
    }
    const { compilation, showing } = opened;
    files.push(shown);
    found.push(...compilation.diagnostics.map((diagnostic) => ({ diagnostic, showing })));
  }
  return { files, found: withoutRepetition(found), problems: [...problems.values()] };
}

interface Loaded {
  readonly shown: string;
  readonly policy: LoadedPolicy | LoadProblem;
}

async function loadAll(
  { files, stdinFilename }: CheckRequest,
  terminal: Terminal,
): Promise<readonly Loaded[]> {
  const { workingDirectory } = terminal;
  const paths = files.flatMap((file) => (file === "-" ? [file] : findPolicies(file, workingDirectory)));
  const loads = [...new Set(paths)].map(async (path): Promise<Loaded> => {
    if (path !== "-")
      return { shown: showPath(path, workingDirectory), policy: loadPolicy(path, workingDirectory) };
    const shown = stdinFilename ?? "stdin.gov";
    return { shown, policy: loadPolicyText(await terminal.readInput(), shown, workingDirectory) };
  });
  return await Promise.all(loads);
}
