/** Probes: the examples by which a behaviour is measured, read from JSON lines. */
import * as tf from "@tensorflow/tfjs";
import type { Behavior, Policy } from "../check/policy.ts";
import { diagnose } from "../source/diagnostic.ts";
import type { ExampleRecord } from "../reason/example.ts";
import type { Batch } from "./batch.ts";
import { GovernanceError } from "./error.ts";
import type { PlainNetwork } from "./network/plain.ts";

/** By the name of the behaviour. */
export type Probes = Readonly<Record<string, Batch>>;

/** A line of a probe's file. */
export type ProbeRecord = Readonly<Record<string, unknown>>;

/** A probe's file, or why there is none. */
export type ProbeText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "problem"; readonly problem: string; readonly help?: string };

/** Turns the lines of a probe into tensors; axis 0 counts the lines. */
export type ProbeReader = (
  records: readonly ProbeRecord[],
  behavior: string,
) => Pick<Batch, "inputs" | "targets">;

/** The behaviours that some trace points toward. */
export function tracedBehaviors(policy: Pick<Policy, "behaviors" | "provenance">): readonly Behavior[] {
  const traced = new Set(policy.provenance.trace.flatMap(({ behaviors }) => behaviors));
  return policy.behaviors.filter(({ name }) => traced.has(name));
}

/**
 * The probes of all behaviours that are traced; their tensors are the caller's.
 * @throws GovernanceError (GOV6002) where one cannot be had.
 */
export function readProbes(
  behaviors: readonly Behavior[],
  texts: ReadonlyMap<string, ProbeText>,
  read: ProbeReader,
): Probes {
  const probes: [string, Batch][] = [];
  try {
    for (const behavior of behaviors)
      probes.push([behavior.name, readProbe(behavior, texts.get(behavior.name), read)]);
    return Object.fromEntries(probes);
  } catch (error) {
    for (const [, probe] of probes) disposeProbe(probe);
    throw error;
  }
}

export function disposeProbe({ inputs, targets }: Batch): void {
  tf.dispose([inputs, targets ?? []] as tf.TensorContainer);
}

/** The diagnostic of a behaviour that cannot be measured. */
export function refuseProbe({ name, span }: Behavior, problem: string, help = FORM): never {
  const message = `behaviour \`${name}\` has no probe to be measured by: ${problem}`;
  throw new GovernanceError([diagnose("GOV6002", span, message, { help })]);
}

const FORM =
  'a probe holds one example a line: `{"input": [0.1, 0.2], "target": [1, 0]}`; an experiment that encodes its examples itself reads them with `probe`';

function readProbe(behavior: Behavior, given: ProbeText | undefined, read: ProbeReader): Batch {
  if (given === undefined) refuseProbe(behavior, "no file was given for it");
  if (given.kind === "problem") refuseProbe(behavior, given.problem, given.help);
  const records = given.text
    .split("\n")
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "")
    .map(
      ({ line, number }) =>
        readRecord(line) ??
        refuseProbe(behavior, `line ${number} of \`${behavior.probe}\` is not a JSON object`),
    );
  if (records.length === 0) refuseProbe(behavior, `\`${behavior.probe}\` holds no example`);
  try {
    // What a line holds beside its numbers is metadata, whatever its type.
    return { ...read(records, behavior.name), examples: records as readonly ExampleRecord[] };
  } catch (error) {
    if (error instanceof ProbeError) refuseProbe(behavior, `\`${behavior.probe}\`: ${error.message}`);
    throw error;
  }
}

function readRecord(line: string): ProbeRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as ProbeRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

class ProbeError extends Error {}

/**
 * Reads `input` (or `inputs`, one for each of several) and `target` (or `targets`) of each line: numbers, nested or
 * flat, of the shape that the model takes; a plain network gets them in the shape in which they are written.
 */
export function numericProbeReader(model: tf.LayersModel | PlainNetwork): ProbeReader {
  const shapes =
    model instanceof tf.LayersModel
      ? {
          input: model.inputs.map(({ shape }) => shape.slice(1)),
          target: model.outputs.map(({ shape }) => shape.slice(1)),
        }
      : { input: [], target: [] };
  return (records) => {
    const inputs = readTensors(records, "input", shapes.input);
    if (inputs === undefined) throw new ProbeError("line 1 has neither `input` nor `inputs`");
    const targets = readTensors(records, "target", shapes.target);
    return targets === undefined ? { inputs } : { inputs, targets };
  };
}

type Shape = readonly (number | null)[];

function readTensors(
  records: readonly ProbeRecord[],
  name: "input" | "target",
  shapes: readonly Shape[],
): tf.Tensor | readonly tf.Tensor[] | undefined {
  const several = records[0]?.[`${name}s`];
  if (Array.isArray(several))
    return several.map((_, index) =>
      stack(
        records,
        (record) => (record[`${name}s`] as readonly unknown[] | undefined)?.[index],
        `${name}s[${index}]`,
        shapes[index],
      ),
    );
  return records[0]?.[name] === undefined
    ? undefined
    : stack(records, (record) => record[name], name, shapes[0]);
}

function stack(
  records: readonly ProbeRecord[],
  valueOf: (record: ProbeRecord) => unknown,
  name: string,
  shape: Shape | undefined,
): tf.Tensor {
  const first = shapeOfNested(valueOf(records[0] ?? {}));
  // A single class number stands for a one-hot row only in losses that take it so: its shape is its own.
  const isKnown = shape !== undefined && first.length > 0 && shape.every((length) => length !== null);
  const wanted = isKnown ? shape.map(Number) : first;
  const size = wanted.reduce((product, length) => product * length, 1);
  const rows = records.map((record, index) => {
    const numbers = [valueOf(record)].flat(Infinity);
    const odd = numbers.find((value) => typeof value !== "number");
    if (numbers.length !== size || odd !== undefined)
      throw new ProbeError(
        `example ${index + 1} gives ${odd === undefined ? `${numbers.length} numbers` : "something other than numbers"} as \`${name}\`, and ${size} ${size === 1 ? "is" : "are"} needed`,
      );
    return numbers as readonly number[];
  });
  return tf.tensor(Float32Array.from(rows.flat()), [records.length, ...wanted]);
}

function shapeOfNested(value: unknown): readonly number[] {
  return Array.isArray(value) ? [value.length, ...shapeOfNested(value[0])] : [];
}
