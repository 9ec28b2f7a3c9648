/** Brings the tensors of an experiment and the file of its metadata together. */
import * as tf from "@tensorflow/tfjs";
import type { ExampleRecord } from "../reason/example.ts";
import { asList } from "./batch.ts";
import type { TrainingData } from "./data.ts";
import { ExperimentError } from "./error.ts";
import type { Experiment, ExperimentContext, ExperimentData } from "./experiment.ts";

/** The file that an experiment names under `metadata`, read. */
export interface Metadata {
  /** As the experiment names it. */
  readonly file: string;
  readonly records: readonly ExampleRecord[];
  /** Where a record stands: `papers.csv:18`. */
  readonly placeOf: (record: number) => string;
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
}

/** Data in which every row of the tensors has its record. */
export interface DescribedData extends TrainingData {
  readonly digests: NonNullable<ExperimentData["digests"]>;
}

/**
 * The data of an experiment with its metadata.
 *
 * @throws ExperimentError where rows and records cannot be brought together.
 */
export async function gatherData(
  experiment: Pick<Experiment, "data">,
  context: ExperimentContext,
  metadata?: Metadata,
): Promise<DescribedData> {
  const given: Partial<ExperimentData> | undefined = await experiment.data({
    ...context,
    metadata: metadata?.records ?? [],
  });
  const { examples, ids, inputs, digests, ...others } = given ?? {};
  if (!areTensors(inputs))
    throw new ExperimentError("its `data` must give `inputs`, a tensor or a list of tensors");
  const own = { ...others, inputs, digests: { ...digests } };
  if (metadata === undefined) {
    if (ids !== undefined)
      throw new ExperimentError(
        "its `data` gives `ids`, but it names no file of `metadata` that would have them",
      );
    return { ...own, examples: listed(examples) };
  }
  const known = { ...own, digests: { ...digests, [metadata.file]: metadata.digest } };
  if (examples !== undefined) {
    if (ids !== undefined)
      throw new ExperimentError(
        "its `data` gives both `examples` and `ids`: one of them says what each row is",
      );
    return { ...known, examples: listed(examples) };
  }
  const { records, file, placeOf } = metadata;
  const rows = ids === undefined ? records.map((_, row) => row) : findRecords(ids, metadata);
  const count = asList(inputs)[0]?.shape[0];
  if (count !== undefined && count !== rows.length)
    throw new ExperimentError(
      ids === undefined
        ? `${file} has ${records.length} records for the ${count} rows of its \`inputs\`: give the \`ids\` of the rows, or a record for each`
        : `its \`data\` gives ${rows.length} \`ids\` for the ${count} rows of its \`inputs\``,
    );
  return {
    ...known,
    examples: rows.map((row) => records[row] ?? {}),
    placeOf: (row) => placeOf(rows[row] ?? row),
  };
}

function listed(examples: unknown): readonly ExampleRecord[] {
  if (Array.isArray(examples)) return examples as readonly ExampleRecord[];
  throw new ExperimentError(
    "its `data` must give `examples`, a list with the metadata of each example, or the experiment a file of `metadata`",
  );
}

/** Whether what an experiment gives is a tensor, or a list of them. */
export function areTensors(value: unknown): value is tf.Tensor | readonly tf.Tensor[] {
  const tensors: readonly unknown[] = Array.isArray(value) ? value : [value];
  return tensors.every((tensor) => tensor instanceof tf.Tensor);
}

/** The record of each id; records that nobody asks for may be there as well. */
function findRecords(ids: unknown, { records, file, placeOf }: Metadata): readonly number[] {
  if (!Array.isArray(ids))
    throw new ExperimentError("the `ids` of its `data` must be a list, an id for each row");
  const found = new Map<string, number>();
  const again = new Map<string, number>();
  records.forEach(({ id }, record) => {
    if (id === undefined || id === null) return;
    const name = String(id);
    if (found.has(name)) again.set(name, record);
    else found.set(name, record);
  });
  return (ids as readonly unknown[]).map((id, row) => {
    const name = String(id);
    const record = found.get(name);
    if (record === undefined)
      throw new ExperimentError(
        `${file} has no record with the id \`${name}\`, which its \`data\` gives row ${row}`,
      );
    const second = again.get(name);
    if (second !== undefined)
      throw new ExperimentError(
        `two records have the id \`${name}\`, at ${placeOf(record)} and at ${placeOf(second)}: which is that of row ${row}?`,
      );
    return record;
  });
}
