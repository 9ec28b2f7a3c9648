/** Whether the data of an experiment fits its model: asked before the training, in the experiment's own words. */
import * as tf from "@tensorflow/tfjs";
import { asList } from "./batch.ts";
import { checkLengths, type TrainingData } from "./data.ts";
import { isLossName, NAMED_LOSSES } from "./loss.ts";
import { areTensors } from "./metadata.ts";
import type { LayersLoss } from "./network/layers-model.ts";
import type { PlainNetwork } from "./network/plain.ts";

/** What is wrong with the data, or nothing. A plain network reads its batches as it likes. */
export function dataProblem(
  model: tf.LayersModel | PlainNetwork,
  data: TrainingData,
  loss: LayersLoss | undefined,
): string | undefined {
  return (
    formProblem(data) ?? lengthProblem(data) ?? (isLayers(model) ? fitProblem(model, data, loss) : undefined)
  );
}

/** What is wrong with the loss of a layers model, or nothing. */
export function lossProblem(
  model: tf.LayersModel | PlainNetwork,
  loss: LayersLoss | undefined,
): string | undefined {
  if (!isLayers(model)) return undefined;
  const known = Object.keys(NAMED_LOSSES).join(", ");
  if (loss === undefined) {
    // tfjs has looked at the loss that it was compiled with.
    const isCompiled = (model.loss as LayersLoss | undefined) !== undefined;
    return isCompiled
      ? undefined
      : `it has a layers model and no \`loss\`: give it a function, or one of ${known}`;
  }
  const losses: readonly unknown[] = Array.isArray(loss) ? loss : [loss];
  const odd = losses.find((one) => typeof one !== "function" && !isLossName(one));
  if (odd !== undefined)
    return `its \`loss\` is ${JSON.stringify(odd)}, and must be a function or one of ${known}`;
  if (Array.isArray(loss) && losses.length !== model.outputs.length)
    return `it gives ${losses.length} losses to a model with ${model.outputs.length} outputs`;
  return undefined;
}

function isLayers(model: tf.LayersModel | PlainNetwork): model is tf.LayersModel {
  return model instanceof tf.LayersModel;
}

function formProblem({ targets }: TrainingData): string | undefined {
  return targets === undefined || areTensors(targets)
    ? undefined
    : "the `targets` of its `data` must be a tensor or a list of tensors";
}

function lengthProblem(data: TrainingData): string | undefined {
  try {
    checkLengths(data);
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `in its \`data\` ${error.message}`;
  }
}

function fitProblem(
  model: tf.LayersModel,
  data: TrainingData,
  loss: LayersLoss | undefined,
): string | undefined {
  const inputs = asList(data.inputs);
  if (inputs.length !== model.inputs.length)
    return `its \`data\` gives ${inputs.length} inputs to a model with ${model.inputs.length}`;
  const odd = inputs.findIndex((tensor, index) => !fits(tensor.shape, model.inputs[index]?.shape ?? []));
  if (odd !== -1) return sayMisfit("inputs", inputs[odd], `the model takes`, model.inputs[odd]);

  // Where there are no targets, the inputs are what the outputs are held against.
  const [name, targets] = data.targets === undefined ? ["inputs", inputs] : ["targets", asList(data.targets)];
  if (targets.length !== model.outputs.length)
    return `its \`data\` gives ${targets.length} ${name} to a model with ${model.outputs.length} outputs`;
  const given = loss ?? (model.loss as LayersLoss | undefined);
  const wrong = targets.findIndex((target, index) => {
    const own = Array.isArray(given) ? (given as readonly unknown[])[index] : given;
    // What a loss of the experiment's own makes of its targets is its own affair.
    if (typeof own !== "string") return false;
    const output = model.outputs[index]?.shape ?? [];
    const classes = own === "sparseCategoricalCrossentropy" ? output.slice(0, -1) : output;
    return !fits(target.shape, classes) && !(own.startsWith("sparse") && fits(target.shape, [...classes, 1]));
  });
  return wrong === -1 ? undefined : sayMisfit(name, targets[wrong], "the model gives", model.outputs[wrong]);
}

/** Axis 0 counts the examples; null stands for any length. */
function fits(shape: readonly number[], expected: readonly (number | null)[]): boolean {
  return (
    shape.length === expected.length &&
    expected.every((length, axis) => axis === 0 || length === null || length === shape[axis])
  );
}

function sayMisfit(
  name: string,
  tensor: tf.Tensor | undefined,
  what: string,
  symbolic: tf.SymbolicTensor | undefined,
): string {
  const expected = ["B", ...(symbolic?.shape ?? []).slice(1).map((length) => length ?? "any")].join(", ");
  return `the \`${name}\` of its \`data\` have the shape [${tensor?.shape.join(", ") ?? ""}], but ${what} [${expected}]`;
}
