import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { EvidenceError } from "./error.ts";
import { ENVIRONMENT, LATEST, LEDGER, METRICS, PLAN } from "./layout.ts";
import { isRunId } from "./run-id.ts";

/**
 * The folder of a run as a person names it: itself, the newest one in a folder of runs, or `latest` for the newest
 * one in `runs`; throws an `EvidenceError` where there is none. The run may be damaged.
 */
export function findRun(run: string, workingDirectory: string): string {
  const path = resolve(workingDirectory, run);
  const runs = resolve(workingDirectory, "runs");
  if (run === LATEST && !existsSync(path) && existsSync(runs)) return newestRun(runs, "runs");
  if (!existsSync(path))
    throw new EvidenceError(`there is no run ${run}: name a run's folder, a folder of runs, or \`latest\``);
  // The pointer that lies beside the runs.
  if (basename(path) === LATEST && statSync(path).isFile()) return newestRun(dirname(path), run);
  return isRun(path) ? path : newestRun(path, run);
}

/** Whether a folder holds anything that a run leaves, be it damaged. */
function isRun(folder: string): boolean {
  return LEFT_BY_RUNS.some((name) => existsSync(join(folder, name)));
}

const LEFT_BY_RUNS = [LEDGER, METRICS, ENVIRONMENT, PLAN];

/** The names of all runs in a folder, the newest first: by name, which begins with the time. */
export function listRuns(folder: string): readonly string[] {
  const names = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  return names
    .filter((name) => isRunId(name) && isRun(join(folder, name)))
    .toSorted()
    .toReversed();
}

function newestRun(folder: string, shown: string): string {
  const [newest] = listRuns(folder);
  if (newest === undefined) throw new EvidenceError(`there is no run in ${shown}`);
  return join(folder, newest);
}
