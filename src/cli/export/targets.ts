/** What a run's record can be handed on as, after the fact; each target is imported when it is asked for. */
import { resolve } from "node:path";
import { eventsOf } from "../../evidence/events.ts";
import type { RunRecord } from "../../evidence/record.ts";
import { artifactsOf } from "../../trackers/artifacts.ts";
import { TrackerError } from "../../trackers/error.ts";
import type { Delivery, TrackedRun, Tracker } from "../../trackers/tracker.ts";
import type { ExportRequest, ExportTarget, TrackerName } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { TRACKERS } from "../tracking/open.ts";

export interface Exporting {
  readonly record: RunRecord;
  /** The run's folder, absolute. */
  readonly folder: string;
  readonly request: ExportRequest;
  readonly terminal: Terminal;
}

/** Writes the copy and says where it is; may throw an `EvidenceError` or a `TrackerError`. */
export type Exporter = (exporting: Exporting) => Promise<Delivery>;

export const EXPORTERS: Readonly<Record<ExportTarget, Exporter>> = {
  jsonl: async (exporting) => {
    const { createJsonlTracker } = await import("../../trackers/jsonl.ts");
    const { request, terminal, record } = exporting;
    const path = resolve(terminal.workingDirectory, request.output ?? `${record.id}.events.jsonl`);
    return await replay(createJsonlTracker(path), exporting);
  },
  wandb: (exporting) => track("wandb", exporting),
  tensorboard: (exporting) => track("tensorboard", exporting),
  mlflow: (exporting) => track("mlflow", exporting),
};

/** What says where a tool's copy goes. */
const DESTINATIONS: Readonly<Record<TrackerName, string>> = {
  wandb: "set WANDB_DIR to the folder in which `wandb` is made",
  tensorboard: "use --logdir",
  mlflow: "set MLFLOW_TRACKING_URI to the server",
};

async function track(name: TrackerName, exporting: Exporting): Promise<Delivery> {
  const { request, terminal, record } = exporting;
  if (request.output !== undefined)
    throw new TrackerError(`-o names the file of --to jsonl; for --to ${name}, ${DESTINATIONS[name]}`);
  const run: TrackedRun = { ...record, folder: exporting.folder };
  return await replay(
    await TRACKERS[name]({ run, settings: request, terminal, started: startOf(record) }),
    exporting,
  );
}

async function replay(tracker: Tracker, { record, folder, request, terminal }: Exporting): Promise<Delivery> {
  let moment = startOf(record);
  for (const event of eventsOf(record)) {
    if (event.kind === "step_measured") moment += event.milliseconds;
    tracker.record(event, moment);
  }
  await tracker.flush();
  const model = request.model === undefined ? undefined : resolve(terminal.workingDirectory, request.model);
  return await tracker.close(artifactsOf({ ...record, folder }, model));
}

/** In milliseconds since 1970; of a run that did not say when it began, the start of time. */
function startOf({ environment }: RunRecord): number {
  const started = Date.parse(environment?.started ?? "");
  return Number.isFinite(started) ? started : 0;
}
