/** The log of decisions as a table of W&B's: a file of the run, which is the content of an artifact as well. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DecisionRow } from "../decision-rows.ts";
import { describeFile, versionOf } from "./artifacts.ts";
import type { ArtifactVersion, Values } from "./records.ts";

export interface WrittenTable {
  /** Under the run's `files/`. */
  readonly path: string;
  readonly artifact: ArtifactVersion;
  /** What history and summary say about it. */
  readonly value: Values;
}

const COLUMNS = ["step", "decision", "what", "policy line", "level"] as const;
const NAME = "decisions";

/** Writes the rows under `files`, the folder of the run's files. */
export function writeDecisionTable(files: string, run: string, rows: readonly DecisionRow[]): WrittenTable {
  const data = rows.map(({ step, decision, text, policyLine, level }) => [
    step,
    decision,
    text,
    policyLine,
    level,
  ]);
  const content = JSON.stringify({ columns: COLUMNS, data, ncols: COLUMNS.length, nrows: data.length });
  const sha256 = createHash("sha256").update(content).digest("hex");
  const path = `media/table/${NAME}_0_${sha256.slice(0, 20)}.table.json`;
  const file = join(files, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  const artifact = versionOf({
    ...{ run, name: `run-${run}-${NAME}`, type: "run_table", role: "output", metadata: {} },
    contents: [describeFile(`${NAME}.table.json`, file)],
  });
  const inArtifact = (id: string): string => `wandb-client-artifact://${id}/${NAME}.table.json`;
  const value = {
    ...{ _type: "table-file", path, sha256, size: Buffer.byteLength(content) },
    ...{ ncols: COLUMNS.length, nrows: data.length, log_mode: "IMMUTABLE" },
    artifact_path: inArtifact(artifact.clientId),
    _latest_artifact_path: inArtifact(`${artifact.sequenceClientId}:latest`),
  };
  return { path, artifact, value };
}
