/**
 * Where the windows of a convolution or a pooling meet its input: the loops that kernels on the heap have in common,
 * in two and in three dimensions.
 */
import type * as tf from "@tensorflow/tfjs";

/** Depth, height, width; an image has depth 1. */
type Extents = readonly [number, number, number];

export interface Windows {
  readonly batch: number;
  readonly input: Extents;
  readonly output: Extents;
  readonly taps: Extents;
  readonly strides: Extents;
  readonly dilations: Extents;
  readonly padBefore: Extents;
}

export function windowsOf2D(info: tf.backend_util.Conv2DInfo): Windows {
  return {
    batch: info.batchSize,
    input: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    taps: [1, info.filterHeight, info.filterWidth],
    strides: [1, info.strideHeight, info.strideWidth],
    dilations: [1, info.dilationHeight, info.dilationWidth],
    padBefore: [0, info.padInfo.top, info.padInfo.left],
  };
}

export function windowsOf3D(info: tf.backend_util.Conv3DInfo): Windows {
  return {
    batch: info.batchSize,
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    taps: [info.filterDepth, info.filterHeight, info.filterWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    padBefore: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
  };
}

/**
 * Visits every tap of every window that lies inside the input, with positions counted over examples and space (and
 * over the taps), channels left out. The taps of one window come in ascending order.
 */
export function forEachTap(
  windows: Windows,
  visit: (inputPosition: number, outputPosition: number, tap: number) => void,
): void {
  const [, inputHeight, inputWidth] = windows.input;
  const [outputDepth, outputHeight, outputWidth] = windows.output;
  const [tapDepth, tapHeight, tapWidth] = windows.taps;
  // Where tap t of the window at output o reads, along one axis; OUTSIDE where that is not in the input.
  const [planes, rows, columns] = [readsAlong(windows, 0), readsAlong(windows, 1), readsAlong(windows, 2)];
  for (let example = 0; example < windows.batch; example++) {
    const inputStart = example * windows.input[0];
    const outputStart = example * outputDepth;
    for (let outputPlane = 0; outputPlane < outputDepth; outputPlane++) {
      for (let tapPlane = 0; tapPlane < tapDepth; tapPlane++) {
        const plane = planes[outputPlane * tapDepth + tapPlane] ?? OUTSIDE;
        if (plane === OUTSIDE) continue;
        for (let outputRow = 0; outputRow < outputHeight; outputRow++) {
          for (let tapRow = 0; tapRow < tapHeight; tapRow++) {
            const row = rows[outputRow * tapHeight + tapRow] ?? OUTSIDE;
            if (row === OUTSIDE) continue;
            const inputRow = ((inputStart + plane) * inputHeight + row) * inputWidth;
            const outputOffset = ((outputStart + outputPlane) * outputHeight + outputRow) * outputWidth;
            const tapOffset = (tapPlane * tapHeight + tapRow) * tapWidth;
            for (let outputColumn = 0; outputColumn < outputWidth; outputColumn++) {
              for (let tapColumn = 0; tapColumn < tapWidth; tapColumn++) {
                const column = columns[outputColumn * tapWidth + tapColumn] ?? OUTSIDE;
                if (column === OUTSIDE) continue;
                visit(inputRow + column, outputOffset + outputColumn, tapOffset + tapColumn);
              }
            }
          }
        }
      }
    }
  }
}

function readsAlong(windows: Windows, axis: 0 | 1 | 2): Int32Array {
  const taps = windows.taps[axis];
  return new Int32Array(windows.output[axis] * taps).map((_, index) => {
    const start = Math.floor(index / taps) * windows.strides[axis] - windows.padBefore[axis];
    const position = start + (index % taps) * windows.dilations[axis];
    return position >= 0 && position < windows.input[axis] ? position : OUTSIDE;
  });
}

const OUTSIDE = -1;
