import { EvidenceError } from "../../evidence/error.ts";
import { findRun } from "../../evidence/find-run.ts";
import type { RecordProblem } from "../../evidence/record.ts";
import { verifyRun } from "../../evidence/verify.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { fail } from "../problem.ts";
import type { VerifyRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** `gov verify`: whether a run's evidence is what the run wrote. */
export async function verify({ run, format }: VerifyRequest, terminal: Terminal): Promise<number> {
  const verification = verifyFolder(run, terminal.workingDirectory);
  if (typeof verification === "string") return fail(terminal, verification);
  const { verifies, problems } = verification;
  if (format === "json") terminal.out(jsonText({ verifies, problems }));
  else {
    const { colors, out } = terminal;
    for (const problem of problems) out(`${colors.yellow(problem.kind)} ${describe(problem)}\n`);
    const name = escapeControls(run);
    out(verifies ? `${colors.green("verifies")}: ${name}\n` : `${colors.red("does not verify")}: ${name}\n`);
  }
  return verifies ? EXIT.clean : EXIT.unverified;
}

/** What verifying came to, or why the folder cannot be read. */
function verifyFolder(run: string, workingDirectory: string): ReturnType<typeof verifyRun> | string {
  try {
    return verifyRun(findRun(run, workingDirectory));
  } catch (error) {
    if (error instanceof EvidenceError) return error.message;
    throw error;
  }
}

function describe({ file, line, message }: RecordProblem): string {
  return escapeControls(`${file}${line === undefined ? "" : `:${line}`}: ${message}`);
}
