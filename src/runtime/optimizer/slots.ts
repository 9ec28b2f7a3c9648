import * as tf from "@tensorflow/tfjs";

/** One slot of one variable: what an optimizer remembers of it between steps. */
export interface SlotState {
  /** Undefined until the optimizer has seen the variable for the first time. */
  readonly variable: tf.Variable | undefined;
  /** What it starts from, in every element. */
  readonly initial: number;
  readonly shape: readonly number[];
}

/** Why an optimizer cannot be held back where nothing may change; undefined where it can. */
export function optimizerProblem(optimizer: tf.Optimizer): string | undefined {
  const name = optimizer.getClassName();
  const expected = slotsOf(optimizer).map(({ field }) => field);
  const unknown = Object.entries(optimizer).find(
    ([field, value]) => holdsSlots(value) && !expected.includes(field),
  );
  if (unknown === undefined) return undefined;
  return `the optimizer \`${name}\` keeps state in \`${unknown[0]}\`, of which it is not known how it belongs to the variables`;
}

/** The slots of the variable at a position, in the order of the table. */
export function readSlots(
  optimizer: tf.Optimizer,
  position: number,
  shape: readonly number[],
): readonly SlotState[] {
  return slotsOf(optimizer).map(({ field, initial }) => {
    const slots: unknown = Reflect.get(optimizer, field);
    const slot: unknown = Array.isArray(slots) ? slots[position] : undefined;
    return {
      variable: hasVariable(slot) ? slot.variable : undefined,
      initial: initial === undefined ? 0 : Number(Reflect.get(optimizer, initial)),
      shape,
    };
  });
}

interface SlotField {
  /** An array of `{ originalName, variable }`, by the position of the variable. */
  readonly field: string;
  /** The property with the slot's initial value, where it is not 0. */
  readonly initial?: string;
}

/** By the class names of tfjs 4.22. */
export const SLOT_FIELDS: Readonly<Record<string, readonly SlotField[]>> = {
  SGD: [],
  Momentum: [{ field: "accumulations" }],
  Adam: [{ field: "accumulatedFirstMoment" }, { field: "accumulatedSecondMoment" }],
  AdamW: [{ field: "accumulatedFirstMoment" }, { field: "accumulatedSecondMoment" }],
  Adamax: [{ field: "accumulatedFirstMoment" }, { field: "accumulatedWeightedInfNorm" }],
  RMSProp: [
    { field: "accumulatedMeanSquares" },
    { field: "accumulatedMoments" },
    { field: "accumulatedMeanGrads" },
  ],
  Adagrad: [{ field: "accumulatedGrads", initial: "initialAccumulatorValue" }],
  Adadelta: [{ field: "accumulatedGrads" }, { field: "accumulatedUpdates" }],
};

function slotsOf(optimizer: tf.Optimizer): readonly SlotField[] {
  const name = optimizer.getClassName();
  return Object.hasOwn(SLOT_FIELDS, name) ? (SLOT_FIELDS[name] ?? []) : [];
}

/** Tensors of an optimizer are its own constants and clocks; lists and tables are of the variables. */
function holdsSlots(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof tf.Tensor);
}

function hasVariable(slot: unknown): slot is { readonly variable: tf.Variable } {
  return (
    typeof slot === "object" && slot !== null && "variable" in slot && slot.variable instanceof tf.Variable
  );
}
