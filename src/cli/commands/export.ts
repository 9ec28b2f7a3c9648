/** `gov export`: hands a run's record on to another tool. */
import { resolve } from "node:path";
import { digestsIn } from "../../evidence/digest.ts";
import { EvidenceError } from "../../evidence/error.ts";
import { findRun } from "../../evidence/find-run.ts";
import { readRun } from "../../evidence/read.ts";
import { verifies, type RunRecord } from "../../evidence/record.ts";
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
    if (request.model !== undefined)
      expectOwnModel(resolve(terminal.workingDirectory, request.model), record);
    const delivery = await EXPORTERS[request.target]({ record, folder, request, terminal });
    terminal.out(sayDelivery(delivery, terminal));
    return EXIT.clean;
  } catch (error) {
    if (!(error instanceof EvidenceError || error instanceof TrackerError)) throw error;
    return fail(terminal, error.message);
  }
}

/** @throws EvidenceError unless the folder holds the model that this run saved: another one would pass for its work. */
function expectOwnModel(folder: string, { decisions, id }: RunRecord): void {
  const end = decisions.find(({ event }) => event.kind === "run_ended")?.event;
  const saved = end?.kind === "run_ended" ? end.saved : undefined;
  if (saved === undefined)
    throw new EvidenceError(`the run ${id} has saved no model to hand on: gov run --save FOLDER keeps one`);
  const digestOf = digestsIn(folder);
  const other = Object.entries(saved).find(([file, digest]) => digestOf(file) !== digest);
  if (other !== undefined)
    throw new EvidenceError(
      `${folder} does not hold the model that the run ${id} saved: ${other[0]} differs`,
    );
}
