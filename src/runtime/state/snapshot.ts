/** Everything that a step changes in the model and its optimizer, as plain arrays: taken and put back bit for bit. */
import * as tf from "@tensorflow/tfjs";
import { SLOT_FIELDS } from "../optimizer/slots.ts";

export interface Snapshot {
  readonly tensors: readonly StoredTensor[];
  /** Updates that the optimizer has made, as tfjs counts them. */
  readonly iterations: number;
}

export interface StoredTensor {
  readonly place: Place;
  readonly dtype: "float32" | "int32" | "bool";
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export type Place =
  | { readonly kind: "weight"; readonly name: string }
  /** What the optimizer remembers of the variable at a position. */
  | {
      readonly kind: "slot";
      readonly field: string;
      readonly position: number;
      readonly originalName: string;
    }
  /** A clock of the optimizer, such as Adam's powers of β. */
  | { readonly kind: "scalar"; readonly field: string };

export interface Subject {
  /** All variables of the model by name, those that are not trained among them (moving averages). */
  readonly state: ReadonlyMap<string, tf.Variable>;
  readonly optimizer: tf.Optimizer;
}

export function takeSnapshot({ state, optimizer }: Subject): Snapshot {
  return {
    iterations: optimizer.iterations,
    tensors: [
      ...[...state].map(([name, variable]) => store({ kind: "weight", name }, variable)),
      ...slotsOf(optimizer).map(({ field, position, originalName, variable }) =>
        store({ kind: "slot", field, position, originalName }, variable),
      ),
      ...scalarsOf(optimizer).map(([field, variable]) => store({ kind: "scalar", field }, variable)),
    ],
  };
}

/** @throws RangeError where the snapshot is of another model or another optimizer. */
export function restoreSnapshot({ state, optimizer }: Subject, { tensors, iterations }: Snapshot): void {
  const kept = new Set<string>();
  const scalars = new Map(scalarsOf(optimizer));
  for (const stored of tensors) {
    const { place } = stored;
    switch (place.kind) {
      case "weight":
        assign(state.get(place.name), stored, place.name);
        break;
      case "scalar":
        assign(scalars.get(place.field), stored, place.field);
        break;
      case "slot":
        kept.add(`${place.field}/${place.position}`);
        restoreSlot(optimizer, place, stored);
        break;
    }
  }
  for (const { field, position, variable } of slotsOf(optimizer)) {
    if (kept.has(`${field}/${position}`)) continue;
    // The optimizer had not seen the variable yet; it will begin anew.
    variable.dispose();
    Reflect.deleteProperty(listOf(optimizer, field), position);
  }
  Reflect.set(optimizer, "iterations_", iterations);
}

interface Slot {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

function slotsOf(
  optimizer: tf.Optimizer,
): readonly (Slot & { readonly field: string; readonly position: number })[] {
  return (SLOT_FIELDS[optimizer.getClassName()] ?? []).flatMap(({ field }) =>
    [...listOf(optimizer, field).entries()].flatMap(([position, slot]) =>
      slot === undefined ? [] : [{ ...slot, field, position }],
    ),
  );
}

/** tfjs keeps the slots of a field in a list with holes, by the position of the variable. */
function listOf(optimizer: tf.Optimizer, field: string): (Slot | undefined)[] {
  const list: unknown = Reflect.get(optimizer, field);
  if (!Array.isArray(list)) throw new RangeError(`the optimizer keeps no slots in \`${field}\``);
  return list as (Slot | undefined)[];
}

function scalarsOf(optimizer: tf.Optimizer): readonly (readonly [string, tf.Variable])[] {
  return Object.entries(optimizer).filter((entry): entry is [string, tf.Variable] => {
    const [, value] = entry as readonly [string, unknown];
    return value instanceof tf.Variable;
  });
}

function restoreSlot(
  optimizer: tf.Optimizer,
  { field, position, originalName }: Extract<Place, { kind: "slot" }>,
  stored: StoredTensor,
): void {
  const list = listOf(optimizer, field);
  const slot = list[position];
  if (slot !== undefined) return assign(slot.variable, stored, originalName);
  const variable = tf.tidy(() => tf.variable(asTensor(stored), false));
  list[position] = { originalName, variable };
}

function assign(variable: tf.Variable | undefined, stored: StoredTensor, name: string): void {
  if (variable === undefined || !tf.util.arraysEqual(variable.shape, [...stored.shape]))
    throw new RangeError(
      `the checkpoint holds \`${name}\` of shape [${stored.shape.join(", ")}], and the model does not`,
    );
  tf.tidy(() => variable.assign(asTensor(stored)));
}

function asTensor({ values, shape, dtype }: StoredTensor): tf.Tensor {
  // A copy: on cpu a tensor lives in the array that it is given.
  return tf.tensor(values.slice(), [...shape], dtype);
}

function store(place: Place, variable: tf.Variable): StoredTensor {
  const { dtype, shape } = variable;
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool")
    throw new RangeError(`a variable of type ${dtype} cannot be kept in a checkpoint`);
  return { place, dtype, shape, values: variable.dataSync().slice() };
}
