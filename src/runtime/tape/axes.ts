/**
 * Where each axis of a kernel's input lies in its output: the one thing that must be known of a kernel to tell its
 * examples, and its units, apart. An axis that survives also stays diagonal: position p of the output's axis depends
 * on position p of the input's and on no other.
 */
import type { TapeNode } from "./engine.ts";
import { product, reshapePlace, samePlace, type Place } from "./place.ts";
import { readProduct } from "./products.ts";

/** The input's place in the output; undefined where the axis is summed over, mixed or cut. */
export type AxisRule = (node: TapeNode, input: string, place: Place) => Place | undefined;

export function findAxisRule(kernelName: string): AxisRule | undefined {
  return Object.hasOwn(AXIS_RULES, kernelName) ? AXIS_RULES[kernelName] : undefined;
}

/** The shape of a node's (first) output. */
export function outputShape(node: TapeNode): readonly number[] {
  return node.outputs[0]?.shape ?? [];
}

function inputShape(node: TapeNode, input: string): readonly number[] {
  return node.inputs[input]?.shape ?? [];
}

/** A rule that only moves axes; one whose length changes on the way was cut, padded or broadcast. */
function moving(move: (node: TapeNode, axis: number, input: string) => number | undefined): AxisRule {
  return (node, input, place) => {
    const axis = move(node, place.axis, input);
    if (axis === undefined) return undefined;
    const length = inputShape(node, input)[place.axis];
    return node.outputs.every((output) => output.shape[axis] === length) ? { ...place, axis } : undefined;
  };
}

/** Shapes aligned at the last axis, as broadcasting does. */
const elementwise = moving(
  (node, axis, input) => axis + outputShape(node).length - inputShape(node, input).length,
);

const reshaping: AxisRule = (node, input, place) =>
  reshapePlace(place, inputShape(node, input), outputShape(node));

function reducing(attribute: string): AxisRule {
  return moving((node, axis, input) => {
    const rank = inputShape(node, input).length;
    const reduced = readAxes(node.attributes[attribute], rank);
    if (reduced.includes(axis)) return undefined;
    return outputShape(node).length === rank ? axis : axis - reduced.filter((other) => other < axis).length;
  });
}

/** All axes stay where they are but those that the attribute names. */
function except(attribute: string): AxisRule {
  return moving((node, axis, input) =>
    readAxes(node.attributes[attribute], inputShape(node, input).length).includes(axis) ? undefined : axis,
  );
}

/** Windows slide over the axes between the first, which counts images, and the last, which counts channels. */
const windowed = moving((node, axis, input) => {
  const last = inputShape(node, input).length - 1;
  return axis === 0 || axis === last ? axis : undefined;
});

/** A convolution keeps the first axis of its images, and of the filter the axis of its output channels. */
function convolving(images: string, filter: string, filterAxis: number): AxisRule {
  const channels = (node: TapeNode): number =>
    node.attributes["dataFormat"] === "NCHW" ? 1 : outputShape(node).length - 1;
  return moving((node, axis, input) => {
    if (input === images) return axis === 0 ? 0 : undefined;
    return input === filter && axis === filterAxis ? channels(node) : undefined;
  });
}

const depthwise: AxisRule = (node, input, place) => {
  const filter = inputShape(node, input === "x" ? "filter" : input);
  if (input === "x") {
    if (place.axis === 0) return place;
    return place.axis === 3 ? { ...place, inner: place.inner * (filter[3] ?? 1) } : undefined;
  }
  // Output channel c·m + j is channel c of the image under the j-th of m filters.
  if (place.axis === 2) return { ...place, axis: 3, inner: place.inner * (filter[3] ?? 1) };
  return place.axis === 3 ? { ...place, outer: place.outer * (filter[2] ?? 1) } : undefined;
};

const multiplying: AxisRule = (node, input, place) => {
  const operands = readProduct(node);
  if (operands === undefined) return undefined;
  if (input === operands.bias) return elementwise(node, input, place);
  const isLeft = input === operands.left;
  const [left, right] = [inputShape(node, operands.left), inputShape(node, operands.right)];
  const [rows, columns] = [
    left[left.length - (operands.transposeLeft ? 1 : 2)] ?? 1,
    right[right.length - (operands.transposeRight ? 2 : 1)] ?? 1,
  ];
  const shape = isLeft ? left : right;
  const rank = Math.max(left.length, right.length);
  const leading = outputShape(node);
  const full = [
    ...Array.from({ length: rank - 2 }, (_, axis) => Math.max(left[axis] ?? 1, right[axis] ?? 1)),
    rows,
    columns,
  ];
  const moved = ((): number | undefined => {
    if (place.axis < shape.length - 2) return place.axis + rank - shape.length;
    const isFirst = place.axis === shape.length - 2;
    if (isLeft) return isFirst === !operands.transposeLeft ? rank - 2 : undefined;
    return isFirst === operands.transposeRight ? rank - 1 : undefined;
  })();
  if (moved === undefined || full[moved] !== shape[place.axis]) return undefined;
  // A fused product works on three axes and then takes the shape that was asked for.
  return product(full) === product(leading)
    ? reshapePlace({ ...place, axis: moved }, full, leading)
    : undefined;
};

const gathering = moving((node, axis, input) => {
  const rank = inputShape(node, "x").length;
  const [gathered = 0] = readAxes(node.attributes["axis"] ?? 0, rank);
  const batched = Number(node.attributes["batchDims"] ?? 0);
  if (input === "indices") return axis < batched ? axis : gathered + axis - batched;
  if (axis === gathered) return undefined;
  return axis < gathered ? axis : axis - 1 + inputShape(node, "indices").length - batched;
});

