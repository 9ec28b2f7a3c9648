/**
 * Whose is each number of the forward pass? Followed along the tape: which tensors are made of governed variables
 * alone, where the examples lie in the others, and at which nodes the two meet. There, and only there, the gradient of
 * a variable is told apart by example: what enters a row of the result is learnt from that row's example.
 */
import * as tf from "@tensorflow/tfjs";
import { AttributionError } from "./attribution-error.ts";
import { agree, findAxisRule } from "./axes.ts";
import type { TapeNode } from "./engine.ts";
import { samePlace, wholeAxis, type Place } from "./place.ts";

export type Attribution =
  /** Of neither. `captured`: made of a tensor that came from elsewhere, and might hold data. */
  | { readonly kind: "constant"; readonly captured: boolean }
  /** Of governed variables alone. */
  | ParameterAttribution
  /** Each example has its own part. `learner`: a variable upstream whose gradients must be told apart. */
  | { readonly kind: "examples"; readonly place: Place; readonly learner: number | undefined }
  /** The examples are summed or mixed. */
  | { readonly kind: "coupled"; readonly learner: number | undefined };

export interface ParameterAttribution {
  readonly kind: "parameter";
  /** Index of each governed variable it is made of, to how the variable lies in it. */
  readonly variables: ReadonlyMap<number, VariableLayout>;
  readonly captured: boolean;
}

export interface VariableLayout {
  /** Where the variable's units are counted; undefined where it has none or they can no longer be followed. */
  readonly units: Place | undefined;
  /** How the numbers of the variable lie in the tensor. */
  readonly order: "same" | "transposed" | "other";
}

/** A node where governed variables meet examples. */
export interface Entry {
  readonly node: TapeNode;
  /** The examples in the node's output. */
  readonly examples: Place;
  /** The inputs made of governed variables. */
  readonly parameters: ReadonlyMap<string, ParameterAttribution>;
}

export interface AttributedTape {
  readonly entries: readonly Entry[];
  /** By tensor id. */
  readonly attributions: ReadonlyMap<number, Attribution>;
  /** Kernels at which examples met a mixture of examples, downstream of a governed variable. */
  readonly couplings: readonly string[];
  /** Indices of the variables that the loss also depends on without the examples, as by a weight penalty. */
  readonly penalised: ReadonlySet<number>;
}

export interface AttributionRequest {
  readonly tape: readonly TapeNode[];
  readonly loss: tf.Tensor;
  readonly variables: readonly AttributedVariable[];
  /** Axis 0 of each counts the examples. */
  readonly batch: readonly tf.Tensor[];
}

export interface AttributedVariable {
  readonly tensor: tf.Tensor;
  readonly name: string;
  readonly unitAxis: number | undefined;
  /** Whether it is an error when its gradient cannot be told apart by example. */
  readonly isStrict: boolean;
}

/** @throws AttributionError where a strict variable cannot be attributed. */
export function attribute(request: AttributionRequest): AttributedTape {
  const { tape, variables, batch, loss } = request;
  const attributions = new Map<number, Attribution>();
  for (const tensor of batch)
    attributions.set(tensor.id, { kind: "examples", place: wholeAxis(tensor.shape, 0), learner: undefined });
  variables.forEach(({ tensor, unitAxis }, index) => {
    const units = unitAxis === undefined ? undefined : wholeAxis(tensor.shape, unitAxis);
    const layout: VariableLayout = { units, order: "same" };
    attributions.set(tensor.id, {
      kind: "parameter",
      variables: new Map([[index, layout]]),
      captured: false,
    });
  });
  const entries: Entry[] = [];
  const couplings = new Set<string>();
  const penalised = new Set<number>();
  for (const node of tape) {
    const inputs = new Map(
      Object.entries(node.inputs).map(([name, tensor]) => [
        name,
        attributions.get(tensor.id) ?? attributeLeaf(tensor),
      ]),
    );
    const output = combine(node, inputs, variables, couplings);
    const parameters = parametersOf(inputs);
    if (parameters.size > 0 && output.kind !== "parameter") {
      const entry = findEntry(node, parameters, output, variables);
      if (entry !== undefined) entries.push(entry);
      else
        for (const { variables: own } of parameters.values())
          for (const index of own.keys()) penalised.add(index);
    }
    for (const tensor of node.outputs) attributions.set(tensor.id, output);
  }
  const final = attributions.get(loss.id);
  if (final?.kind === "parameter" && final.captured) refuseCaptured(final, "the loss", variables);
  return { entries, attributions, couplings: [...couplings], penalised };
}

/** A single number is no data of examples; the regularisers of tfjs-layers start their sums from a `zeros([1])`. */
function attributeLeaf(tensor: tf.Tensor): Attribution {
  return { kind: "constant", captured: tensor.size > 1 && !(tensor instanceof tf.Variable) };
}

type Inputs = ReadonlyMap<string, Attribution>;

function combine(
  node: TapeNode,
  inputs: Inputs,
  variables: readonly AttributedVariable[],
  couplings: Set<string>,
): Attribution {
  const kinds = new Set([...inputs.values()].map(({ kind }) => kind));
  if (!kinds.has("examples") && !kinds.has("coupled")) return combineParameters(node, inputs);
  const learner = findLearner(inputs, variables);
  const rule = findAxisRule(node.kernelName);
  if (rule === undefined) {
    if (learner !== undefined) refuseUnknown(node.kernelName, learner, variables);
    // Nothing that learns lies upstream: data like any other that does not come from the batch.
    return { kind: "constant", captured: true };
  }
  const places = [...inputs].flatMap(([name, input]) => {
    const place = input.kind === "examples" ? rule(node, name, input.place) : undefined;
    return place === undefined ? [] : [place];
  });
  const [place] = places;
  if (place === undefined || places.some((other) => !samePlace(other, place)))
    return { kind: "coupled", learner };
  const mixing = [...inputs].some(
    ([name, input]) =>
      (input.kind === "coupled" && input.learner !== undefined) ||
      (input.kind === "examples" &&
        input.learner !== undefined &&
        rule(node, name, input.place) === undefined),
  );
  if (mixing) couplings.add(node.kernelName);
  return { kind: "examples", place, learner };
}

