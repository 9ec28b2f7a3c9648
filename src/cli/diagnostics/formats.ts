/** The formats in which problems are shown, one table for every command. */
import { describeLoadProblem, failToLoad } from "../problem.ts";
import type { DiagnosticFormat } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { showCompact } from "./compact.ts";
import { countSeverities, type Finding, type Findings } from "./findings.ts";
import { showGithub, showGithubProblem } from "./github.ts";
import { writeJobSummary } from "./job-summary.ts";
import { jsonText, toJson } from "./json.ts";
import { showJunitReport } from "./junit.ts";
import { showPretty } from "./pretty.ts";
import { showSarif } from "./sarif.ts";

interface Format {
  /** Whole lines; empty only where a format says nothing of what is in order. */
  readonly show: (findings: Findings, terminal: Terminal) => string;
  /** Whether files that cannot be had are part of what is shown, or only said on standard error. */
  readonly problems: "shown" | "told apart";
}

const FORMATS: Readonly<Record<DiagnosticFormat, Format>> = {
  pretty: {
    show: ({ found }, { colors, columns }) =>
      join(
        found,
        ({ diagnostic, showing }) => `${showPretty(diagnostic, { ...showing, colors, columns })}\n`,
      ),
    problems: "told apart",
  },
  compact: {
    show: ({ found }) => join(found, ({ diagnostic, showing }) => showCompact(diagnostic, showing)),
    problems: "told apart",
  },
  json: {
    show: (findings, terminal) => jsonText(describeFindings(findings, terminal)),
    problems: "shown",
  },
  sarif: { show: showSarif, problems: "shown" },
  github: {
    show: ({ found, problems }, terminal) =>
      join(found, (finding) => showGithub(finding, terminal)) +
      problems.map((problem) => showGithubProblem(problem, terminal)).join(""),
    problems: "told apart",
  },
  junit: { show: showJunitReport, problems: "shown" },
};

/**
 * Shows what a command found, and, on GitHub, on the page of the job as well.
 *
 * @param write Where to: standard output, or standard error where the command has an output of its own.
 */
export function showFindings(
  findings: Findings,
  format: DiagnosticFormat,
  terminal: Terminal,
  write: (text: string) => void = terminal.out,
): void {
  const { show, problems } = FORMATS[format];
  write(show(findings, terminal));
  if (problems === "told apart") for (const problem of findings.problems) failToLoad(terminal, problem);
  if (format === "github") writeJobSummary(findings, terminal);
}

/** As programs read it, for a command that adds something of its own. */
export function describeFindings(
  { files, found, problems }: Findings,
  terminal: Terminal,
): Readonly<Record<string, unknown>> {
  const { error, warning, info } = countSeverities(found);
  return {
    ...{ files: files.length, errors: error, warnings: warning, notes: info },
    diagnostics: found.map(({ diagnostic, showing }) => toJson(diagnostic, showing)),
    problems: problems.map((problem) => describeLoadProblem(problem, terminal)),
  };
}

function join(found: readonly Finding[], show: (finding: Finding) => string): string {
  return found.map(show).join("");
}
