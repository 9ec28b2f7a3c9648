/** `gov report`: a run's evidence as one HTML page. */
import { join, resolve } from "node:path";
import { EvidenceError } from "../../evidence/error.ts";
import { findRun } from "../../evidence/find-run.ts";
import { influenceFlow } from "../../evidence/provenance/flow.ts";
import { REPORT } from "../../evidence/layout.ts";
import { readRun } from "../../evidence/read.ts";
import { placeOf, verifies, type RunRecord } from "../../evidence/record.ts";
import { writeWholeFile } from "../../evidence/whole-file.ts";
import { showPath } from "../../project/root.ts";
import { renderReport } from "../../report/html.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { fail } from "../problem.ts";
import type { ReportRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** Writes the page and says where; a record that is damaged or not finished gives a page, too, and is told of. */
export async function report({ run, output }: ReportRequest, terminal: Terminal): Promise<number> {
  const { colors, workingDirectory } = terminal;
  try {
    const folder = findRun(run, workingDirectory);
    const record = readRun(folder);
    const page = output === undefined ? join(folder, REPORT) : resolve(workingDirectory, output);
    writeWholeFile(page, renderReport(record, influenceFlow(folder, record.decisions)));
    terminal.out(`${showPath(page, workingDirectory)}\n`);
    for (const line of describeState(record)) terminal.err(`${colors.yellow("warning")}: ${line}\n`);
    return EXIT.clean;
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return fail(terminal, error.message);
  }
}

const PROBLEMS_SHOWN = 5;

function describeState(record: RunRecord): readonly string[] {
  const { decisions } = record;
  // The page itself, and what a person put beside the record, are no part of it.
  const problems = record.problems.filter(({ kind }) => kind !== "unbound");
  if (problems.length > 0) {
    const headline = verifies(record)
      ? "the record stops before the end of the run, and is whole as far as it goes"
      : "the record does not verify: gov verify tells more";
    const shown = problems
      .slice(0, PROBLEMS_SHOWN)
      .map((problem) => `  ${escapeControls(`${placeOf(problem)}: ${problem.message}`)}`);
    const rest = problems.length - shown.length;
    return [[headline, ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])].join("\n")];
  }
  return decisions.some(({ event }) => event.kind === "run_ended") ? [] : ["the run has not ended yet"];
}
