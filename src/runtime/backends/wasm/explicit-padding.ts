/**
 * Conv2D, DepthwiseConv2dNative and their fused forms. XNNPACK works out the size of the output by itself; where it
 * comes to another size than tfjs (the padding `same` with a stride that leaves the end of an axis unread, rounding
 * modes other than floor, one number as padding with unequal strides), stock answers with zeros or writes past the
 * end of the output. Here the input is padded and cut so that both agree; all else is stock's.
 */
import * as tf from "@tensorflow/tfjs";
import { composed, type ComposedKernel, type Inputs } from "./composition.ts";

type Attributes = Pick<tf.Conv2DAttrs, "strides" | "pad" | "dataFormat" | "dimRoundingMode"> & {
  /** The depthwise layer of tfjs gives null where it has none, whatever the types say. */
  readonly dilations: tf.Conv2DAttrs["dilations"] | null;
};

export const convolution: ComposedKernel = withExplicitPadding("each_to_all");
export const depthwiseConvolution: ComposedKernel = withExplicitPadding("depthwise");

function withExplicitPadding(channels: "each_to_all" | "depthwise"): ComposedKernel {
  // The fused forms have a bias and an activation beside these, which pass through.
  return composed<Inputs<"x" | "filter">, Attributes>(({ run, stock }, inputs, attributes) => {
    const { strides, pad, dataFormat, dilations, dimRoundingMode } = attributes;
    if (dataFormat === "NCHW") return stock(inputs, attributes);
    const info = tf.backend_util.computeConv2DInfo(
      inputs.x.shape as [number, number, number, number],
      inputs.filter.shape as [number, number, number, number],
      strides,
      dilations ?? [1, 1],
      pad,
      dimRoundingMode,
      channels === "depthwise",
    );
    if (inputs.x.shape.includes(0) || inputs.filter.shape.includes(0)) {
      return run(tf.Fill, {}, { shape: info.outShape, value: 0, dtype: "float32" });
    }
    const { top, left } = info.padInfo;
    const rows = fit(info.inHeight, info.outHeight, info.effectiveFilterHeight, info.strideHeight, top);
    const columns = fit(info.inWidth, info.outWidth, info.effectiveFilterWidth, info.strideWidth, left);
    const paddings = [
      [0, 0],
      [top, rows.padAfter],
      [left, columns.padAfter],
      [0, 0],
    ];
    const counted = { ...attributes, pad: paddings, dimRoundingMode: "floor" };
    if (!rows.isTooLong && !columns.isTooLong) return stock(inputs, counted);
    const padded = run(tf.PadV2, { x: inputs.x }, { paddings, constantValue: 0 });
    const size = [info.batchSize, rows.read, columns.read, info.inChannels];
    const x = run(tf.Slice, { x: padded }, { begin: [0, 0, 0, 0], size });
    return stock({ ...inputs, x }, { ...counted, pad: "valid" });
  });
}

interface Fit {
  readonly padAfter: number;
  /** How much of the padded axis the windows read. */
  readonly read: number;
  /** The rest would make one more window. */
  readonly isTooLong: boolean;
}

/** What makes just `output` windows fit into an axis. */
function fit(input: number, output: number, window: number, stride: number, padBefore: number): Fit {
  const read = (output - 1) * stride + window;
  const missing = read - padBefore - input;
  return { padAfter: Math.max(missing, 0), read, isTooLong: missing <= -stride };
}
