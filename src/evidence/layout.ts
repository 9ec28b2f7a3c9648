/** Names in a run's folder. */
export const LEDGER = "ledger";
export const METRICS = "metrics.jsonl";
export const ATTESTATIONS = "attestations";
export const PROVENANCE = "provenance";
/** Weights to go on from, written by the runtime. */
export const CHECKPOINTS = "checkpoints";
export const REPORT = "report.html";
export const POLICY = "policy.gov";
export const IR = "ir.json";
export const PLAN = "plan.json";
export const ENVIRONMENT = "environment.json";
/** The policy's imports lie in here, under the paths by which spans name them. */
export const SOURCES = "sources/";

/** A file beside the runs that holds the name of the newest one. */
export const LATEST = "latest";

/** Files and folders that are not there when a run begins. */
const WRITTEN_BY_THE_RUN: readonly string[] = [
  LEDGER,
  METRICS,
  REPORT,
  ATTESTATIONS,
  PROVENANCE,
  CHECKPOINTS,
];

/** Where the folder keeps the text that a span's file names: every file but the policy itself is under `sources/`. */
export function recordedPath(file: string, recorded: ReadonlySet<string>): string {
  const path = `${SOURCES}${file}`;
  return recorded.has(path) ? path : POLICY;
}

export function isSourcePath(path: string): boolean {
  return path === POLICY || path.startsWith(SOURCES);
}

/** Whether a path stays in the folder. */
export function isInside(path: string): boolean {
  return path
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && !/[\\:\0]/.test(part));
}

/** Whether a path stays in the folder and names none of what the run itself writes. */
export function isInputPath(path: string): boolean {
  const parts = path.split("/");
  const stays = isInside(path);
  return stays && !WRITTEN_BY_THE_RUN.includes(parts[0] ?? "");
}
