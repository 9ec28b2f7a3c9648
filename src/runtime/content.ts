/** What an example's digest is taken of, for `verify digest`. */
import type * as tf from "@tensorflow/tfjs";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { ExampleSchema } from "../check/policy.ts";
import { asList } from "./batch.ts";

/** The bytes of one example, by its row: what its digest was taken of when it was recorded. */
export type ContentOf = (row: number) => Uint8Array;

/** The examples' content: one, or by field where the schema has several digests. */
export type Contents = ContentOf | Readonly<Record<string, ContentOf>>;

/** As far as digests are concerned, a data set or a batch. */
export interface WithContent {
  readonly inputs?: tf.Tensor | readonly tf.Tensor[];
  readonly contents?: Contents;
}

/** `sha256:` and 64 hex digits, as a field of type `digest` holds it. */
export function digestOf(content: Uint8Array): string {
  return `sha256:${bytesToHex(sha256(content))}`;
}

export function digestFields({ fields }: ExampleSchema): readonly string[] {
  return fields.filter(({ type }) => type.kind === "digest").map(({ name }) => name);
}

/** What keeps the digests of a schema from being verified, in the experiment's own words, or nothing. */
export function contentProblem(schema: ExampleSchema, { inputs, contents }: WithContent): string | undefined {
  const fields = digestFields(schema);
  if (typeof contents === "object") {
    const lacking = fields.find((field) => typeof contents[field] !== "function");
    return lacking === undefined
      ? undefined
      : `\`contents\` has no function for \`${lacking}\`, which \`verify digest\` asks for`;
  }
  if (contents !== undefined && typeof contents !== "function")
    return "`contents` must be a function from a row to its bytes, or one for each digest";
  const [first, second] = fields;
  if (first !== undefined && second !== undefined)
    return `\`verify digest\` is about ${fields.map((field) => `\`${field}\``).join(" and ")}: give \`contents\` as { ${fields.map((field) => `${field}: (row) => bytes`).join(", ")} }`;
  return contents === undefined && inputs === undefined
    ? "there is nothing that `verify digest` could be held against: give `contents` or `inputs`"
    : undefined;
}

/**
 * A reader of digests by field and row. Where no `contents` are given, the content of an example is its row of every
 * input tensor, in their order, as they are held: float32 or int32 in the byte order of the machine (little-endian on
 * all that tfjs runs on), one byte for a bool.
 *
 * @throws RangeError where the content of a row is no bytes.
 */
export function createDigests({ inputs, contents }: WithContent): (field: string, row: number) => string {
  const rows = contents === undefined && inputs !== undefined ? rowReader(asList(inputs)) : undefined;
  return (field, row) => {
    const read = typeof contents === "object" ? contents[field] : (contents ?? rows);
    const bytes: unknown = read?.(row);
    if (bytes instanceof Uint8Array) return digestOf(bytes);
    throw new RangeError(
      `the content of row ${row} for \`${field}\` is ${bytes === null ? "null" : `a ${typeof bytes}`}; it must be a Uint8Array`,
    );
  };
}

function rowReader(tensors: readonly tf.Tensor[]): ContentOf {
  const parts = tensors.map((tensor) => {
    const values = tensor.dataSync<"float32" | "int32" | "bool">();
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { bytes, length: bytes.byteLength / Math.max(1, tensor.shape[0] ?? 1) };
  });
  return (row) => {
    const pieces = parts.map(({ bytes, length }) => bytes.subarray(row * length, (row + 1) * length));
    const content = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
    let at = 0;
    for (const piece of pieces) {
      content.set(piece, at);
      at += piece.byteLength;
    }
    return content;
  };
}
