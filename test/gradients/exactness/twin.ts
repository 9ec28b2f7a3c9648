import * as tf from "@tensorflow/tfjs";
import type { Built } from "./networks.ts";

/** Bits of a variable and of what an optimizer remembers of it. */
export interface VariableState {
  /** The last axis counts the units. */
  readonly units: number;
  readonly value: Uint32Array;
  readonly slots: readonly Uint32Array[];
}

/** By `layer/role`. */
export type State = ReadonlyMap<string, VariableState>;

export type GivenGradients = readonly (tf.Tensor | null)[];

export function readState({ variables }: Pick<Built, "variables">, optimizer: tf.Optimizer): State {
  return new Map(
    [...variables].map(([name, variable], position) => [
      name,
      {
        units: variable.shape.at(-1) ?? 1,
        value: bitsOf(variable),
        slots: slotLists(optimizer).map((list) => {
          const slot = list[position]?.variable;
          // Before the first step there are none, and they would start at this.
          const initial = Number(Reflect.get(optimizer, "initialAccumulatorValue") ?? 0);
          return slot === undefined
            ? new Uint32Array(new Float32Array(variable.size).fill(initial).buffer)
            : bitsOf(slot);
        }),
      },
    ]),
  );
}

function bitsOf(tensor: tf.Tensor): Uint32Array {
  // A copy: cpu hands out the buffer itself.
  return new Uint32Array(Float32Array.from(tensor.dataSync()).buffer);
}

type SlotList = readonly ({ readonly variable: tf.Variable } | undefined)[];

/** All lists that an optimizer of tfjs has are of slots, by the position of the variable. */
function slotLists(optimizer: tf.Optimizer): readonly SlotList[] {
  return Object.values(optimizer).filter((value): value is SlotList => Array.isArray(value));
}

/** Keeps copies of the gradients that an optimizer is given; whoever takes them disposes them. */
export function listenTo(optimizer: tf.Optimizer): () => GivenGradients {
  const apply = optimizer.applyGradients.bind(optimizer);
  let given: GivenGradients = [];
  optimizer.applyGradients = (gradients) => {
    if (!Array.isArray(gradients)) throw new TypeError("gradients come in the order of the variables");
    // tfjs's types do not say that a gradient may be missing.
    given = gradients.map(({ tensor }: { tensor: tf.Tensor | null }) =>
      tensor === null ? null : tf.keep(tf.clone(tensor)),
    );
    apply(gradients);
  };
  return () => given;
}

/** The same variables once more, under the same optimizer without a gate. */
export interface Twin {
  /** One update from a state; a gradient that is missing counts as zero, and those given are disposed. */
  readonly follow: (state: State, gradients: GivenGradients) => State;
  readonly dispose: () => void;
}

export function createTwin(built: Pick<Built, "variables">, optimizer: tf.Optimizer): Twin {
  const variables = new Map(
    [...built.variables].map(([name, variable]) => [name, tf.tidy(() => tf.variable(tf.clone(variable)))]),
  );
  return {
    follow: (state, gradients) => {
      [...variables].forEach(([name, variable], position) => {
        const from = state.get(name);
        assignBits(variable, from?.value);
        slotLists(optimizer).forEach((list, number) => {
          const slot = list[position]?.variable;
          if (slot !== undefined) assignBits(slot, from?.slots[number]);
        });
      });
      const named = [...variables.values()].map((variable, index) => ({
        name: variable.name,
        tensor: gradients[index] ?? tf.zeros(variable.shape),
      }));
      optimizer.applyGradients(named);
      tf.dispose(named.map(({ tensor }) => tensor));
      return readState({ variables }, optimizer);
    },
    dispose: () => {
      optimizer.dispose();
      tf.dispose([...variables.values()]);
    },
  };
}

function assignBits(variable: tf.Variable, bits: Uint32Array | undefined): void {
  if (bits === undefined) throw new Error("the state is of other variables");
  tf.tidy(() => {
    variable.assign(tf.tensor(new Float32Array(bits.slice().buffer), variable.shape));
  });
}
