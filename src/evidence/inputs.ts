/** The files that a run began with, as data. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readIr } from "../ir/read.ts";
import type { Ir } from "../ir/ir.ts";
import { boundFiles } from "./bindings.ts";
import { environmentShape, planShape } from "./event-shapes.ts";
import { ENVIRONMENT, IR, isInputPath, isSourcePath, PLAN, POLICY } from "./layout.ts";
import { parseJson } from "./lines.ts";
import type { Environment, LogEntry, RecordedPlan, RecordedSource, RecordProblem } from "./record.ts";
import { isObject, type Shape } from "./shape.ts";
import { onceForEachState } from "./stamps.ts";

export interface RunInputs {
  readonly ir: Document<Ir>;
  readonly plan: Document<RecordedPlan>;
  readonly environment: Document<Environment>;
  readonly sources: readonly RecordedSource[];
}

export interface Document<Value> {
  readonly value?: Value;
  readonly problem?: RecordProblem;
}

/** @param folder Of the run; each file in it is read once while it stays as it is. */
export function openInputs(folder: string): {
  readonly read: (decisions: readonly LogEntry[]) => RunInputs;
} {
  const irOf = onceForEachState((path) => parseIr(readFileSync(path)));
  const planOf = onceForEachState((path) => parseFile(PLAN, readFileSync(path), planShape));
  const environmentOf = onceForEachState((path) =>
    parseFile(ENVIRONMENT, readFileSync(path), environmentShape),
  );
  const textOf = onceForEachState((path) => new TextDecoder().decode(readFileSync(path)));
  return {
    read(decisions) {
      const paths = new Set([POLICY, ...Object.keys(boundFiles(decisions))]);
      return {
        ir: irOf(join(folder, IR)) ?? {},
        plan: planOf(join(folder, PLAN)) ?? {},
        environment: environmentOf(join(folder, ENVIRONMENT)) ?? {},
        sources: [...paths].flatMap((path) => {
          const text = isInputPath(path) && isSourcePath(path) ? textOf(join(folder, path)) : undefined;
          return text === undefined ? [] : [{ path, text }];
        }),
      };
    },
  };
}

function parseFile<Value>(file: string, bytes: Uint8Array, shape: Shape<Value>): Document<Value> {
  const found = parseJson(bytes, shape, "the file");
  if (found.problem === undefined) return { value: found.value };
  // A document that its digest vouches for is merely one that this version cannot read.
  return { problem: { kind: "unreadable", file, message: found.problem } };
}

function parseIr(bytes: Uint8Array): Document<Ir> {
  const { value, problem } = parseFile(IR, bytes, isObject);
  if (value === undefined) return problem === undefined ? {} : { problem };
  const { ir, problems } = readIr(value);
  if (ir !== undefined) return { value: ir };
  return { problem: { kind: "unreadable", file: IR, message: problems[0] ?? "the file is not an IR" } };
}
