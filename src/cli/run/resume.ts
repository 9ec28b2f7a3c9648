/** A run that was stopped and goes on: what it was asked for, and whether all that it depends on is as it was. */
import type { StoppedRun } from "../../evidence/stopped-run.ts";
import { EvidenceError } from "../../evidence/error.ts";
import { standingEntries } from "../../evidence/standing.ts";
import type { RunEvent } from "../../runtime/events.ts";
import { decodeRunState } from "../../runtime/state/encode.ts";
import type { RunState } from "../../runtime/state/run-state.ts";
import { BACKEND_CHOICES, type RunRequest } from "../requests.ts";
import { digestInputs } from "./environment.ts";
import type { ReadyRun } from "./prepare.ts";

export interface ResumedRun {
  /** The run's folder. */
  readonly path: string;
  readonly state: RunState;
  /** What was recorded until then, for the summary. */
  readonly past: readonly RunEvent[];
}

/** What the run was asked for at first, shown and saved as it is asked for now. */
export function requestOf({ record }: StoppedRun, asked: RunRequest): RunRequest {
  const [, , experiment, ...words] = record.environment?.command ?? [];
  if (experiment === undefined)
    throw new EvidenceError(`the record of ${record.id} does not say which command began the run`);
  const valuesOf = (name: string): readonly string[] =>
    words.flatMap((word, index) => (word === name ? (words[index + 1] ?? []) : []));
  const numberOf = (name: string): number | undefined => {
    const [value] = valuesOf(name);
    return value === undefined ? undefined : Number(value);
  };
  const backend = BACKEND_CHOICES.find((name) => name === valuesOf("--backend")[0]);
  return {
    ...asked,
    experiment,
    policy: valuesOf("--policy")[0],
    params: new Map(
      valuesOf("--set").map((setting): [string, string] => {
        const at = setting.indexOf("=");
        return [setting.slice(0, at), setting.slice(at + 1)];
      }),
    ),
    seed: numberOf("--seed"),
    epochs: numberOf("--epochs"),
    backend: backend ?? "auto",
    baseline: words.includes("--baseline"),
  };
}

/** Throws an `EvidenceError` where something is not as it was when the run began, or the checkpoint cannot be read. */
export function resumeRun({ path, record, checkpoint }: StoppedRun, ready: ReadyRun): ResumedRun {
  const start = record.decisions[0]?.event;
  const before = start?.kind === "run_started" ? start.inputs : {};
  const now = digestInputs(ready);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => before[name] !== now[name],
  );
  if (record.environment?.backend !== ready.backend.description) changed.push("backend");
  if (record.environment?.seed !== ready.run.seed) changed.push("seed");
  if (changed.length > 0)
    throw new EvidenceError(
      `the run ${record.id} cannot go on, because this is not as it was when it began: ${changed.join(", ")}`,
    );
  const state = decodeRunState(checkpoint.bytes);
  if (state === undefined)
    throw new EvidenceError(`${checkpoint.file} is not a checkpoint that this version reads`);
  const standing = standingEntries(record.decisions);
  const saved = standing.findLastIndex(
    ({ event }) => event.kind === "checkpoint_saved" && event.file === checkpoint.file,
  );
  const { step } = state.stepper.clock;
  return {
    path,
    state,
    past: [
      ...standing.slice(0, saved + 1).flatMap(({ event }) => (event.kind === "file_bound" ? [] : [event])),
      ...record.measurements.filter(({ clock }) => clock.step < step),
    ],
  };
}
