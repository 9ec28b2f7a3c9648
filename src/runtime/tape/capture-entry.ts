import * as tf from "@tensorflow/tfjs";
import { AttributionError } from "./attribution-error.ts";
import type { Attribution, Entry, VariableLayout } from "./attribution.ts";
import type { CapturedEntry } from "./capture.ts";
import { captureGradients } from "./capture-gradients.ts";
import type { TapeNode } from "./engine.ts";
import { exampleMajor, product, samePlace, wholeAxis, type Place } from "./place.ts";
import { readFused, readProduct, savedOperands } from "./products.ts";

/** Where one variable enters: an input of one node, and what the variable has become there. */
export interface CaptureSite {
  readonly entry: Entry;
  readonly input: string;
  readonly layout: VariableLayout;
  readonly name: string;
  readonly variable: tf.Variable;
  /** By tensor id. */
  readonly attributions: ReadonlyMap<number, Attribution>;
  /** The node that each tensor comes from, by the tensor's id. */
  readonly producers: ReadonlyMap<number, TapeNode>;
}

/** Keeps what the gradients of single examples are computed from; the tensors are the caller's to dispose. */
export type Capture = (error: tf.Tensor) => CapturedEntry;

/**
 * @param price Whether a gradient may be computed for each example where there is no cheaper way.
 * @throws AttributionError where the variable enters in a way of which no single gradients can be kept.
 */
export function planCapture(site: CaptureSite, price: "cheap" | "any"): Capture {
  const { kernelName } = site.entry.node;
  const rule = Object.hasOwn(CAPTURE_RULES, kernelName) ? CAPTURE_RULES[kernelName] : undefined;
  const capture = rule?.(site) ?? (price === "any" ? captureGradients(site) : undefined);
  if (capture === undefined)
    throw new AttributionError({
      variable: site.name,
      kernel: kernelName,
      reason:
        "what single examples teach cannot be measured where the variable enters through this operation, but by a gradient for each, and these would not fit into memory",
      remedy: "let the batch be smaller, or leave the layer out of what is traced",
    });
  return (error) => {
    const entry = capture(error);
    for (const value of Object.values(entry)) if (value instanceof tf.Tensor) tf.keep(value);
    return entry;
  };
}

type CaptureRule = (site: CaptureSite) => Capture | undefined;

const CAPTURE_RULES: Readonly<Record<string, CaptureRule>> = {
  BatchMatMul: captureProduct,
  fusedMatMul__op: (site) => (site.input === "2" ? captureAddition(site) : captureProduct(site)),
  Conv2D: (site) => {
    const [images, filter] = site.entry.node.saved;
    return site.input === "filter"
      ? captureConvolution(site, site.entry.node.attributes, { images, filter })
      : undefined;
  },
  fusedConv2d__op: (site) => {
    if (site.input === "2") return captureAddition(site);
    const attributes = readFused(site.entry.node, "fusedConv2d__op", "FusedConv2D");
    const [filter, images] = site.entry.node.saved;
    return attributes === undefined || site.input !== "1"
      ? undefined
      : captureConvolution(site, attributes, { images, filter });
  },
  GatherV2: captureLookup,
  Add: (site) => captureAddition(site) ?? captureConstantRows(site),
  AddN: (site) => captureAddition(site),
  Sub: (site) =>
    site.input === "b" ? captureAddition(site, (error) => tf.neg(error)) : captureAddition(site),
  Multiply: (site) => captureAddition(site, (error) => tf.mul(error, otherFactor(site))),
};

/** θ times the rows of the other operand, on either side. */
function captureProduct({ entry, input, layout, attributions }: CaptureSite): Capture | undefined {
  const { node, examples } = entry;
  const operands = readProduct(node);
  const parameter = node.inputs[input];
  if (operands === undefined || parameter === undefined || layout.order === "other") return undefined;
  // Products of stacks of matrices have no row for each use of θ.
  if (product(parameter.shape.slice(0, -2)) !== 1) return undefined;
  const isRight = input === operands.right;
  const other = node.inputs[isRight ? operands.left : operands.right];
  const attribution = other === undefined ? undefined : attributions.get(other.id);
  if (attribution?.kind !== "examples") return undefined;
  const transposeOther = isRight ? operands.transposeLeft : !operands.transposeRight;
  const transposeOwn = isRight ? operands.transposeRight : !operands.transposeLeft;
  const isFlipped = transposeOwn !== (layout.order === "transposed");
  return (error) => {
    const saved = savedOperands(node);
    return {
      kind: "product",
      input: rowsOf(isRight ? saved.left : saved.right, attribution.place, transposeOther),
      error: rowsOf(error, examples, !isRight),
      orientation: isFlipped ? "transposed" : "plain",
    };
  };
}

/** Rows with the last axis as their width; columns where transposed. */
function rowsOf(matrices: tf.Tensor, examples: Place, isTransposed: boolean): tf.Tensor {
  const last = matrices.rank - 1;
  if (!isTransposed) return exampleMajor(matrices, examples, matrices.shape[last] ?? 1);
  const order = matrices.shape.map((_, axis) => (axis < last - 1 ? axis : 2 * last - 1 - axis));
  const axis = order.indexOf(examples.axis);
  return exampleMajor(tf.transpose(matrices, order), { ...examples, axis }, matrices.shape[last - 1] ?? 1);
}

