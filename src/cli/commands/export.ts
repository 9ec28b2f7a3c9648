/** `gov export`: hands a run's record on to another tool. */
import { EvidenceError } from "../../evidence/error.ts";
import { findRun } from "../../evidence/find-run.ts";
import { readRun } from "../../evidence/read.ts";
import { verifies } from "../../evidence/record.ts";
import { TrackerError } from "../../trackers/error.ts";
import { EXIT } from "../exit-codes.ts";
import { EXPORTERS } from "../export/targets.ts";
import { fail } from "../problem.ts";
import type { ExportRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { sayDelivery } from "../tracking/say.ts";

/** Exit codes: 0 written, 1 it could not be. A record that does not verify is handed on with a warning. */
export async function exportRun(request: ExportRequest, terminal: Terminal): Promise<number> {
  const { colors } = terminal;
  try {
    const folder = findRun(request.run, terminal.workingDirectory);
    const record = readRun(folder);
    if (!verifies(record))
      terminal.err(`${colors.yellow("warning")}: the record does not verify: gov verify tells more\n`);
    const delivery = await EXPORTERS[request.target]({ record, folder, request, terminal });
    terminal.out(sayDelivery(delivery, terminal));
    return EXIT.clean;
  } catch (error) {
    if (!(error instanceof EvidenceError || error instanceof TrackerError)) throw error;
    return fail(terminal, error.message);
  }
}
