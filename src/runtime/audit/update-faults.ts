/** Mistakes of the update: the gradients are right, and what should be held back is not. */
import * as tf from "@tensorflow/tfjs";
import type { Mechanisms } from "../mechanisms.ts";
import { cutUnits } from "../bands.ts";
import { readSlots } from "../optimizer/slots.ts";
import type { GovernedVariable } from "../tape/gradients.ts";
import type { Fault, Planting } from "./fault.ts";

type Update = Parameters<Mechanisms["applyGated"]>;

const SHUT = "a step in which no example may teach some parameter or slice of units";
const REMEMBERING = `${SHUT}, and an optimizer that remembers earlier steps`;

export const UPDATE_FAULTS: readonly Fault[] = [
  {
    name: "gate ignored",
    what: "what no example may teach is updated by a gradient of 0: momentum and moments move it",
    needs: REMEMBERING,
    plant: (planting) =>
      withUpdate(planting, (optimizer, variables, gradients, gates) => {
        const open = gates.map((own) => own.map(() => true));
        const full = gradients.map(
          (gradient, index) => gradient ?? tf.zeros(variables[index]?.variable.shape ?? []),
        );
        planting.sound.applyGated(optimizer, variables, full, open);
        full.forEach((gradient, index) => gradients[index] ?? gradient.dispose());
      }),
  },
  {
    name: "slot leak",
    what: "the values stay, but what the optimizer remembers of them decays",
    needs: REMEMBERING,
    plant: (planting) =>
      withUpdate(planting, (optimizer, variables, gradients, gates) => {
        planting.sound.applyGated(optimizer, variables, gradients, gates);
        for (const index of shutOnes(gates))
          for (const { variable } of slotsAt(optimizer, variables, index))
            if (variable !== undefined) tf.tidy(() => variable.assign(tf.mul(variable, 0.9)));
      }),
  },
  {
    name: "decay of what is frozen",
    what: "weight decay takes its share of what no example may teach",
    needs: SHUT,
    plant: (planting) => moveShut(planting, (variable) => tf.mul(variable, 1 - 1e-4)),
  },
  {
    name: "the last bit",
    what: "one number that no example may teach moves by its smallest bit",
    needs: SHUT,
    plant: (planting) =>
      moveShut(planting, (variable) => {
        const bits = new Uint32Array(Float32Array.from(variable.dataSync()).buffer);
        return tf.tensor(new Float32Array(bits.with(0, (bits[0] ?? 0) ^ 1).buffer), variable.shape);
      }),
  },
  {
    name: "slice that is not held back",
    what: "where some units of a layer may change, those that may not change with them",
    needs:
      "an optimizer that remembers earlier steps, and a step in which examples may teach only some units of a layer",
    plant: (planting) =>
      withUpdate(planting, (optimizer, variables, gradients, gates) => {
        const wide = gates.map((own) => (own.includes(true) ? own.map(() => true) : own));
        planting.sound.applyGated(optimizer, variables, gradients, wide);
      }),
  },
  {
    name: "statistics leak",
    what: "a variable that is not trained, such as a moving mean, is moved by the update",
    needs: "a variable that is not trained",
    plant: ({ sound, planted, untrained }) => ({
      ...sound,
      applyGated: (...update) => {
        sound.applyGated(...update);
        const [first] = untrained;
        if (first === undefined) return;
        planted();
        tf.tidy(() => first.assign(tf.add(tf.mul(first, 0.99), 0.01)));
      },
    }),
  },
];

/** The fault counts as planted in the steps in which what may not change has changed. */
function withUpdate({ sound, planted }: Planting, update: (...given: Update) => void): Mechanisms {
  return {
    ...sound,
    applyGated: (...given) => {
      const before = readShut(given);
      update(...given);
      const after = readShut(given);
      if (before.some((values, index) => values.some((value, at) => value !== after[index]?.[at]))) planted();
    },
  };
}

function moveShut(planting: Planting, move: (variable: tf.Variable) => tf.Tensor): Mechanisms {
  return withUpdate(planting, (optimizer, variables, gradients, gates) => {
    planting.sound.applyGated(optimizer, variables, gradients, gates);
    const own = variables[shutOnes(gates)[0] ?? -1]?.variable;
    if (own !== undefined) tf.tidy(() => own.assign(move(own)));
  });
}

/** Parameters of which some units, or all, may not change. */
function shutOnes(gates: Update[3]): readonly number[] {
  return gates.flatMap((own, index) => (own.includes(false) ? [index] : []));
}

function slotsAt(
  optimizer: tf.Optimizer,
  variables: readonly GovernedVariable[],
  index: number,
): ReturnType<typeof readSlots> {
  const own = variables[index];
  return own === undefined ? [] : readSlots(optimizer, index, own.variable.shape);
}

/** Every number that may not change: of shut segments, the values and what the optimizer remembers. */
function readShut([optimizer, variables, , gates]: Update): readonly Float32Array[] {
  return variables.flatMap(({ variable, plan }, index) =>
    (gates[index] ?? []).flatMap((isOpen, segment) => {
      if (isOpen) return [];
      const units = plan.segments[segment]?.units ?? "whole";
      const read = (tensor: tf.Tensor): Float32Array =>
        tf.tidy(() =>
          Float32Array.from(
            (units === "whole" || plan.unitAxis === undefined
              ? tensor
              : cutUnits(tensor, plan.unitAxis, units)
            ).dataSync(),
          ),
        );
      const slots = slotsAt(optimizer, variables, index).map((slot) => {
        if (slot.variable !== undefined) return read(slot.variable);
        return tf.tidy(() => read(tf.fill([...slot.shape], slot.initial)));
      });
      return [read(variable), ...slots];
    }),
  );
}
