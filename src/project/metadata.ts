/** The file of metadata that an experiment names, read for a run. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ExampleSchema } from "../check/policy.ts";
import type { ExampleRecord } from "../reason/example.ts";
import type { Experiment } from "../runtime/experiment.ts";
import type { Metadata } from "../runtime/metadata.ts";
import { openManifest, readManifest } from "./manifest/read.ts";

/**
 * Reads it whole, typed by the policy's schema; undefined where the experiment names none.
 *
 * @param path Of the experiment's file.
 * @throws ManifestError where the file is not what it should be.
 */
export async function loadMetadata(
  { metadata: file }: Pick<Experiment, "metadata">,
  path: string,
  schema: ExampleSchema,
): Promise<Metadata | undefined> {
  if (file === undefined) return undefined;
  const manifest = await openManifest(resolve(dirname(path), file), file, schema);
  const records: ExampleRecord[] = [];
  const lines: number[] = [];
  for await (const rows of readManifest(manifest, schema, "keep"))
    for (const { record, line } of rows) {
      records.push(record);
      if (line !== undefined) lines.push(line);
    }
  return {
    file,
    records,
    placeOf: (record) =>
      lines[record] === undefined ? `${file}, row ${record}` : `${file}:${lines[record]}`,
    digest: await digestFile(manifest.path),
  };
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}