/** θ broadcast over the leading axes, where the examples are. */
function captureAddition(
  { entry, input, layout }: CaptureSite,
  ownError: (error: tf.Tensor) => tf.Tensor = (error) => error,
): Capture | undefined {
  const shape = entry.node.inputs[input]?.shape;
  const output = entry.node.outputs[0]?.shape;
  if (shape === undefined || output === undefined || layout.order !== "same") return undefined;
  const aligned = [...output.slice(shape.length).map(() => 1), ...shape];
  const firstOwn = aligned.findIndex((length) => length !== 1);
  const leading = firstOwn < 0 ? output.length : firstOwn;
  if (entry.examples.axis >= leading) return undefined;
  const summed = aligned.flatMap((length, axis) =>
    axis >= leading && length !== output[axis] ? [axis] : [],
  );
  const width = product(aligned.slice(leading));
  return (error) => {
    const own = ownError(error);
    const reduced = summed.length === 0 ? own : tf.sum(own, summed, true);
    return { kind: "addition", error: exampleMajor(reduced, entry.examples, width) };
  };
}

/**
 * A constant row for each example times θ, which meets the examples only in a sum: the first step of a recurrent layer,
 * whose state begins as zeros.
 */
function captureConstantRows({ entry, input, attributions, producers }: CaptureSite): Capture | undefined {
  const { node, examples } = entry;
  const summand = node.inputs[input];
  const made = summand && producers.get(summand.id);
  const operands = made && readProduct(made);
  if (summand === undefined || made === undefined || operands === undefined || operands.bias !== undefined)
    return undefined;
  const [left, right] = [made.inputs[operands.left], made.inputs[operands.right]];
  const own = right && attributions.get(right.id);
  const isVariable =
    own?.kind === "parameter" && [...own.variables.values()].every(({ order }) => order === "same");
  const isConstant = left !== undefined && (attributions.get(left.id)?.kind ?? "constant") === "constant";
  if (!isVariable || !isConstant || operands.transposeLeft || operands.transposeRight) return undefined;
  const output = node.outputs[0]?.shape ?? [];
  const isRowByRow =
    output.length === 2 &&
    tf.util.arraysEqual(summand.shape, output) &&
    samePlace(examples, wholeAxis(output, 0));
  if (!isRowByRow) return undefined;
  return (error) => ({
    kind: "product",
    input: tf.reshape(savedOperands(made).left, left.shape),
    error: exampleMajor(error, examples, output[1] ?? 1),
    orientation: "plain",
  });
}

function otherFactor({ entry, input }: CaptureSite): tf.Tensor {
  const [a, b] = entry.node.saved;
  const other = input === "a" ? b : a;
  if (other === undefined) throw new Error("tfjs did not keep the factors of `Multiply`");
  return other;
}

function captureConvolution(
  { entry, layout }: CaptureSite,
  attributes: TapeNode["attributes"],
  saved: { readonly images: tf.Tensor | undefined; readonly filter: tf.Tensor | undefined },
): Capture | undefined {
  const { examples } = entry;
  const { images, filter } = saved;
  const isPlain = attributes["dataFormat"] === "NHWC" && layout.order === "same" && examples.axis === 0;
  if (!isPlain || images?.rank !== 4 || filter?.rank !== 4) return undefined;
  // The attributes are those of a convolution, as tfjs itself passed them on.
  const { strides, pad, dilations, dimRoundingMode } = attributes as unknown as tf.Conv2DAttrs;
  const filterShape = filter.shape as [number, number, number, number];
  const byExample = (tensor: tf.Tensor): tf.Tensor4D =>
    tf.reshape(
      exampleMajor(tensor, examples, tensor.shape[3] ?? 1),
      tensor.shape as [number, number, number, number],
    );
  return (error) => ({
    kind: "convolution",
    input: byExample(images),
    error: byExample(error),
    attributes: {
      filterShape,
      strides,
      pad,
      dilations,
      ...(dimRoundingMode === undefined ? {} : { dimRoundingMode }),
    },
  });
}

function captureLookup({ entry, input, layout, attributions }: CaptureSite): Capture | undefined {
  const { node, examples } = entry;
  const indices = node.inputs["indices"];
  const attribution = indices === undefined ? undefined : attributions.get(indices.id);
  const isPlain = input === "x" && layout.order === "same" && Number(node.attributes["axis"] ?? 0) === 0;
  const saved = node.saved[1];
  if (!isPlain || Number(node.attributes["batchDims"] ?? 0) !== 0) return undefined;
  if (attribution?.kind !== "examples" || saved === undefined) return undefined;
  const width = product(node.inputs["x"]?.shape.slice(1) ?? []);
  return (error) => ({
    kind: "lookup",
    indices: exampleMajor(saved, attribution.place, 1),
    error: exampleMajor(error, examples, width),
  });
}