const transposing = moving((node, axis) => {
  const permutation = node.attributes["perm"];
  const found = Array.isArray(permutation) ? permutation.indexOf(axis) : -1;
  return found < 0 ? undefined : found;
});

const stacking = moving((node, axis) => {
  const [stacked = 0] = readAxes(node.attributes["axis"] ?? 0, outputShape(node).length);
  return axis < stacked ? axis : axis + 1;
});

const unstacking = moving((node, axis, input) => {
  const [stacked = 0] = readAxes(node.attributes["axis"] ?? 0, inputShape(node, input).length);
  if (axis === stacked) return undefined;
  return axis < stacked ? axis : axis - 1;
});

/** Repetition lays copies of the whole axis one after another. */
const repeating: AxisRule = (node, input, place) => {
  const repetitions = (outputShape(node)[place.axis] ?? 1) / (inputShape(node, input)[place.axis] ?? 1);
  return { ...place, outer: place.outer * repetitions };
};

const fusedConvolving: AxisRule = (node, input, place) => {
  if (outputShape(node).length !== 4) return undefined;
  return input === "2" ? elementwise(node, input, place) : convolving("0", "1", 3)(node, input, place);
};

const fusedDepthwise: AxisRule = (node, input, place) => {
  if (outputShape(node).length !== 4) return undefined;
  if (input === "2") return elementwise(node, input, place);
  const [x, filter] = [node.inputs["0"], node.inputs["1"]];
  if (x === undefined || filter === undefined) return undefined;
  return depthwise({ ...node, inputs: { x, filter } }, input === "0" ? "x" : "filter", place);
};

/** Row by row over the last axis. */
const overLastAxis = moving((node, axis, input) =>
  axis === inputShape(node, input).length - 1 ? undefined : axis,
);

const AXIS_RULES: Readonly<Record<string, AxisRule>> = {
  ...Object.fromEntries(
    [
      "Abs",
      "Acos",
      "Acosh",
      "Asin",
      "Asinh",
      "Atan",
      "Atanh",
      "Cast",
      "Ceil",
      "ClipByValue",
      "ComplexAbs",
      "Cos",
      "Cosh",
      "Elu",
      "Erf",
      "Exp",
      "Expm1",
      "Floor",
      "Identity",
      "IsFinite",
      "IsInf",
      "IsNan",
      "LeakyRelu",
      "Log",
      "Log1p",
      "LogicalNot",
      "Neg",
      "OnesLike",
      "Reciprocal",
      "Relu",
      "Relu6",
      "Round",
      "Rsqrt",
      "Selu",
      "Sigmoid",
      "Sign",
      "Sin",
      "Sinh",
      "Softplus",
      "Sqrt",
      "Square",
      "Step",
      "Tan",
      "Tanh",
      "ZerosLike",
      "logSigmoid__op",
      "stopGradient__op",
      "Add",
      "AddN",
      "Atan2",
      "Equal",
      "FloorDiv",
      "Greater",
      "GreaterEqual",
      "Less",
      "LessEqual",
      "LogicalAnd",
      "LogicalOr",
      "Maximum",
      "Minimum",
      "Mod",
      "Multiply",
      "NotEqual",
      "Pow",
      "Prelu",
      "RealDiv",
      "Select",
      "SquaredDifference",
      "Sub",
      "BroadcastTo",
      "FusedBatchNorm",
      "Slice",
      "PadV2",
      "MirrorPad",
    ].map((kernelName) => [kernelName, elementwise]),
  ),
  Reshape: reshaping,
  ExpandDims: reshaping,
  OneHot: moving((_, axis) => axis),
  All: reducing("axis"),
  Any: reducing("axis"),
  ArgMax: reducing("axis"),
  ArgMin: reducing("axis"),
  Max: reducing("reductionIndices"),
  Mean: reducing("axis"),
  Min: reducing("axis"),
  Prod: reducing("axis"),
  Sum: reducing("axis"),
  Concat: except("axis"),
  Cumprod: except("axis"),
  Cumsum: except("axis"),
  LogSoftmax: except("axis"),
  LRN: overLastAxis,
  Reverse: except("dims"),
  Softmax: except("dim"),
  SplitV: except("axis"),
  logSoftmax__op: overLastAxis,
  softmaxCrossEntropy__op: overLastAxis,
  BatchMatMul: multiplying,
  fusedMatMul__op: multiplying,
  Conv2D: convolving("x", "filter", 3),
  Conv2DBackpropInput: convolving("dy", "filter", 2),
  Conv3D: convolving("x", "filter", 4),
  Conv3DBackpropInputV2: convolving("dy", "filter", 3),
  DepthwiseConv2dNative: depthwise,
  fusedConv2d__op: fusedConvolving,
  fusedDepthwiseConv2d__op: fusedDepthwise,
  AvgPool: windowed,
  AvgPool3D: windowed,
  MaxPool: windowed,
  MaxPool3D: windowed,
  ResizeBilinear: windowed,
  ResizeNearestNeighbor: windowed,
  GatherV2: gathering,
  Transpose: transposing,
  Pack: stacking,
  Unpack: unstacking,
  Tile: repeating,
};

/** Axes as an attribute gives them: one or several, counted from the end where negative; all where it is null. */
function readAxes(attribute: unknown, rank: number): readonly number[] {
  if (attribute === undefined || attribute === null) return Array.from({ length: rank }, (_, axis) => axis);
  const axes: readonly unknown[] = Array.isArray(attribute) ? attribute : [attribute];
  return axes.map((axis) => (Number(axis) < 0 ? Number(axis) + rank : Number(axis)));
}

/** Places are the same or both unknown. */
export function agree(left: Place | undefined, right: Place | undefined): boolean {
  return left === undefined || right === undefined ? left === right : samePlace(left, right);
}
