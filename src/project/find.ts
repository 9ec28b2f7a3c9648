import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * The policies that a path on the command line stands for: itself, or, where it is a folder, every `.gov` file in and
 * below it, sorted. Hidden folders, `node_modules`, `dist` and the records of runs are passed over, and links are not
 * followed.
 */
export function findPolicies(path: string, workingDirectory: string): readonly string[] {
  const full = resolve(workingDirectory, path);
  // What is not there is said where it is read.
  if (statSync(full, { throwIfNoEntry: false })?.isDirectory() !== true) return [full];
  return listPolicies(full);
}

function listPolicies(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return entry.name.endsWith(".gov") ? [path] : [];
    return entry.isDirectory() && !isPassedOver(entry.name) && !isRecord(path) ? listPolicies(path) : [];
  });
}

/** A run's own copy of its policy is evidence: laid out or mended, it would no longer be what its ledger binds. */
function isRecord(folder: string): boolean {
  return existsSync(join(folder, "ledger", "checkpoint"));
}

/** Whether a folder of this name holds nothing that a person would have written as a policy. */
export function isPassedOver(folder: string): boolean {
  return folder.startsWith(".") || PASSED_OVER.has(folder);
}

const PASSED_OVER: ReadonlySet<string> = new Set(["node_modules", "dist"]);
