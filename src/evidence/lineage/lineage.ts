/**
 * What a run was made from and what it made, each by its digest: data → policy → run → model. The documents of
 * PROV, OpenLineage and CycloneDX are three ways to write this down. Names are untrusted text: they are labels in
 * these documents, never parts of identifiers or addresses.
 */
import type { MeasuredFigure } from "../../runtime/events.ts";
import { judgeProperties, type Property } from "../attest/properties.ts";
import { boundFiles } from "../bindings.ts";
import { sha256Of } from "../digest.ts";
import { eventsOf } from "../events.ts";
import { isSourcePath } from "../layout.ts";
import type { Environment, LoggedRunEnded, RunRecord, SignedHead } from "../record.ts";
import { isRunId } from "../run-id.ts";
import { standingEntries } from "../standing.ts";

/** A thing that is known by its digest. */
export interface Digested {
  readonly name: string;
  /** In hex, lower case. */
  readonly sha256: string;
}

/** The model as it was at the end of an epoch. */
export interface ModelVersion extends Digested {
  /** Counted from 1. */
  readonly epoch: number;
  /** Updates seen so far, counted from 1. */
  readonly step: number;
  /** In milliseconds since 1970. */
  readonly moment: number;
}

export interface Lineage {
  readonly run: LineageRun;
  readonly policy: LineagePolicy;
  readonly data: readonly Digested[];
  /** The experiment's code and whatever else the run depended on. */
  readonly code: readonly Digested[];
  readonly git: Environment["git"];
  /** Name and version of the software at work. */
  readonly software: readonly (readonly [name: string, version: string])[];
  /** Oldest first. */
  readonly versions: readonly ModelVersion[];
  readonly model: { readonly name: string; readonly files: readonly Digested[] };
  /** What the run wrote beside its ledger: attestations, segments of provenance. */
  readonly evidence: readonly Digested[];
  readonly head: SignedHead | undefined;
  readonly properties: readonly Property[];
  readonly figures: readonly MeasuredFigure[];
}

export interface LineageRun {
  /** Letters, digits, dots and dashes. */
  readonly id: string;
  /** Always the same for the same run (RFC 9562, version 8). */
  readonly uuid: string;
  /** In milliseconds since 1970; the end is that of the measured steps. */
  readonly started: number;
  readonly ended: number;
  /** Undefined where the record has no end. */
  readonly outcome: LoggedRunEnded["outcome"] | undefined;
  readonly reason: string | undefined;
  readonly command: readonly string[];
  readonly seed: number | undefined;
  readonly backend: string | undefined;
}

export interface LineagePolicy {
  readonly name: string;
  readonly title: string | undefined;
  readonly version: string | undefined;
  /** The digest of what it means; undefined where the record has none that can be read. */
  readonly meaning: string | undefined;
  /** Its texts. */
  readonly files: readonly Digested[];
}

export function lineageOf(record: RunRecord): Lineage {
  const { ir, plan, environment, head } = record;
  const decisions = standingEntries(record.decisions);
  const events = decisions.map(({ event }) => event);
  const start = events.find((event) => event.kind === "run_started");
  const end = events.find((event) => event.kind === "run_ended");
  const name = ir?.policy.name ?? plan?.policyName ?? "policy";
  const model = `${name}-model`;
  const { versions, ended } = followTime({ ...record, decisions }, model);
  const inputs = Object.entries(start?.inputs ?? {});
  return {
    run: {
      ...identify(start?.run ?? record.id),
      ...{ started: startOf(record), ended },
      ...{ outcome: end?.outcome, reason: end?.reason },
      ...{ command: environment?.command ?? [], seed: environment?.seed, backend: environment?.backend },
    },
    policy: {
      ...{ name, title: ir?.policy.title, version: ir?.policy.version },
      meaning: ir?.digest ?? plan?.policyDigest,
      files: digested(Object.entries(boundFiles(decisions)).filter(([path]) => isSourcePath(path))),
    },
    data: digested(Object.entries(environment?.data ?? {})),
    // What is told of data and policy here is told above, by their own names.
    code: digested(inputs.filter(([input]) => !input.startsWith("data/") && input !== "policy meaning")),
    git: environment?.git,
    software: Object.entries(environment?.versions ?? {}),
    versions,
    model: { name: model, files: digested(Object.entries(end?.saved ?? {})) },
    evidence: events.flatMap((event) =>
      event.kind === "file_bound" ? digested([[event.path, event.sha256]]) : [],
    ),
    head,
    properties: ir === undefined ? [] : judgeProperties(ir.policy, events),
    figures: record.measurements.flatMap((event) =>
      event.kind === "run_evaluated" ? (event.governed?.figures ?? []) : [],
    ),
  };
}

/** When a run began, in milliseconds since 1970; of one that did not say, the start of time. */
export function startOf({ environment }: Pick<RunRecord, "environment">): number {
  const started = Date.parse(environment?.started ?? "");
  return Number.isFinite(started) ? started : 0;
}

/** The record has no clock but its start and the milliseconds of each step. */
function followTime(
  record: RunRecord,
  name: string,
): { readonly versions: readonly ModelVersion[]; readonly ended: number } {
  const versions: ModelVersion[] = [];
  let moment = startOf(record);
  for (const event of eventsOf(record)) {
    if (event.kind === "step_measured") moment += event.milliseconds;
    if (event.kind !== "epoch_ended") continue;
    const { epoch, step } = event.clock;
    const [weights] = digested([[name, event.weightsDigest]]);
    if (weights !== undefined) versions.push({ ...weights, epoch: epoch + 1, step: step + 1, moment });
  }
  return { versions, ended: moment };
}

/** What does not look like a digest is none. */
function digested(entries: readonly (readonly [name: string, digest: string])[]): readonly Digested[] {
  return entries.flatMap(([name, sha256]) => (/^[0-9a-f]{64}$/.test(sha256) ? [{ name, sha256 }] : []));
}

function identify(run: string): Pick<LineageRun, "id" | "uuid"> {
  const bytes = sha256Of(`urn:strata-gov:run:${run}`).subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const uuid = bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { id: isRunId(run) ? run : uuid, uuid };
}
