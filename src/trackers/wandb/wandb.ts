/** An offline run of Weights & Biases, written as it happens; `wandb sync` uploads it, `wandb leet` shows it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname, release, type } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "../../runtime/events.ts";
import { createByteFile } from "../byte-file.ts";
import { configOf } from "../config.ts";
import { decisionRow, type DecisionRow } from "../decision-rows.ts";
import { createFigureReader } from "../figures.ts";
import { histogramsOf } from "../histograms.ts";
import { byStep } from "../steps.ts";
import { createSampler, type SystemSample } from "../system.ts";
import type { TrackedRun, Tracker } from "../tracker.ts";
import { alertOf, createAlertLimit } from "./alerts.ts";
import { makeVersion } from "./artifacts.ts";
import { createLogFramer, LOG_HEADER } from "./log.ts";
import * as records from "./records.ts";
import { writeDecisionTable } from "./table.ts";

export interface WandbOptions extends records.RunIdentity {
  /** The folder in which the run's own is made, `wandb` by custom; absolute. */
  readonly folder: string;
  /** In milliseconds since 1970. */
  readonly started: number;
  readonly sampleSystem?: () => SystemSample;
}

/** Makes the folder of an offline run and its log. */
export function createWandbTracker(run: TrackedRun, options: WandbOptions): Tracker {
  const { id, started } = options;
  const folder = join(options.folder, `offline-run-${stampOf(started)}-${id}`);
  const files = join(folder, "files");
  for (const name of [files, join(folder, "logs")]) mkdirSync(name, { recursive: true });
  const log = createByteFile(join(folder, `run-${id}.wandb`));
  const frame = createLogFramer();
  let number = 0;
  const write = (body: records.RecordBody): void => log.write(frame(records.record((number += 1), body)));
  const about = aboutRun(run, started);
  const bounds = run.ir?.policy.bounds ?? [];
  const figuresOf = createFigureReader(bounds);
  const sample = createSampler(options.sampleSystem);
  const isAlertWanted = createAlertLimit();
  const rows: DecisionRow[] = [];
  const summary: Record<string, unknown> = {};
  let end: Extract<RunEvent, { readonly kind: "run_ended" }> | undefined;
  let last = started;

  log.write(LOG_HEADER);
  write(records.headerRecord(`strata-gov ${run.environment?.versions?.["strata-gov"] ?? ""}`.trim()));
  write(records.runRecord(options, about));
  write(records.environmentRecord(about));

  const steps = byStep<readonly [string, unknown]>(({ step, moment, parts }) => {
    const values = Object.fromEntries(parts);
    for (const name of Object.keys(values)) {
      if (!(name in summary)) write(records.metricRecord(name, name === "loss" ? "minimize" : "none"));
    }
    const timed = { ...values, _step: step, ...timesOf(moment) };
    Object.assign(summary, timed);
    write(records.historyRecord(step, timed));
  });
  const timesOf = (moment: number): records.Values => ({
    _timestamp: moment / 1000,
    _runtime: (moment - started) / 1000,
  });

  function tell(row: DecisionRow, event: RunEvent, moment: number): void {
    rows.push(row);
    write(records.outputRecord(moment, sayLine(row)));
    const alert = alertOf(row);
    if (alert === undefined || !isAlertWanted(event)) return;
    const text = `${row.text} (step ${row.step}, ${row.policyLine || "no policy line"})`;
    write(records.alertRecord(alert.title, text, alert.level));
  }

  return {
    name: "W&B",
    record: (event, moment) => {
      last = moment;
      if (event.kind === "run_ended") end = event;
      const row = decisionRow(event, bounds);
      if (row !== undefined) tell(row, event, moment);
      const values = figuresOf(event).map(({ name, value }) => [name, value] as const);
      const spreads = histogramsOf(event).map(({ name, edges, counts }) => {
        return [name, { _type: "histogram", values: counts, bins: edges }] as const;
      });
      steps.add(event.clock.step, moment, [...values, ...spreads]);
      const system = sample(moment);
      if (system !== undefined) write(records.statsRecord(moment, system));
    },
    flush: async () => {
      steps.flush();
      log.sync();
      return Promise.resolve();
    },
    close: async (artifacts) => {
      steps.flush();
      const copies = join(folder, "artifacts");
      const metadata = { run: run.id, policy_digest: run.ir?.digest ?? run.plan?.policyDigest ?? null };
      for (const artifact of artifacts) {
        const version = makeVersion(artifact, { run: id, folder: copies, metadata });
        write(records.artifactRecord(version, options));
      }
      const table = writeDecisionTable(files, id, rows);
      write(records.artifactRecord(table.artifact, options));
      const step = Number(summary["_step"] ?? -1) + 1;
      const closing = { decisions: table.value, _step: step, ...timesOf(last) };
      write(records.historyRecord(step, closing));
      write(records.summaryRecord({ ...summary, ...closing, ...sayEnd(end) }));
      write(records.filesRecord([...writeSources(files, run), table.path]));
      write(records.exitRecord(EXIT_CODES[end?.outcome ?? "failed"], Math.round((last - started) / 1000)));
      log.sync();
      log.close();
      return Promise.resolve({ name: "W&B", place: folder, next: ["wandb", "sync", folder] });
    },
  };
}

/** As `gov run` leaves. */
const EXIT_CODES = { finished: 0, halted: 5, interrupted: 130, failed: 1 } as const;

function sayEnd(end: Extract<RunEvent, { readonly kind: "run_ended" }> | undefined): records.Values {
  if (end === undefined) return { outcome: "cut off" };
  const { outcome, reason, updates } = end;
  return {
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(updates === undefined ? {} : { updates }),
  };
}

function sayLine({ step, text, policyLine }: DecisionRow): string {
  // One decision is one line of the console, whatever its text holds.
  return `step ${step}  ${text.replace(/\p{Cc}+/gu, " ")}${policyLine === "" ? "" : `  ${policyLine}`}`;
}

function aboutRun(run: TrackedRun, started: number) {
  const { environment } = run;
  return {
    ...{ config: configOf(run), host: hostname(), started, system: `${type()} ${release()}` },
    command: environment?.command ?? [],
    commit: environment?.git?.commit,
    writer: run.id,
  };
}

/** The policy among the run's files, where W&B's users look for code. */
function writeSources(files: string, { sources }: TrackedRun): readonly string[] {
  return sources.map(({ path, text }) => {
    const name = `policy/${path}`;
    mkdirSync(join(files, name, ".."), { recursive: true });
    writeFileSync(join(files, name), text);
    return name;
  });
}

/** `20261123_083411`, as W&B names folders; in UTC, so that the same run gives the same name everywhere. */
function stampOf(moment: number): string {
  const [date = "", time = ""] = new Date(moment).toISOString().split("T");
  return `${date.replaceAll("-", "")}_${time.slice(0, 8).replaceAll(":", "")}`;
}
