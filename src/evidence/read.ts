import { lstatSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { readIr } from "../ir/read.ts";
import type { Ir } from "../ir/ir.ts";
import type { Measurement } from "../runtime/events.ts";
import { boundFiles, checkBoundFiles, checkEnding, checkMetrics, findUnbound } from "./bindings.ts";
import { checkCheckpoints } from "./checkpoints.ts";
import { readDecisions } from "./decisions.ts";
import { EvidenceError, evidenceError } from "./error.ts";
import { environmentShape, measurementShape, planShape } from "./event-shapes.ts";
import { ENVIRONMENT, IR, isInputPath, isSourcePath, LEDGER, METRICS, PLAN, POLICY } from "./layout.ts";
import type { PublicKey } from "./ledger/keys.ts";
import { readBytes, readLedger, type LedgerFault, type LedgerReading } from "./ledger/read.ts";
import { listFiles } from "./ledger/tile-files.ts";
import { CHECKPOINT } from "./ledger/tiles.ts";
import { parseJson, parseLine, splitLines } from "./lines.ts";
import type { LogEntry, RecordedSource, RecordProblem, RunRecord, SignedHead } from "./record.ts";
import { isRunId } from "./run-id.ts";
import { isObject, type Shape } from "./shape.ts";

// A file of nothing but broken lines is told of by its first ones.
const PROBLEMS_SHOWN_PER_FILE = 20;

/**
 * Reads a run's folder, or the newest run where `path` is the file `runs/latest`. Whatever the folder holds, all
 * that can be read is given and the rest is listed in `problems`; only what the system refuses to open is thrown.
 *
 * @param key By which the ledger must be signed; the one that lies in the folder when left out.
 */
export function readRun(path: string, key?: PublicKey): RunRecord {
  const folder = locateRun(path);
  const ledger = readLedger(join(folder, LEDGER), key);
  const { decisions, problems } = readDecisions(join(folder, LEDGER), ledger.entries);
  const metricsBytes = readBytes(folder, METRICS) ?? new Uint8Array();
  const metrics = readMeasurements(metricsBytes, decisions);
  const paths = new Set([POLICY, IR, PLAN, ENVIRONMENT, ...Object.keys(boundFiles(decisions))]);
  const files = new Map([...paths].filter(isInputPath).map((name) => [name, readBytes(folder, name)]));
  const ir = readIrFile(files.get(IR));
  const plan = parseFile(PLAN, files.get(PLAN), planShape);
  const environment = parseFile(ENVIRONMENT, files.get(ENVIRONMENT), environmentShape);

  return {
    id: basename(folder),
    ir: ir.value,
    plan: plan.value,
    environment: environment.value,
    sources: readSources(files),
    decisions,
    head: describeHead(ledger, key),
    measurements: metrics.measurements,
    problems: [
      ...shorten(checkBoundFiles(folder, decisions)),
      ...shorten(checkCheckpoints(folder, decisions)),
      ...shorten(tellFaults(ledger.faults, decisions)),
      ...shorten(problems),
      ...(ledger.note === undefined && decisions.length === 0 ? [] : checkEnding(decisions)),
      ...checkOrigin(ledger, decisions),
      ...checkMetrics(decisions, metricsBytes),
      ...shorten(metrics.problems),
      ...[ir, plan, environment].flatMap(({ problem }) => problem ?? []),
      ...shorten(findUnbound(listFiles(folder, ""), decisions)),
    ],
  };
}

/** What was written and not signed is what a killed run leaves, unless its end is signed: then somebody added it. */
function tellFaults(
  faults: readonly LedgerFault[],
  decisions: readonly LogEntry[],
): readonly RecordProblem[] {
  const hasEnded = decisions.some(({ event }) => event.kind === "run_ended");
  return faults.map(({ kind, file, ...rest }) => ({
    ...rest,
    kind: kind !== "unsigned" ? kind : hasEnded ? "altered" : "cut_off",
    file: `${LEDGER}/${file}`,
  }));
}

/** The checkpoint is one of this run, whatever the folder is called. */
function checkOrigin({ note, key }: LedgerReading, decisions: readonly LogEntry[]): readonly RecordProblem[] {
  const start = decisions[0]?.event;
  if (note === undefined || key === undefined || start?.kind !== "run_started") return [];
  const origin = `${key.name}/${start.run}`;
  if (note.checkpoint.origin === origin) return [];
  const message = `it is a checkpoint of ${note.checkpoint.origin}, and the run is ${origin}`;
  return [{ kind: "altered", file: `${LEDGER}/${CHECKPOINT}`, line: 1, message }];
}

function describeHead({ note, key }: LedgerReading, given: PublicKey | undefined): SignedHead | undefined {
  if (note === undefined || key === undefined) return undefined;
  const { origin, size, root } = note.checkpoint;
  return {
    ...{ origin, size, root: Buffer.from(root).toString("hex") },
    signer: { name: key.name, id: key.id },
    trust: given === undefined ? "enclosed" : "given",
    signatures: note.signatures.map(({ name, id }) => ({ name, id })),
  };
}

/** The folder of a run, found directly or through the pointer beside the runs. */
function locateRun(path: string): string {
  const place = resolve(path);
  try {
    if (lstatSync(place).isDirectory()) return place;
    const id = readFileSync(place, "utf8").trim();
    const folder = join(dirname(place), id);
    if (isRunId(id) && lstatSync(folder).isDirectory()) return folder;
  } catch (cause) {
    throw evidenceError("read the run", path, cause);
  }
  throw new EvidenceError(`cannot read the run ${path}: it is not a run's folder`);
}

interface Document<Value> {
  readonly value?: Value;
  readonly problem?: RecordProblem;
}

function parseFile<Value>(file: string, bytes: Uint8Array | undefined, shape: Shape<Value>): Document<Value> {
  if (bytes === undefined) return {};
  const found = parseJson(bytes, shape, "the file");
  if (found.problem === undefined) return { value: found.value };
  // A document that its digest vouches for is merely one that this version cannot read.
  return { problem: { kind: "unreadable", file, message: found.problem } };
}

function readIrFile(bytes: Uint8Array | undefined): Document<Ir> {
  const { value, problem } = parseFile(IR, bytes, isObject);
  if (value === undefined) return problem === undefined ? {} : { problem };
  const { ir, problems } = readIr(value);
  if (ir !== undefined) return { value: ir };
  return { problem: { kind: "unreadable", file: IR, message: problems[0] ?? "the file is not an IR" } };
}

function readMeasurements(
  bytes: Uint8Array,
  decisions: readonly LogEntry[],
): {
  readonly measurements: readonly Measurement[];
  readonly problems: readonly RecordProblem[];
} {
  const measurements: Measurement[] = [];
  const problems: RecordProblem[] = [];
  const { lines, torn } = splitLines(bytes);
  const resumed = decisions.flatMap(({ event }) => (event.kind === "run_resumed" ? [event] : []));
  let place = 0;
  for (const line of lines) {
    const found = parseLine(line, measurementShape);
    if (found.problem !== undefined)
      problems.push({ kind: "malformed", file: METRICS, line: line.number, message: found.problem });
    else {
      // A run that went on from earlier weights has measured some steps again.
      const { clock } = found.value;
      const isAgain = resumed.some((event) => place < event.metrics.bytes && clock.step >= event.clock.step);
      if (!isAgain) measurements.push(found.value);
    }
    place += line.bytes.length + 1;
  }
  return { measurements, problems: [...problems, ...tornLine(METRICS, lines.length, torn)] };
}

function tornLine(file: string, wholeLines: number, torn: number): readonly RecordProblem[] {
  if (torn === 0) return [];
  const message = `the last line is torn (${torn} ${torn === 1 ? "byte" : "bytes"} without an end) and is left out`;
  return [{ kind: "cut_off", file, line: wholeLines + 1, message }];
}

function readSources(files: ReadonlyMap<string, Uint8Array | undefined>): readonly RecordedSource[] {
  return [...files].flatMap(([path, bytes]) =>
    bytes !== undefined && isSourcePath(path) ? [{ path, text: new TextDecoder().decode(bytes) }] : [],
  );
}

function shorten(problems: readonly RecordProblem[]): readonly RecordProblem[] {
  const hidden = problems.slice(PROBLEMS_SHOWN_PER_FILE);
  const last = hidden.at(-1);
  if (last === undefined) return problems;
  const rest: RecordProblem = {
    kind: last.kind,
    file: last.file,
    message: `${hidden.length} more like these`,
  };
  return [...problems.slice(0, PROBLEMS_SHOWN_PER_FILE), rest];
}
