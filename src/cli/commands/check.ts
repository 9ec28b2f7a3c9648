import type { Diagnostic } from "../../source/diagnostic.ts";
import { findPolicies } from "../../project/find.ts";
import { loadPolicy, loadPolicyText, type LoadedPolicy, type LoadProblem } from "../../project/load.ts";
import { showCompact } from "../diagnostics/compact.ts";
import { showGithub } from "../diagnostics/github.ts";
import { jsonText, toJson } from "../diagnostics/json.ts";
import { showPretty, type PrettyShowing, type Showing } from "../diagnostics/pretty.ts";
import { EXIT } from "../exit-codes.ts";
import { compileLoaded } from "../open.ts";
import { describeLoadProblem, fail, failToLoad } from "../problem.ts";
import type { CheckRequest, DiagnosticFormat } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

interface Finding {
  readonly diagnostic: Diagnostic;
  readonly showing: Showing;
}

interface Findings {
  readonly files: number;
  readonly found: readonly Finding[];
  readonly problems: readonly LoadProblem[];
}

/** `gov check`: shows what is wrong with policies. */
export async function check(request: CheckRequest, terminal: Terminal): Promise<number> {
  const findings = await findAll(request, terminal);
  if (findings.files === 0) return fail(terminal, `no \`.gov\` file in ${request.files.join(", ")}`);
  const { found, problems } = findings;
  const shown = request.quiet ? found.filter(({ diagnostic }) => diagnostic.severity === "error") : found;
  if (request.format === "json") terminal.out(jsonText(describeFindings(findings, shown, terminal)));
  else {
    const { colors, columns } = terminal;
    const show = FORMATS[request.format];
    for (const { diagnostic, showing } of shown)
      terminal.out(show(diagnostic, { ...showing, colors, columns }));
    for (const problem of problems) failToLoad(terminal, problem);
    if (request.format === "pretty" && !request.quiet) terminal.out(summarize(findings, terminal));
  }
  const count = countSeverities(found);
  if (problems.length > 0) return EXIT.failed;
  if (count.error > 0) return EXIT.errors;
  return count.warning > (request.maximumWarnings ?? Number.POSITIVE_INFINITY) ? EXIT.warnings : EXIT.clean;
}

const FORMATS: Readonly<
  Record<Exclude<DiagnosticFormat, "json">, (diagnostic: Diagnostic, showing: PrettyShowing) => string>
> = {
  pretty: (diagnostic, showing) => `${showPretty(diagnostic, showing)}\n`,
  compact: showCompact,
  github: showGithub,
};

async function findAll(request: CheckRequest, terminal: Terminal): Promise<Findings> {
  const loaded = await loadAll(request, terminal);
  const found = new Map<string, Finding>();
  const problems = new Map<string, LoadProblem>();
  for (const one of loaded) {
    const opened = compileLoaded(one, request, terminal);
    if (opened.kind === "problem") {
      problems.set(opened.path, opened);
      continue;
    }
    const { compilation, showing } = opened;
    for (const diagnostic of compilation.diagnostics) {
      // A module that two policies import is wrong once.
      const { span } = diagnostic.labels[0];
      const key = JSON.stringify([
        showing.showFile(span.file),
        span.start,
        diagnostic.code,
        diagnostic.message,
      ]);
      if (!found.has(key)) found.set(key, { diagnostic, showing });
    }
  }
  return { files: loaded.length, found: [...found.values()], problems: [...problems.values()] };
}

async function loadAll(
  { files, stdinFilename }: CheckRequest,
  terminal: Terminal,
): Promise<readonly (LoadedPolicy | LoadProblem)[]> {
  const { workingDirectory } = terminal;
  const paths = files.flatMap((file) => (file === "-" ? [file] : findPolicies(file, workingDirectory)));
  const loads = [...new Set(paths)].map(async (path) =>
    path === "-"
      ? loadPolicyText(await terminal.readInput(), stdinFilename ?? "stdin.gov", workingDirectory)
      : loadPolicy(path, workingDirectory),
  );
  return await Promise.all(loads);
}

function countSeverities(found: readonly Finding[]): Readonly<Record<Diagnostic["severity"], number>> {
  const count = { error: 0, warning: 0, info: 0 };
  for (const { diagnostic } of found) count[diagnostic.severity] += 1;
  return count;
}

/** `2 errors and 1 warning in 3 files`. */
function summarize({ files, found, problems }: Findings, { colors }: Terminal): string {
  const { error, warning, info } = countSeverities(found);
  const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const parts = [
    ...(error > 0 ? [colors.red(many(error, "error"))] : []),
    ...(warning > 0 ? [colors.yellow(many(warning, "warning"))] : []),
    ...(info > 0 ? [colors.cyan(many(info, "note"))] : []),
  ];
  const where = many(files - problems.length, "file");
  if (files === problems.length) return "";
  if (parts.length > 0) return `${parts.join(", ")} in ${where}\n`;
  return `${colors.green("no problems")} in ${where}\n`;
}

function describeFindings(
  { files, found, problems }: Findings,
  shown: readonly Finding[],
  terminal: Terminal,
): unknown {
  const { error, warning, info } = countSeverities(found);
  return {
    ...{ files, errors: error, warnings: warning, notes: info },
    diagnostics: shown.map(({ diagnostic, showing }) => toJson(diagnostic, showing)),
    problems: problems.map((problem) => describeLoadProblem(problem, terminal)),
  };
}
