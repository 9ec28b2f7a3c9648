/** What traced examples look like, from the data of the experiment: the run's folder keeps no copy of it. */
import { resolve } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { EvidenceError } from "../../evidence/error.ts";
import type { RunRecord } from "../../evidence/record.ts";
import { loadExperiment } from "../../project/experiment.ts";
import { findFault } from "../../project/fault.ts";
import { ManifestError } from "../../project/manifest/manifest-error.ts";
import { loadMetadata } from "../../project/metadata.ts";
import { showPath } from "../../project/root.ts";
import type { ExampleRecord } from "../../reason/example.ts";
import type { ExampleLook, Picture } from "../../report/trace.ts";
import { selectBackend } from "../../runtime/backends/select.ts";
import { asList } from "../../runtime/batch.ts";
import { DEFAULT_SEED, type Experiment } from "../../runtime/experiment.ts";
import { gatherData, type DescribedData } from "../../runtime/metadata.ts";
import { writePng, type Raster } from "./png.ts";

export interface Looks {
  readonly looks: ReadonlyMap<string, ExampleLook>;
  /** Files of the data that are not those of the run. */
  readonly changed: readonly string[];
}

/**
 * By id, those of the examples that the experiment's data has.
 *
 * @throws EvidenceError when the experiment or its data cannot be loaded.
 */
export async function lookUpExamples(
  file: string,
  ids: readonly string[],
  record: Partial<Pick<RunRecord, "environment" | "ir">>,
  workingDirectory: string,
): Promise<Looks> {
  const { environment } = record;
  const loading = await loadExperiment(resolve(workingDirectory, file));
  if (loading.kind === "failed")
    throw new EvidenceError(`${showPath(loading.fault.file, workingDirectory)}: ${loading.fault.message}`);
  await selectBackend("cpu");
  const { experiment, path } = loading;
  const data = await loadData(experiment, path, record);
  const rows = new Map(data.examples.map((example, row) => [String(example["id"]), row]));
  const [inputs] = asList(data.inputs);
  return {
    looks: new Map(
      ids.flatMap((id) => {
        const row = rows.get(id);
        const example = row === undefined ? undefined : data.examples[row];
        if (row === undefined || example === undefined) return [];
        const picture = inputs === undefined ? undefined : pictureOf(inputs, row);
        return [[id, { ...describe(example), ...(picture === undefined ? {} : { picture }) }]];
      }),
    ),
    changed: Object.entries(environment?.data ?? {})
      .filter(([name, digest]) => data.digests[name] !== digest)
      .map(([name]) => name),
  };
}

async function loadData(
  experiment: Experiment,
  path: string,
  { environment, ir }: Partial<Pick<RunRecord, "environment" | "ir">>,
): Promise<DescribedData> {
  const seed = environment?.seed ?? experiment.seed ?? DEFAULT_SEED;
  try {
    const metadata = await loadMetadata(experiment, path, ir?.policy.example ?? { fields: [] });
    return await gatherData(experiment, { tf, seed, epochs: experiment.epochs }, metadata);
  } catch (error) {
    if (error instanceof ManifestError) throw new EvidenceError(error.message);
    throw new EvidenceError(findFault(error, path, "its data could not be loaded").message);
  }
}

/** A field of this name is the example itself where it is text. */
const TEXTS: readonly string[] = ["text", "prompt", "sentence", "content"];

function describe(example: ExampleRecord): Pick<ExampleLook, "fields" | "text"> {
  const entries = Object.entries(example);
  const text = entries.find(([name, value]) => TEXTS.includes(name) && typeof value === "string")?.[1];
  return {
    ...(typeof text === "string" ? { text } : {}),
    fields: entries.flatMap(([name, value]) =>
      name === "id" || value === text || value === undefined || value === null
        ? []
        : [[name, typeof value === "string" ? value : JSON.stringify(value)] as const],
    ),
  };
}

/** Wider and higher than that is no thumbnail. */
const WIDEST = 512;

function pictureOf(inputs: tf.Tensor, row: number): Picture | undefined {
  const shape = rasterShape(inputs.shape.slice(1));
  if (shape === undefined) return undefined;
  const numbers = tf.tidy(() => inputs.slice([row], [1]).dataSync());
  return { ...shape, png: writePng({ ...shape, values: toBytes(numbers) }) };
}

/** `[h, w]`, `[h, w, 1 | 3 | 4]`, and rows of pixels that make a square: 64 of them at least. */
function rasterShape(shape: readonly number[]): Pick<Raster, "width" | "height" | "channels"> | undefined {
  const [height = 0, width = 0, channels = 1] = shape.length === 1 ? squareOf(shape[0] ?? 0) : shape;
  if (shape.length > 3 || Math.min(height, width) < 8 || Math.max(height, width) > WIDEST) return undefined;
  return channels === 1 || channels === 3 || channels === 4 ? { width, height, channels } : undefined;
}

function squareOf(pixels: number): readonly number[] {
  const side = Math.sqrt(pixels);
  return Number.isInteger(side) ? [side, side] : [];
}

/** From -1..1, 0..1 or 0..255, whichever the picture's own values keep to. */
function toBytes(values: ArrayLike<number>): Uint8Array {
  const all = Array.from(values, (value) => (Number.isFinite(value) ? value : 0));
  const [least, most] = all.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [0, 0],
  );
  const [zero, scale] = least < 0 ? [-1, 127.5] : most > 1 ? [0, 1] : [0, 255];
  return Uint8Array.from(all, (value) => Math.max(0, Math.min(255, Math.round((value - zero) * scale))));
}
