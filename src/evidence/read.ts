import { lstatSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { readIr } from "../ir/read.ts";
import type { Ir } from "../ir/ir.ts";
import type { Measurement } from "../runtime/events.ts";
import { boundFiles, checkEnding, checkFiles, checkMetrics } from "./bindings.ts";
import { readChain } from "./chain.ts";
import { EvidenceError, evidenceError, isMissing } from "./error.ts";
import { environmentShape, measurementShape, planShape, sealShape } from "./event-shapes.ts";
import {
  DECISIONS,
  ENVIRONMENT,
  IR,
  isInputPath,
  isSourcePath,
  METRICS,
  PLAN,
  POLICY,
  SEAL,
} from "./layout.ts";
import { parseJson, parseLine, splitLines } from "./lines.ts";
import type { RecordedSource, RecordProblem, RunRecord } from "./record.ts";
import { isRunId } from "./run-id.ts";
import { isObject, type Shape } from "./shape.ts";

// A file of nothing but broken lines is told of by its first ones.
const PROBLEMS_SHOWN_PER_FILE = 20;

/**
 * Reads a run's folder, or the newest run where `path` is the file `runs/latest`. Whatever the folder holds, all
 * that can be read is given and the rest is listed in `problems`; only what the system refuses to open is thrown.
 */
export function readRun(path: string): RunRecord {
  const folder = locateRun(path);
  const sealed = parseFile(SEAL, readBytes(folder, SEAL), sealShape);
  const logBytes = readBytes(folder, DECISIONS);
  const log = splitLines(logBytes ?? new Uint8Array());
  const chain = readChain(log.lines, sealed.value);
  const metricsBytes = readBytes(folder, METRICS) ?? new Uint8Array();
  const metrics = readMeasurements(metricsBytes);

  const paths = new Set([POLICY, IR, PLAN, ENVIRONMENT, ...Object.keys(boundFiles(chain.entries))]);
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
    decisions: chain.entries,
    measurements: metrics.measurements,
    problems: [
      ...shorten(checkFiles(chain.entries, files)),
      ...shorten(chain.problems),
      ...tornLine(DECISIONS, log.lines.length, log.torn),
      ...(logBytes === undefined ? [NO_LOG] : checkEnding(chain.entries)),
      ...checkMetrics(chain.entries, metricsBytes),
      ...shorten(metrics.problems),
      ...[sealed, ir, plan, environment].flatMap(({ problem }) => problem ?? []),
    ],
  };
}

const NO_LOG: RecordProblem = {
  kind: "missing",
  file: DECISIONS,
  message: "the run has no log of its decisions",
};

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

/** Links are not followed: what a record shows lies in its folder. */
function readBytes(folder: string, name: string): Uint8Array | undefined {
  const path = join(folder, name);
  try {
    return lstatSync(path).isFile() ? readFileSync(path) : undefined;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw evidenceError("read", path, cause);
  }
}

interface Document<Value> {
  readonly value?: Value;
  readonly problem?: RecordProblem;
}

function parseFile<Value>(file: string, bytes: Uint8Array | undefined, shape: Shape<Value>): Document<Value> {
  if (bytes === undefined) return {};
  const found = parseJson(bytes, shape, "the file");
  if (found.problem === undefined) return { value: found.value };
  // A document that its digest vouches for is merely one that this version cannot read; nothing vouches for the seal.
  return { problem: { kind: file === SEAL ? "malformed" : "unreadable", file, message: found.problem } };
}

function readIrFile(bytes: Uint8Array | undefined): Document<Ir> {
  const { value, problem } = parseFile(IR, bytes, isObject);
  if (value === undefined) return problem === undefined ? {} : { problem };
  const { ir, problems } = readIr(value);
  if (ir !== undefined) return { value: ir };
  return { problem: { kind: "unreadable", file: IR, message: problems[0] ?? "the file is not an IR" } };
}

function readMeasurements(bytes: Uint8Array): {
  readonly measurements: readonly Measurement[];
  readonly problems: readonly RecordProblem[];
} {
  const measurements: Measurement[] = [];
  const problems: RecordProblem[] = [];
  const { lines, torn } = splitLines(bytes);
  for (const line of lines) {
    const found = parseLine(line, measurementShape);
    if (found.problem === undefined) measurements.push(found.value);
    else problems.push({ kind: "malformed", file: METRICS, line: line.number, message: found.problem });
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
