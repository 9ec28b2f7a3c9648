/** What a run's record can be handed on as, after the fact; each target is imported when it is asked for. */
import { resolve } from "node:path";
import { eventsOf } from "../../evidence/events.ts";
import { lineageOf, startOf, type Lineage } from "../../evidence/lineage/lineage.ts";
import type { RunRecord } from "../../evidence/record.ts";
import { writeWholeFile } from "../../evidence/whole-file.ts";
import { artifactsOf } from "../../trackers/artifacts.ts";
import { TrackerError } from "../../trackers/error.ts";
import type { Delivery, TrackedRun, Tracker } from "../../trackers/tracker.ts";
import type { ExportRequest, ExportTarget, TrackerName } from "../requests.ts";
import { jsonText } from "../diagnostics/json.ts";
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
  prov: async (exporting) => {
    const { provDocument } = await import("../../evidence/lineage/prov.ts");
    return writeDocument({ name: "PROV", ending: "prov.json" }, exporting, (lineage) =>
      jsonText(provDocument(lineage)),
    );
  },
  openlineage: async (exporting) => {
    const { openLineageEvents } = await import("../../evidence/lineage/openlineage.ts");
    return writeDocument({ name: "OpenLineage", ending: "openlineage.jsonl" }, exporting, (lineage) =>
      openLineageEvents(lineage)
        .map(
          (event) => `${JSON.stringify(event)}
`,
        )
        .join(""),
    );
  },
  cyclonedx: async (exporting) => {
    const { modelBill } = await import("../../evidence/lineage/cyclonedx.ts");
    return writeDocument({ name: "CycloneDX", ending: "cdx.json" }, exporting, (lineage) =>
      jsonText(modelBill(lineage)),
    );
  },
  wandb: (exporting) => track("wandb", exporting),
  tensorboard: (exporting) => track("tensorboard", exporting),
  mlflow: (exporting) => track("mlflow", exporting),
};

function writeDocument(
  { name, ending }: { readonly name: string; readonly ending: string },
  { request, terminal, record }: Exporting,
  write: (lineage: Lineage) => string,
): Delivery {
  const path = resolve(terminal.workingDirectory, request.output ?? `${record.id}.${ending}`);
  writeWholeFile(path, write(lineageOf(record)));
  return { name, place: path };
}

/** What says where a tool's copy goes. */
const DESTINATIONS: Readonly<Record<TrackerName, string>> = {
  wandb: "set WANDB_DIR to the folder in which `wandb` is made",
  tensorboard: "use --logdir",
  mlflow: "set MLFLOW_TRACKING_URI to the server",
};

async function track(name: TrackerName, exporting: Exporting): Promise<Delivery> {
  const { request, terminal, record } = exporting;
  if (request.output !== undefined)
    throw new TrackerError(`-o names the file of a document; for --to ${name}, ${DESTINATIONS[name]}`);
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
  return await tracker.close(artifactsOf({ ...record, folder }, model, lineageOf(record).versions));
}
