/** TensorFlow's record framing and the events in it (tensorflow/core/util/event.proto, summary.proto). */
import {
  bytesField,
  countField,
  doubleField,
  floatField,
  message,
  messageField,
  textField,
} from "../protobuf.ts";
import { maskedCrc32c } from "./crc32c.ts";

/** Length, its checksum, data, its checksum. */
export function frame(data: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(data.length + 16);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(maskedCrc32c(framed.subarray(0, 8)), 8);
  framed.set(data, 12);
  framed.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return framed;
}

/** The event that every file begins with. */
export function fileVersion(moment: number): Uint8Array {
  return message(doubleField(1, moment / 1000), textField(3, "brain.Event:2"));
}

/** @param values Each as `scalar`, `text` and `histogram` make it. */
export function summaryEvent(moment: number, step: number, values: readonly Uint8Array[]): Uint8Array {
  const summary = messageField(5, ...values.map((value) => bytesField(1, value)));
  return message(doubleField(1, moment / 1000), countField(2, step), summary);
}

export function scalar(tag: string, value: number): Uint8Array {
  return message(textField(1, tag), metadata("scalars", DATA_CLASS.scalar), floatTensor([], [value]));
}

/** Shown as Markdown. */
export function text(tag: string, value: string): Uint8Array {
  const tensor = messageField(8, countField(1, TYPE.string), shape([1]), textField(8, value));
  return message(textField(1, tag), metadata("text", DATA_CLASS.tensor), tensor);
}

/** @param buckets Left edge, right edge and count of each. */
export function histogram(
  tag: string,
  buckets: readonly (readonly [left: number, right: number, count: number])[],
): Uint8Array {
  const tensor = floatTensor([buckets.length, 3], buckets.flat());
  return message(textField(1, tag), metadata("histograms", DATA_CLASS.tensor), tensor);
}

const DATA_CLASS = { scalar: 1, tensor: 2 } as const;
const TYPE = { float: 1, string: 7 } as const;

function metadata(plugin: string, dataClass: number): Uint8Array {
  return messageField(9, messageField(1, textField(1, plugin)), countField(4, dataClass));
}

function floatTensor(sizes: readonly number[], values: readonly number[]): Uint8Array {
  return messageField(
    8,
    countField(1, TYPE.float),
    shape(sizes),
    // Not packed: one field for each, which every reader of packed fields takes as well.
    ...values.map((value) => floatField(5, value)),
  );
}

function shape(sizes: readonly number[]): Uint8Array {
  return messageField(2, ...sizes.map((size) => messageField(2, countField(1, size))));
}
