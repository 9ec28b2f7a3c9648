/** The records of a W&B run (wandb/proto/wandb_internal.proto), each as the body of its field in `Record`. */
import { countField as count, message, messageField as nested, textField as text } from "../protobuf.ts";

/** Field of `Record` to body: what `record` numbers. */
export type RecordBody = readonly [field: number, body: Uint8Array];

/** @param number Counted from 1. */
export function record(number: number, [field, body]: RecordBody): Uint8Array {
  return message(count(1, number), nested(field, body));
}

export type Values = Readonly<Record<string, unknown>>;

export function headerRecord(producer: string): RecordBody {
  return [21, nested(1, text(1, producer), text(2, "0.70.0"))];
}

export interface RunIdentity {
  readonly id: string;
  readonly project: string;
  readonly entity: string | undefined;
  readonly group: string | undefined;
  readonly jobType: string | undefined;
  readonly name: string;
  readonly notes: string | undefined;
  readonly tags: readonly string[];
  readonly sweep: string | undefined;
}

export interface RunContext {
  readonly config: Values;
  readonly host: string;
  readonly started: number;
  readonly commit: string | undefined;
}

export function runRecord(identity: RunIdentity, { config, host, started, commit }: RunContext): RecordBody {
  const { id, project, entity, group, jobType, name, notes, tags, sweep } = identity;
  const body = message(
    text(1, id),
    given(2, entity),
    text(3, project),
    nested(4, ...items(config)),
    given(6, group),
    given(7, jobType),
    text(8, name),
    given(9, notes),
    ...tags.map((tag) => text(10, tag)),
    given(12, sweep),
    text(13, host),
    timestamp(17, started),
    commit === undefined ? undefined : nested(21, text(2, commit)),
  );
  return [17, body];
}

/** What the run ran on; `wandb sync` makes `wandb-metadata.json` of it. */
export function environmentRecord(about: {
  readonly system: string;
  readonly started: number;
  readonly command: readonly string[];
  readonly host: string;
  readonly commit: string | undefined;
  readonly writer: string;
}): RecordBody {
  const { system, started, command, host, commit, writer } = about;
  const [program, ...words] = command;
  const body = message(
    text(1, system),
    timestamp(3, started),
    ...words.map((word) => text(5, word)),
    given(6, program),
    commit === undefined ? undefined : nested(9, text(2, commit)),
    text(12, host),
    text(199, writer),
  );
  return [26, body];
}

export function metricRecord(name: string, goal: "minimize" | "none"): RecordBody {
  return [12, message(text(1, name), nested(6, count(3, 1)), goal === "minimize" ? count(8, 1) : undefined)];
}

export function historyRecord(step: number, values: Values): RecordBody {
  return [2, message(...items(values), nested(2, count(1, step)))];
}

export function summaryRecord(values: Values): RecordBody {
  return [3, message(...items(values))];
}

export function statsRecord(moment: number, values: Values): RecordBody {
  const entries = Object.entries(values);
  return [
    7,
    message(
      timestamp(2, moment),
      ...entries.map(([key, value]) => nested(3, text(1, key), text(16, JSON.stringify(value)))),
    ),
  ];
}

export function alertRecord(title: string, body: string, level: "INFO" | "WARN" | "ERROR"): RecordBody {
  return [10, message(text(1, title), text(2, body), text(3, level))];
}

export function outputRecord(moment: number, line: string): RecordBody {
  return [13, message(count(1, 1), timestamp(2, moment), text(3, `${line}\n`))];
}

export function filesRecord(paths: readonly string[]): RecordBody {
  return [6, message(...paths.map((path) => nested(1, text(1, path), count(2, 1))))];
}

export function exitRecord(exitCode: number, seconds: number): RecordBody {
  return [18, message(count(1, exitCode), count(2, seconds))];
}

export interface ArtifactVersion {
  readonly type: string;
  readonly name: string;
  /** Of the manifest, MD5 in hex. */
  readonly digest: string;
  readonly metadata: Values;
  readonly aliases: readonly string[];
  /** Whether the run used it rather than made it. */
  readonly role: "input" | "output";
  readonly clientId: string;
  readonly sequenceClientId: string;
  readonly contents: readonly ManifestEntry[];
}

export type ManifestEntry =
  | {
      readonly kind: "file";
      readonly path: string;
      /** MD5 in base 64. */
      readonly digest: string;
      readonly size: number;
      /** Absolute. */
      readonly source: string;
    }
  | { readonly kind: "reference"; readonly path: string; readonly digest: string; readonly address: string };

export function artifactRecord(
  version: ArtifactVersion,
  { id, project, entity }: Pick<RunIdentity, "id" | "project" | "entity">,
): RecordBody {
  const manifest = nested(
    12,
    count(1, 1),
    text(2, "wandb-storage-policy-v1"),
    nested(3, text(1, "storageLayout"), text(2, JSON.stringify("V2"))),
    ...version.contents.map((entry) =>
      entry.kind === "file"
        ? nested(4, text(1, entry.path), text(2, entry.digest), count(4, entry.size), text(6, entry.source))
        : nested(4, text(1, entry.path), text(2, entry.digest), text(3, entry.address)),
    ),
  );
  const body = message(
    text(1, id),
    text(2, project),
    given(3, entity),
    text(4, version.type),
    text(5, version.name),
    text(6, version.digest),
    text(8, JSON.stringify(version.metadata)),
    count(9, 1),
    version.role === "input" ? count(10, 1) : undefined,
    ...version.aliases.map((alias) => text(11, alias)),
    manifest,
    count(14, 1),
    text(15, version.clientId),
    text(16, version.sequenceClientId),
    text(20, "MANIFEST_MD5"),
  );
  return [8, body];
}

/** Items of config, history and summary; what is nested is one value. */
function items(values: Values): readonly Uint8Array[] {
  return Object.entries(values).map(([key, value]) =>
    nested(1, text(1, key), text(16, JSON.stringify(value))),
  );
}

function given(number: number, value: string | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : text(number, value);
}

function timestamp(number: number, moment: number): Uint8Array {
  const seconds = Math.floor(moment / 1000);
  return nested(number, count(1, seconds), count(2, Math.round((moment - 1000 * seconds) * 1e6)));
}