/** What is made of variables and constants stays so, whatever the kernel. */
function combineParameters(node: TapeNode, inputs: Inputs): Attribution {
  const captured = [...inputs.values()].some(
    (input) => (input.kind === "constant" || input.kind === "parameter") && input.captured,
  );
  const variables = new Map<number, VariableLayout>();
  for (const [name, input] of inputs) {
    if (input.kind !== "parameter") continue;
    for (const [variable, layout] of input.variables) {
      const moved = moveLayout(node, name, layout);
      const other = variables.get(variable);
      variables.set(variable, other === undefined ? moved : mergeLayouts(other, moved));
    }
  }
  return variables.size === 0 ? { kind: "constant", captured } : { kind: "parameter", variables, captured };
}

function mergeLayouts(left: VariableLayout, right: VariableLayout): VariableLayout {
  return { units: agree(left.units, right.units) ? left.units : undefined, order: "other" };
}

const ORDER_KEEPING: ReadonlySet<string> = new Set(["Identity", "Cast", "Reshape", "ExpandDims"]);

function moveLayout(node: TapeNode, input: string, { units, order }: VariableLayout): VariableLayout {
  const moved = units === undefined ? undefined : findAxisRule(node.kernelName)?.(node, input, units);
  return { units: moved, order: moveOrder(node, input, order) };
}

function moveOrder(node: TapeNode, input: string, order: VariableLayout["order"]): VariableLayout["order"] {
  const [from, to] = [node.inputs[input]?.shape ?? [], node.outputs[0]?.shape ?? []];
  if (node.kernelName === "Transpose") {
    const permutation = node.attributes["perm"];
    const isIdentity = Array.isArray(permutation) && permutation.every((axis, index) => axis === index);
    if (isIdentity) return order;
    if (from.length !== 2 || order === "other") return "other";
    return order === "same" ? "transposed" : "same";
  }
  if (!ORDER_KEEPING.has(node.kernelName)) return "other";
  if (order !== "transposed") return order;
  const significant = (shape: readonly number[]): readonly number[] => shape.filter((length) => length !== 1);
  return tf.util.arraysEqual([...significant(from)], [...significant(to)]) ? order : "other";
}

function findLearner(inputs: Inputs, variables: readonly AttributedVariable[]): number | undefined {
  for (const input of inputs.values()) {
    if (input.kind === "constant") continue;
    const learner = input.kind === "parameter" ? strictOf(input, variables) : input.learner;
    if (learner !== undefined) return learner;
  }
  return undefined;
}

function strictOf(
  parameter: ParameterAttribution,
  variables: readonly AttributedVariable[],
): number | undefined {
  return [...parameter.variables.keys()].find((variable) => variables[variable]?.isStrict);
}

/** Sums keep a regulariser apart from the loss of the data. */
const ADDITIVE: ReadonlySet<string> = new Set(["Add", "AddN", "Sub"]);

function parametersOf(inputs: Inputs): Entry["parameters"] {
  return new Map(
    [...inputs].flatMap(([name, input]) => (input.kind === "parameter" ? [[name, input] as const] : [])),
  );
}

/** Undefined where variables meet no examples, but the loss itself or what nothing learns from. */
function findEntry(
  node: TapeNode,
  parameters: Entry["parameters"],
  output: Attribution,
  variables: readonly AttributedVariable[],
): Entry | undefined {
  if (output.kind === "constant") return undefined;
  if (output.kind === "examples" && node.outputs.length === 1)
    return { node, examples: output.place, parameters };
  for (const [name, parameter] of parameters) {
    const variable = strictOf(parameter, variables);
    if (variable === undefined) continue;
    const isRegulariser = node.inputs[name]?.rank === 0 && ADDITIVE.has(node.kernelName);
    if (isRegulariser && parameter.captured) refuseCaptured(parameter, node.kernelName, variables);
    if (!isRegulariser) refuseCoupled(node.kernelName, variable, variables);
  }
  return undefined;
}

function nameOf(variable: number | undefined, variables: readonly AttributedVariable[]): string {
  return variables[variable ?? -1]?.name ?? "a variable";
}

function refuseUnknown(kernel: string, variable: number, variables: readonly AttributedVariable[]): never {
  throw new AttributionError({
    variable: nameOf(variable, variables),
    kernel,
    reason: "it is not known which rows of the result of this operation belong to which example",
    remedy:
      "write the operation with other tfjs operations (a custom gradient that only cuts is `stopGradient` of strata-gov), or leave its variables out of every band, route and detach",
  });
}

function refuseCoupled(kernel: string, variable: number, variables: readonly AttributedVariable[]): never {
  throw new AttributionError({
    variable: nameOf(variable, variables),
    kernel,
    reason: "the variable meets the examples of the batch after they have been mixed or summed",
    remedy: "keep the examples on an axis of their own until the loss takes their mean",
  });
}

function refuseCaptured(
  parameter: ParameterAttribution,
  kernel: string,
  variables: readonly AttributedVariable[],
): void {
  const variable = strictOf(parameter, variables);
  if (variable === undefined) return;
  throw new AttributionError({
    variable: nameOf(variable, variables),
    kernel,
    reason: "the variable meets a tensor from outside the batch, and never an example",
    remedy: "bring data in through the batch, and keep constants in a `tf.variable` that is not trainable",
  });
}
