/** A run on an MLflow server, filled as it happens. */
import { readFileSync } from "node:fs";
import type { RunEvent } from "../../runtime/events.ts";
import type { Artifact } from "../artifacts.ts";
import { configOf } from "../config.ts";
import { decisionRow, type DecisionRow } from "../decision-rows.ts";
import { TrackerError } from "../error.ts";
import { createFigureReader } from "../figures.ts";
import { createSampler, type SystemSample } from "../system.ts";
import type { TrackedRun, Tracker } from "../tracker.ts";
import { createMlflowClient, type MlflowClient, type MlflowServer } from "./client.ts";
import { createCohortCount, datasetsOf } from "./datasets.ts";
import { createMetricQueue } from "./queue.ts";
import { sarifOf, type Finding } from "./sarif.ts";
import { openMlflowRun } from "./open.ts";

export interface MlflowOptions extends MlflowServer {
  readonly experiment: string;
  readonly name: string;
  /** The run to write into, of which others have the beginning and the end; else one is made. */
  readonly outerRun: string | undefined;
  /** In milliseconds since 1970. */
  readonly started: number;
  readonly sampleSystem?: () => SystemSample;
}

/** @throws TrackerError where the server does not take the run. */
export async function createMlflowTracker(run: TrackedRun, options: MlflowOptions): Promise<Tracker> {
  const client = createMlflowClient(options);
  const { runId, experimentId, artifactRoot } = await openMlflowRun(client, run, options);
  await client.post("runs/log-batch", { run_id: runId, params: flatten(configOf(run)) });
  const queue = createMetricQueue((metrics) => client.post("runs/log-batch", { run_id: runId, metrics }));
  const bounds = run.ir?.policy.bounds ?? [];
  const figuresOf = createFigureReader(bounds);
  const sample = createSampler(options.sampleSystem);
  const cohorts = createCohortCount();
  const rows: DecisionRow[] = [];
  const findings: Finding[] = [];
  let end: Extract<RunEvent, { readonly kind: "run_ended" }> | undefined;
  let last = options.started;

  return {
    name: "MLflow",
    record: (event, moment) => {
      last = moment;
      if (event.kind === "run_ended") end = event;
      cohorts.add(event);
      const row = decisionRow(event, bounds);
      if (row !== undefined) rows.push(row);
      if (row !== undefined && row.level !== "info" && "span" in event && event.span !== undefined)
        findings.push({ row, span: event.span });
      const system = Object.entries(sample(moment) ?? {}).map(([key, value]) => ({
        name: `system/${key}`,
        value,
      }));
      for (const { name, value } of [...figuresOf(event), ...system])
        queue.add({ key: name, value, timestamp: Math.round(moment), step: event.clock.step });
    },
    flush: queue.flush,
    close: async (artifacts) => {
      await queue.flush();
      await client.post("runs/log-inputs", { run_id: runId, datasets: datasetsOf(run, cohorts.read()) });
      await tellOutcome(client, runId, end);
      if (options.outerRun === undefined) await endRun(client, runId, end, last);
      await uploadAll(client, artifactRoot, [
        ...artifactFiles(artifacts),
        { path: "decisions.json", content: () => asTable(rows) },
        { path: "violations.sarif", content: () => sarifOf(findings) },
      ]);
      const place = `${options.address}/#/experiments/${experimentId}/runs/${runId}`;
      return { name: "MLflow", place };
    },
  };
}

const STATUSES = { finished: "FINISHED", halted: "FAILED", interrupted: "KILLED", failed: "FAILED" } as const;

async function tellOutcome(
  client: MlflowClient,
  runId: string,
  end: Extract<RunEvent, { readonly kind: "run_ended" }> | undefined,
): Promise<void> {
  const outcome = end?.outcome ?? "cut off";
  await client.post("runs/set-tag", { run_id: runId, key: "strata.outcome", value: outcome });
  if (end?.reason !== undefined)
    await client.post("runs/set-tag", {
      run_id: runId,
      key: "strata.reason",
      value: end.reason.slice(0, 1000),
    });
}

async function endRun(
  client: MlflowClient,
  runId: string,
  end: Extract<RunEvent, { readonly kind: "run_ended" }> | undefined,
  moment: number,
): Promise<void> {
  const status = end === undefined ? "KILLED" : STATUSES[end.outcome];
  await client.post("runs/update", { run_id: runId, status, end_time: Math.round(moment) });
}

interface Upload {
  readonly path: string;
  readonly content: () => Uint8Array;
}

function artifactFiles(artifacts: readonly Artifact[]): readonly Upload[] {
  return artifacts.flatMap(({ kind, name, files }) =>
    files.map(({ path, source }) => ({
      path: `${kind}/${name}/${path}`,
      content: () => readFileSync(source),
    })),
  );
}

async function uploadAll(client: MlflowClient, root: string, uploads: readonly Upload[]): Promise<void> {
  const proxied = /^mlflow-artifacts:\/(?:\/[^/]*)?\/?(.*)$/.exec(root)?.[1];
  if (proxied === undefined)
    throw new TrackerError(
      `the server keeps artifacts in ${root} and takes none itself; start it with --serve-artifacts`,
    );
  for (const { path, content } of uploads) await client.putArtifact(`${proxied}/${path}`, content());
}

/** As `mlflow.load_table` reads it. */
function asTable(rows: readonly DecisionRow[]): Uint8Array {
  const columns = ["step", "decision", "what", "policy line", "level"];
  const data = rows.map(({ step, decision, text, policyLine, level }) => [
    step,
    decision,
    text,
    policyLine,
    level,
  ]);
  return Buffer.from(JSON.stringify({ columns, data }));
}

const LONGEST_PARAM = 500;
const MOST_PARAMS = 100;

/** Nested values by their path: `policy.name`. */
function flatten(
  values: Readonly<Record<string, unknown>>,
): readonly { readonly key: string; readonly value: string }[] {
  const visit = (value: unknown, key: string): readonly { key: string; value: string }[] => {
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return Object.entries(value).flatMap(([name, inner]) =>
        visit(inner, key === "" ? name : `${key}.${name}`),
      );
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return [
      { key: key.replace(/[^A-Za-z0-9_./ -]/g, "_").slice(0, 250), value: text.slice(0, LONGEST_PARAM) },
    ];
  };
  return visit(values, "").slice(0, MOST_PARAMS);
}
